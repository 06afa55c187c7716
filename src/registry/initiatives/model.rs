//! Initiatives as they are sent; `answer.rs` has them as they are answered.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::evidence::{Cost, Outcome, Source, check_sources};
use crate::access::visibility::Visibility;
use crate::http::input::{Check, Faults, check_period};
use crate::registry::councils::model::Location;
use crate::text::markdown::Markdown;
use crate::text::{HttpUrl, Line, PartialDate, Reference, Slug};

/// The word that means the network itself where a council is asked for.
pub const NETWORK: &str = "network";

/// What kind of record an initiative is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InitiativeKind {
    /// Practice, described.
    #[default]
    CaseStudy,
    /// Several councils working out a policy together.
    PolicyLab,
    /// A policy tried on a small scale.
    PolicyPrototype,
    /// An inquiry with evidence and a report.
    Commission,
    /// A question put to others.
    Challenge,
    /// Not begun.
    Idea,
}

/// How far an initiative has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Thought of.
    Idea,
    /// Decided on.
    #[default]
    Planned,
    /// Tried out.
    Pilot,
    /// Running.
    Live,
    /// Running in more places than it began in.
    Scaled,
    /// Done.
    Completed,
    /// Given up.
    Stopped,
}

/// Where a record stands on its way to readers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// For its own council and network officers.
    #[default]
    Draft,
    /// For everybody whom its visibility allows.
    Published,
}

/// Whether somebody has confirmed that a record is still true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Confirmed, and not due for another check.
    Verified,
    /// Confirmed once, and due for another check since.
    Due,
    /// Never confirmed.
    Unverified,
}

/// Terms under which a record may be used again (SPDX).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Licence {
    /// Open Government Licence v3.0.
    #[default]
    #[serde(rename = "OGL-UK-3.0")]
    OglUk3,
    /// Creative Commons Attribution 4.0.
    #[serde(rename = "CC-BY-4.0")]
    CcBy4,
    /// Creative Commons Attribution-ShareAlike 4.0.
    #[serde(rename = "CC-BY-SA-4.0")]
    CcBySa4,
    /// Public domain.
    #[serde(rename = "CC0-1.0")]
    Cc0,
}

impl Licence {
    /// Its name in full.
    pub fn title(self) -> &'static str {
        match self {
            Self::OglUk3 => "Open Government Licence v3.0",
            Self::CcBy4 => "Creative Commons Attribution 4.0 International",
            Self::CcBySa4 => "Creative Commons Attribution-ShareAlike 4.0 International",
            Self::Cc0 => "Creative Commons Zero v1.0 Universal",
        }
    }

    /// Where its terms are.
    pub fn url(self) -> &'static str {
        match self {
            Self::OglUk3 => "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            Self::CcBy4 => "https://creativecommons.org/licenses/by/4.0/",
            Self::CcBySa4 => "https://creativecommons.org/licenses/by-sa/4.0/",
            Self::Cc0 => "https://creativecommons.org/publicdomain/zero/1.0/",
        }
    }
}

/// What a participating council does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantRole {
    /// Leads a part.
    Lead,
    /// Leads together with the lead council.
    CoLead,
    /// Takes part.
    #[default]
    Partner,
}

/// What a partner that is not a council does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerRole {
    /// Delivers.
    #[default]
    Delivery,
    /// Pays.
    Funder,
    /// Evaluates.
    Evaluator,
    /// Researches.
    Academic,
    /// Something else.
    Other,
}

/// A council that takes part besides the lead council.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewParticipant {
    /// The council.
    #[schema(required)]
    pub council: Reference,
    /// What it does.
    #[schema(required)]
    pub role: ParticipantRole,
}

/// A partner that is not a council.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Partner {
    /// Name.
    #[schema(required)]
    pub name: Line<200>,
    /// What it does.
    #[schema(required)]
    pub role: PartnerRole,
    /// Its site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<HttpUrl>,
}

/// A principle that an initiative lives by.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewPrincipleUse {
    /// One of CCIN's ten principles.
    #[schema(required)]
    pub principle: Reference,
    /// One line: how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<Line<200>>,
}

/// An initiative as it is entered or replaced, children included.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewInitiative {
    /// Title.
    #[schema(required)]
    pub title: Line<160, 5>,
    /// Slug; made of the title when left out. A former slug goes on leading here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// What it is, in two or three sentences.
    #[schema(required)]
    pub summary: Line<400, 20>,
    /// The whole story, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Markdown<50000>>,
    /// What kind of record.
    #[schema(required)]
    pub kind: InitiativeKind,
    /// How far it has come.
    #[schema(required)]
    pub delivery_status: DeliveryStatus,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_on: Option<PartialDate>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_on: Option<PartialDate>,
    /// The council that leads it, or `network` for the network itself.
    #[schema(required)]
    pub lead_council: Reference,
    /// Councils that take part besides the lead council.
    #[schema(max_items = 100)]
    pub participants: Vec<NewParticipant>,
    /// Partners that are not councils.
    #[schema(max_items = 50)]
    pub partners: Vec<Partner>,
    /// The initiative that this one is a component of; that one is no component itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Reference>,
    /// Its themes, the primary one first.
    #[schema(required, min_items = 1, max_items = 5)]
    pub themes: Vec<Reference>,
    /// The principles that it lives by.
    #[schema(max_items = 10)]
    pub principles: Vec<NewPrincipleUse>,
    /// Where it happens; the lead council's point when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// What was the matter, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge: Option<Markdown<5000>>,
    /// What was done about it, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approach: Option<Markdown<5000>>,
    /// What worked, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_worked: Option<Markdown<5000>>,
    /// What did not, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_did_not: Option<Markdown<5000>>,
    /// What another council needs before it does the same, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_conditions: Option<Markdown<5000>>,
    /// Terms under which the record may be used again; `OGL-UK-3.0` when left out.
    pub licence: Licence,
    /// Who may see it once it is published; `public` when left out.
    pub visibility: Visibility,
    /// When it should be checked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-04-01")]
    pub review_due_on: Option<NaiveDate>,
    /// Web page about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_url: Option<HttpUrl>,
    /// Where the facts come from.
    #[schema(max_items = 50)]
    pub sources: Vec<Source>,
    /// What came of it.
    #[schema(max_items = 100)]
    pub outcomes: Vec<Outcome>,
    /// What it cost and who paid.
    #[schema(max_items = 50)]
    pub costs: Vec<Cost>,
}

impl Check for NewInitiative {
    fn check(&self, faults: &mut Faults) {
        check_period(self.started_on.as_ref(), self.ended_on.as_ref(), "", ["started_on", "ended_on"], faults);
        check_sources(&self.sources, faults);
        for (index, outcome) in self.outcomes.iter().enumerate() {
            outcome.check(&format!("/outcomes/{index}"), &self.sources, faults);
        }
        for (index, cost) in self.costs.iter().enumerate() {
            cost.check(&format!("/costs/{index}"), &self.sources, faults);
        }
    }
}
