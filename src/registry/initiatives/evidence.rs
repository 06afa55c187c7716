//! Outcomes, sources and costs: claims together with their evidence.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

use crate::http::input::{Faults, check_period};
use crate::registry::organisations::model::check_no_person;
use crate::text::{HttpUrl, Line, PartialDate, Quantity, Reference};

/// Names of the evidence levels, from level 0 (domain model).
pub const EVIDENCE_LEVELS: [&str; 6] =
    ["aspiration", "described", "monitored", "compared", "independently evaluated", "replicated"];

/// Kind of claim. Do not add up claims of different kinds. `target`: the aim. `projection`: a forecast. `activity`:
/// work done. `output`: something produced. `outcome`: a change. `saving`: money or time saved. `cost`: cost per
/// person, place or year. `award`: a recognition. `context`: background that nobody claims to have changed; never counted
/// as a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// An aim.
    Target,
    /// A forecast.
    Projection,
    /// Work done.
    Activity,
    /// Something produced.
    Output,
    /// A change.
    #[default]
    Outcome,
    /// Money or time saved.
    Saving,
    /// Cost per person, place or year.
    Cost,
    /// A recognition.
    Award,
    /// Background that nobody claims to have changed.
    Context,
}

impl OutcomeKind {
    /// True for background, which is no result. It counts for no filter or facet of results.
    pub fn is_context(self) -> bool {
        self == Self::Context
    }
}

/// Who evaluated a claim, and what ties them to the work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Independence {
    /// Organisation that evaluated the claim. Never the name of a person.
    #[schema(required, example = "University of Oxford")]
    pub evaluator: Line<200>,
    /// Record of the evaluator: slug or id of an organisation. The answer has the slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "rsa-2020-public-services-hub")]
    pub organisation: Option<Reference>,
    /// Anything that ties the evaluator to the work, such as a contract with the lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_interest: Option<Line<500>>,
}

/// How exact a value is. `exact`: as counted. `at_least`: "more than", "over". `at_most`: "up to", "nearly". `about`:
/// approximate. `range`: from `value` to `value_high`. `direction`: no value, only a direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// As counted.
    #[default]
    Exact,
    /// "More than", "over".
    AtLeast,
    /// "Up to", "nearly".
    AtMost,
    /// Approximate.
    About,
    /// From `value` to `value_high`.
    Range,
    /// No value, only a direction.
    Direction,
}

/// Direction of change: more (`up`), less (`down`) or the same (`flat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More.
    Up,
    /// Less.
    Down,
    /// The same.
    Flat,
}

/// Unit of a value. `gbp`: pounds sterling. `rank`: position in a ranking, 1 first. `count`: anything else, as
/// `measure` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Number of people.
    People,
    /// Number of households.
    Households,
    /// Number of homes.
    Homes,
    /// Number of jobs.
    Jobs,
    /// Number of opportunities, such as placements or apprenticeships.
    Opportunities,
    /// Number of organisations.
    Organisations,
    /// Number of schools.
    Schools,
    /// Number of businesses.
    Businesses,
    /// Number of councils.
    Councils,
    /// Number of areas, such as wards or neighbourhoods.
    Areas,
    /// Number of bags.
    Bags,
    /// Number of weeks.
    Weeks,
    /// Number of months.
    Months,
    /// Number of years.
    Years,
    /// Per cent.
    Percent,
    /// Pounds sterling.
    Gbp,
    /// Position in a ranking, 1 first.
    Rank,
    /// Anything else, as the measure says.
    Count,
}

/// An outcome: a claim with its evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Outcome {
    /// The thing that is measured or claimed.
    #[schema(required)]
    pub measure: Line<160>,
    /// Kind of claim.
    #[schema(required)]
    pub kind: OutcomeKind,
    /// How exact the value is. With `direction`, leave out the value. With `range`, give `value` and `value_high`. An
    /// award can have no value.
    #[schema(required)]
    pub bound: Bound,
    /// Value, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Quantity>,
    /// Upper end of a range, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_high: Option<Quantity>,
    /// Direction of change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Unit of the value. Required with a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Earlier value to compare with, in `unit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Quantity>,
    /// Start of the period that the value covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_from: Option<PartialDate>,
    /// End of the period that the value covers, or the date when a target is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_to: Option<PartialDate>,
    /// Date on which the claim was true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_at: Option<PartialDate>,
    /// How the value is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<Line<1000>>,
    /// Limits that a reader must know before using the outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caveat: Option<Line<1000>>,
    /// Strength of the evidence: 0 aspiration, 1 described, 2 monitored, 3 compared, 4 independently evaluated, 5
    /// replicated.
    #[schema(required, minimum = 0, maximum = 5, example = 2)]
    pub evidence_level: i16,
    /// Who evaluated the claim. Only from evidence level 4. Claims without it leave open who did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub independence: Option<Independence>,
    /// Key of a source in `sources`. Required from evidence level 2.
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
    /// Checks the rules that no schema can express. The schema has the rules of `bound`, `unit` and `source`.
    pub fn check(&self, place: &str, sources: &[Source], faults: &mut Faults) {
        for (name, number) in [("value", self.value), ("value_high", self.value_high), ("baseline", self.baseline)] {
            if number.is_some_and(|number| number.decimal().is_none()) {
                faults.add(format!("{place}/{name}"), "too_precise", "has more than four decimal places");
            }
        }
        if self.value.zip(self.value_high).is_some_and(|(low, high)| high.get() <= low.get()) {
            faults.add(format!("{place}/value_high"), "out_of_order", "is not above value");
        }
        check_period(self.period_from.as_ref(), self.period_to.as_ref(), place, ["period_from", "period_to"], faults);
        check_source(self.source.as_deref(), place, sources, faults);
        if let Some(independence) = &self.independence {
            check_no_person(&independence.evaluator, &format!("{place}/independence/evaluator"), faults);
        }
    }
}

