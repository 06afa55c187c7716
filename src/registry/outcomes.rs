//! Query parameters of the list of outcomes: filters of the outcomes, and filters of their initiatives.

use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::initiatives::evidence::{Bound, Direction, OutcomeKind, Unit};
use super::initiatives::model::InitiativeKind;
use super::initiatives::query::{InitiativeQuery, InitiativeSort};
use crate::http::input::some_of;
use crate::text::Reference;

/// Fields of an outcome that `fields` can select.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "API names, documented where they are used")]
pub enum OutcomeField {
    Initiative,
    Position,
    Measure,
    Kind,
    Bound,
    Value,
    ValueHigh,
    Direction,
    Unit,
    Baseline,
    PeriodFrom,
    PeriodTo,
    AsAt,
    Definition,
    Caveat,
    EvidenceLevel,
    Independence,
    Source,
    UpdatedAt,
}

/// Parameters of the list of outcomes that are its own.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClaimQuery {
    /// Only these kinds of claim.
    #[serde(default)]
    #[param(inline)]
    pub kind: Vec<OutcomeKind>,
    /// Only values in these units.
    #[serde(default)]
    #[param(inline)]
    pub unit: Vec<Unit>,
    /// Only values of these kinds, such as `exact` or `at_least`.
    #[serde(default)]
    #[param(inline)]
    pub bound: Vec<Bound>,
    /// Only outcomes that moved in these directions.
    #[serde(default)]
    #[param(inline)]
    pub direction: Vec<Direction>,
    /// Only outcomes with this evidence level or higher, without context.
    #[param(minimum = 0, maximum = 5, example = 2)]
    pub min_evidence: Option<i16>,
    /// Only outcomes of these initiatives: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["get-oldham-working"]))]
    pub initiative: Vec<Reference>,
    /// Only outcomes of these kinds of initiative.
    #[serde(default)]
    #[param(inline)]
    pub initiative_kind: Vec<InitiativeKind>,
    /// Sort order of the initiatives. A minus sign sorts in descending order. `distance` needs `near`. Outcomes of one
    /// initiative keep their own order.
    #[param(inline)]
    pub sort: Option<InitiativeSort>,
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["initiative", "measure", "value", "unit"]))]
    pub fields: Option<Vec<OutcomeField>>,
    /// Outcomes per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Filters that the list shares with the list of initiatives.
const OF_INITIATIVES: [&str; 16] = [
    "delivery_status",
    "theme",
    "principle",
    "council",
    "lineage",
    "participant",
    "organisation",
    "region",
    "nation",
    "year_from",
    "year_to",
    "freshness",
    "bbox",
    "near",
    "radius_km",
    "updated_since",
];

/// Parameters of the list of outcomes. Repeated parameters are combined with OR, different parameters with AND.
#[derive(Debug, Deserialize)]
pub struct OutcomeQuery {
    /// Filters of the outcomes, order and page.
    #[serde(flatten)]
    pub claims: ClaimQuery,
    /// Filters of their initiatives.
    #[serde(flatten)]
    initiatives: InitiativeQuery,
}

impl OutcomeQuery {
    /// The filters that concern initiatives, as a query of their list.
    pub fn of_initiatives(&self) -> InitiativeQuery {
        let ClaimQuery { initiative_kind, sort, .. } = &self.claims;
        InitiativeQuery { kind: initiative_kind.clone(), sort: *sort, ..self.initiatives.clone() }
    }
}

impl IntoParams for OutcomeQuery {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = ClaimQuery::into_params(&place);
        let mut shared = some_of(&InitiativeQuery::into_params(&place), &OF_INITIATIVES);
        for text in shared.iter_mut().filter_map(|parameter| parameter.description.as_mut()) {
            *text = text.replace("Only initiatives", "Only outcomes of initiatives");
            *text = text.replace(" Each result has its `distance_km`.", "");
        }
        let shape = all.iter().position(|parameter| parameter.name == "sort").unwrap_or(all.len());
        all.splice(shape..shape, shared);
        all
    }
}
