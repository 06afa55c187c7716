//! Models of advice.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::registry::initiatives::answer::InitiativeRef;

/// Kind of advice. `personal_data`: an e-mail address, a telephone or National Insurance number, or the name of a person.
/// `exempt_information`: words that mark what must not be published. `future_as_result`: a plan that is recorded as a
/// result. `figure_without_source`: a claim that names no source. `figures_without_claims`: figures in a text, and no
/// outcomes. `unexplained_acronym`, `hard_to_read`: wording. `link`: an address that readers cannot or should not follow.
/// `missing`: what other councils ask for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "explained in one place, above")]
pub enum AdviceCode {
    PersonalData,
    ExemptInformation,
    FutureAsResult,
    FigureWithoutSource,
    FiguresWithoutClaims,
    UnexplainedAcronym,
    HardToRead,
    Link,
    Missing,
}

/// A piece of advice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Advice {
    /// Kind of advice.
    pub code: AdviceCode,
    /// Member of the body: a JSON Pointer (RFC 6901).
    #[schema(example = "/body")]
    pub pointer: String,
    /// True if the text cannot be submitted before this is mended.
    pub blocking: bool,
    /// What to do, in a sentence.
    #[schema(example = "Remove the e-mail address. Contacts of people are not published.")]
    pub advice: String,
    /// The words that it is about, if they are not the whole member.
    #[schema(required, example = "jo.bloggs@council.example")]
    pub found: Option<String>,
}

impl Advice {
    /// Advice that does not block.
    pub fn new(code: AdviceCode, pointer: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { code, pointer: pointer.into(), blocking: false, advice: advice.into(), found: None }
    }

    /// Advice that blocks the submission.
    pub fn blocking(code: AdviceCode, pointer: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { blocking: true, ..Self::new(code, pointer, advice) }
    }

    /// About these words.
    pub fn about(self, found: &str) -> Self {
        Self { found: Some(found.chars().take(100).collect()), ..self }
    }
}

/// A member that would make a record more complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Missing {
    /// Member of the body: a JSON Pointer (RFC 6901).
    #[schema(example = "/what_did_not")]
    pub pointer: String,
    /// Points of 100 that it is worth.
    #[schema(minimum = 1, maximum = 100, example = 15)]
    pub points: u8,
}

/// Advice on a text before it is submitted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Checks {
    /// True if nothing blocks the submission.
    pub can_be_submitted: bool,
    /// Advice: what blocks first.
    pub advice: Vec<Advice>,
    /// Initiatives with a title much like this one, that you can see. Is it there already?
    pub similar: Vec<InitiativeRef>,
    /// How complete the record is: 0 to 100 points.
    #[schema(minimum = 0, maximum = 100, example = 70)]
    pub completeness: u8,
    /// What the missing points are for.
    pub missing: Vec<Missing>,
    /// Age at which people can read the long texts with ease, by the Flesch–Kincaid grade plus five. Null for less than a
    /// hundred words.
    #[schema(required, example = 15.2)]
    pub reading_age: Option<f64>,
}