/// Kind of publication. `evaluation`: an evaluation by an outside body. `press`: a newspaper or journal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Paper of a committee or cabinet.
    CommitteePaper,
    /// Report.
    Report,
    /// Evaluation by an outside body.
    Evaluation,
    /// Web page.
    #[default]
    Web,
    /// Newspaper or journal.
    Press,
}

/// Source of a fact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Source {
    /// Key by which outcomes and costs cite the source. Unique within the initiative.
    #[schema(required, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$", min_length = 1, max_length = 40)]
    pub key: String,
    /// Title.
    #[schema(required)]
    pub title: Line<300>,
    /// Publisher.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Line<200>>,
    /// Kind of publication.
    #[schema(required)]
    pub kind: SourceKind,
    /// Date of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_on: Option<PartialDate>,
    /// Item, paragraph or page within the publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_reference: Option<Line<200>>,
    /// Address of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<HttpUrl>,
    /// Date on which somebody last read it at `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accessed_on: Option<PartialDate>,
}

/// How exact an amount is. `exact`: from the accounts. `at_least`: "more than", "over". `at_most`: "up to", "nearly".
/// `about`: approximate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostBound {
    /// From the accounts.
    #[default]
    Exact,
    /// "More than", "over".
    AtLeast,
    /// "Up to", "nearly".
    AtMost,
    /// Approximate.
    About,
}

/// Kind of money. `in_kind`: a contribution in kind, with its value. `grant`: a grant or gift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CostKind {
    /// Capital.
    Capital,
    /// Revenue.
    #[default]
    Revenue,
    /// Contribution in kind, with its value.
    InKind,
    /// Grant or gift.
    Grant,
}

/// Currency of all amounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Currency {
    /// Pound sterling (ISO 4217).
    #[default]
    #[serde(rename = "GBP")]
    Gbp,
}

/// A cost or a funding award.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Cost {
    /// The thing that the money pays for.
    #[schema(required)]
    pub description: Line<160>,
    /// Amount in pence.
    #[schema(required, minimum = 0, maximum = 1_000_000_000_000_000_i64, example = 100_000_000)]
    pub amount_pence: i64,
    /// Currency.
    pub currency: Currency,
    /// How exact the amount is. Default: `exact`.
    pub bound: CostBound,
    /// Kind of money.
    #[schema(required)]
    pub kind: CostKind,
    /// Body that pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<Line<200>>,
    /// Record of the payer, beside its name at that time: slug or id of an organisation. The answer has the slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "stoller-charitable-fund")]
    pub payer_organisation: Option<Reference>,
    /// Start of the period that the amount covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_from: Option<PartialDate>,
    /// End of the period that the amount covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period_to: Option<PartialDate>,
    /// Funding programme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub programme: Option<Line<200>>,
    /// Round of the funding programme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round: Option<Line<100>>,
    /// Limits that a reader must know before using the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caveat: Option<Line<1000>>,
    /// Key of a source in `sources`.
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
    /// Checks the rules that involve several members.
    pub fn check(&self, place: &str, sources: &[Source], faults: &mut Faults) {
        check_period(self.period_from.as_ref(), self.period_to.as_ref(), place, ["period_from", "period_to"], faults);
        check_source(self.source.as_deref(), place, sources, faults);
        if self.payer_organisation.is_some() && self.payer.is_none() {
            faults.add(
                format!("{place}/payer"),
                "required",
                "is required with payer_organisation: its name at that time",
            );
        }
    }
}

/// Checks that each key is unique and that nothing was read before it was published.
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
    // A key that could not be read might be the one cited, so do not report that as well.
    let unread = sources.iter().any(|source| source.key.is_empty()) || (sources.is_empty() && faults.know("/sources"));
    if !unread && !sources.iter().any(|source| source.key == key) {
        let hint = crate::text::nearest(key, sources.iter().map(|source| source.key.as_str()))
            .map_or(String::new(), |near| format!("; did you mean {near}?"));
        faults.add(format!("{place}/source"), "unknown_source", format!("is not the key of one of the sources{hint}"));
    }
}
