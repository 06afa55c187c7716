//! Outcomes, sources and costs: claims with their evidence, never bare numbers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::input::{Faults, check_period};
use crate::text::{HttpUrl, Line, PartialDate, Quantity};

/// What the evidence levels stand for, from 0 (domain model).
pub const EVIDENCE_LEVELS: [&str; 6] =
    ["aspiration", "described", "monitored", "compared", "independently evaluated", "replicated"];

/// What kind of claim an outcome is. Different kinds are never summed together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// What is aimed at.
    Target,
    /// What is expected.
    Projection,
    /// What was done.
    Activity,
    /// What was produced.
    Output,
    /// What changed.
    #[default]
    Outcome,
    /// What was saved.
    Saving,
    /// What it takes per person, place or year.
    Cost,
    /// A recognition.
    Award,
}

/// How a value bounds the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// As counted.
    #[default]
    Exact,
    /// "More than", "over".
    AtLeast,
    /// "Up to", "nearly".
    AtMost,
    /// "About".
    About,
    /// From `value` to `value_high`.
    Range,
    /// No value, only a direction.
    Direction,
}

/// Which way something moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More.
    Up,
    /// Less.
    Down,
    /// The same.
    Flat,
}

/// What a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "words of the interface, explained where they are used")]
pub enum Unit {
    People,
    Households,
    Homes,
    Jobs,
    Opportunities,
    Organisations,
    Schools,
    Businesses,
    Councils,
    Areas,
    Bags,
    Weeks,
    Months,
    Years,
    Percent,
    /// Pounds sterling.
    Gbp,
    /// Place in an order, 1 first.
    Rank,
    /// Anything else, as the measure says.
    Count,
}

/// A claim with its evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Outcome {
    /// What is measured or claimed.
    #[schema(required)]
    pub measure: Line<160>,
    /// What kind of claim.
    #[schema(required)]
    pub kind: OutcomeKind,
    /// How the value bounds the truth. `direction` has no value; `range` has both; an award may have none.
    #[schema(required)]
    pub bound: Bound,
    /// The value, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Quantity>,
    /// Upper end of a range, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_high: Option<Quantity>,
    /// Which way it moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// What the value counts; required with a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What it was before, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Quantity>,
    /// Beginning of the period that the value covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_from: Option<PartialDate>,
    /// End of the period that the value covers, or when a target falls due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_to: Option<PartialDate>,
    /// When the claim was true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_at: Option<PartialDate>,
    /// How it is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<Line<1000>>,
    /// What a reader has to know before using it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caveat: Option<Line<1000>>,
    /// 0 aspiration, 1 described, 2 monitored, 3 compared, 4 independently evaluated, 5 replicated.
    #[schema(required, minimum = 0, maximum = 5, example = 2)]
    pub evidence_level: i16,
    /// Key of the source in `sources`; required from level 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        min_length = 1,
        max_length = 40,
        example = "taskforce-submission-2013"
    )]
    pub source: Option<String>,
}

impl Outcome {
    /// The rules that no schema can say; those of `bound`, `unit` and `source` stand in the document.
    pub fn check(&self, place: &str, sources: &[Source], faults: &mut Faults) {
        for (name, number) in [("value", self.value), ("value_high", self.value_high), ("baseline", self.baseline)] {
            if number.is_some_and(|number| number.decimal().is_none()) {
                faults.add(format!("{place}/{name}"), "too_precise", "has more than four decimals");
            }
        }
        if self.value.zip(self.value_high).is_some_and(|(low, high)| high.get() <= low.get()) {
            faults.add(format!("{place}/value_high"), "out_of_order", "is not above value");
        }
        check_period(self.period_from.as_ref(), self.period_to.as_ref(), place, ["period_from", "period_to"], faults);
        check_source(self.source.as_deref(), place, sources, faults);
    }
}

/// What kind of publication a source is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Paper of a committee or cabinet.
    CommitteePaper,
    /// Report.
    Report,
    /// Evaluation by somebody else.
    Evaluation,
    /// Web page.
    #[default]
    Web,
    /// Newspaper or journal.
    Press,
}

/// Where a fact comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// Name by which outcomes and costs of this initiative cite it; unique within the initiative.
    #[schema(required, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", min_length = 1, max_length = 40)]
    pub key: String,
    /// Title.
    #[schema(required)]
    pub title: Line<300>,
    /// Publisher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Line<200>>,
    /// What kind of publication.
    #[schema(required)]
    pub kind: SourceKind,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_on: Option<PartialDate>,
    /// Item, paragraph or page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_reference: Option<Line<200>>,
    /// Where to read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<HttpUrl>,
    /// When it was read there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accessed_on: Option<PartialDate>,
}

/// How an amount bounds the truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostBound {
    /// As accounted.
    #[default]
    Exact,
    /// "More than", "over".
    AtLeast,
    /// "Up to", "nearly".
    AtMost,
    /// "About".
    About,
}

/// What kind of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// Capital.
    Capital,
    /// Revenue.
    #[default]
    Revenue,
    /// In kind, valued.
    InKind,
    /// Grant or gift.
    Grant,
}

/// The currency of every amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Currency {
    /// Pound sterling (ISO 4217).
    #[default]
    #[serde(rename = "GBP")]
    Gbp,
}

/// A cost line or a funding award.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Cost {
    /// What is paid for.
    #[schema(required)]
    pub description: Line<160>,
    /// Amount in pence.
    #[schema(required, minimum = 0, maximum = 1_000_000_000_000_000_i64, example = 100_000_000)]
    pub amount_pence: i64,
    /// Currency.
    pub currency: Currency,
    /// How the amount bounds the truth; `exact` when left out.
    pub bound: CostBound,
    /// What kind of money.
    #[schema(required)]
    pub kind: CostKind,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<Line<200>>,
    /// Beginning of the period that the amount covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_from: Option<PartialDate>,
    /// End of the period that the amount covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_to: Option<PartialDate>,
    /// Programme that the money comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme: Option<Line<200>>,
    /// Round of the programme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<Line<100>>,
    /// What a reader has to know before using it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caveat: Option<Line<1000>>,
    /// Key of the source in `sources`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        min_length = 1,
        max_length = 40,
        example = "taskforce-submission-2013"
    )]
    pub source: Option<String>,
}

impl Cost {
    /// The rules that tie the members of a cost line together.
    pub fn check(&self, place: &str, sources: &[Source], faults: &mut Faults) {
        check_period(self.period_from.as_ref(), self.period_to.as_ref(), place, ["period_from", "period_to"], faults);
        check_source(self.source.as_deref(), place, sources, faults);
    }
}

/// The sources of one initiative: each key once, each date a real one.
pub fn check_sources(sources: &[Source], faults: &mut Faults) {
    for (index, source) in sources.iter().enumerate() {
        let place = format!("/sources/{index}");
        if !source.key.is_empty() && sources[..index].iter().any(|earlier| earlier.key == source.key) {
            faults.add(format!("{place}/key"), "repeated", "is the key of another source of this initiative");
        }
        check_period(
            source.published_on.as_ref(),
            source.accessed_on.as_ref(),
            &place,
            ["published_on", "accessed_on"],
            faults,
        );
    }
}

fn check_source(key: Option<&str>, place: &str, sources: &[Source], faults: &mut Faults) {
    let Some(key) = key else { return };
    // Where a key could not be read, it may be the one that is meant.
    let unread = sources.iter().any(|source| source.key.is_empty()) || (sources.is_empty() && faults.know("/sources"));
    if !unread && !sources.iter().any(|source| source.key == key) {
        let hint = crate::text::nearest(key, sources.iter().map(|source| source.key.as_str()))
            .map_or(String::new(), |near| format!("; did you mean {near}?"));
        faults.add(format!("{place}/source"), "unknown_source", format!("is not the key of one of the sources{hint}"));
    }
}
