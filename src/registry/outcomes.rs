//! Query parameters of the list of outcomes: filters of the outcomes, and filters of their initiatives.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::council_changes::lineage::LineageScope;
use super::councils::model::{Nation, Region};
use super::initiatives::evidence::{Bound, Direction, OutcomeKind, Unit};
use super::initiatives::model::{DeliveryStatus, Freshness, InitiativeKind};
use super::initiatives::query::{InitiativeQuery, InitiativeSort};
use crate::geography::{BoundingBox, Point};
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

/// Filters of the list of outcomes. Repeated parameters are combined with OR, different parameters with AND.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OutcomeQuery {
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
    /// Only outcomes of initiatives at these stages of delivery.
    #[serde(default)]
    #[param(inline)]
    pub delivery_status: Vec<DeliveryStatus>,
    /// Only outcomes of initiatives on these themes or their narrower themes: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["housing"]))]
    pub theme: Vec<Reference>,
    /// Only outcomes of initiatives that apply these principles: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["co-production"]))]
    pub principle: Vec<Reference>,
    /// Only outcomes of initiatives that these councils lead, alone or jointly: slug, id or GSS code. Use `network` for
    /// initiatives that the network leads.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Councils to add to those in `council` and `participant`: the ones that followed them, the ones that they followed,
    /// or both. Default: `none`.
    #[param(inline)]
    pub lineage: Option<LineageScope>,
    /// Only outcomes of initiatives that these councils lead or take part in: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["sunderland"]))]
    pub participant: Vec<Reference>,
    /// Only outcomes of initiatives led by a council of these English regions, or in its area if no council leads them.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only outcomes of initiatives led by a council of these nations, or in its area if no council leads them.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only outcomes of initiatives that started in this year or later.
    #[param(minimum = 1800, maximum = 2199, example = 2013)]
    pub year_from: Option<i32>,
    /// Only outcomes of initiatives that started in this year or earlier.
    #[param(minimum = 1800, maximum = 2199, example = 2025)]
    pub year_to: Option<i32>,
    /// Only outcomes of initiatives with this check status: confirmed (`verified`), due for another check (`due`) or
    /// never confirmed (`unverified`).
    #[serde(default)]
    #[param(inline)]
    pub freshness: Vec<Freshness>,
    /// Only outcomes of initiatives in this box: west,south,east,north in degrees. An initiative without its own
    /// location counts at that of its lead council or `place_of`.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Only outcomes of initiatives near this point: latitude,longitude in degrees.
    #[param(inline)]
    pub near: Option<Point>,
    /// Distance from `near` in kilometres: 0.1 to 1000. Default: 25.
    #[param(minimum = 0.1, maximum = 1000, example = 25)]
    pub radius_km: Option<f64>,
    /// Only outcomes of initiatives that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
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

impl OutcomeQuery {
    /// The filters that concern initiatives, as a query of their list.
    pub fn of_initiatives(&self) -> InitiativeQuery {
        InitiativeQuery {
            theme: self.theme.clone(),
            principle: self.principle.clone(),
            council: self.council.clone(),
            participant: self.participant.clone(),
            lineage: self.lineage,
            region: self.region.clone(),
            nation: self.nation.clone(),
            kind: self.initiative_kind.clone(),
            delivery_status: self.delivery_status.clone(),
            year_from: self.year_from,
            year_to: self.year_to,
            freshness: self.freshness.clone(),
            bbox: self.bbox,
            near: self.near,
            radius_km: self.radius_km,
            updated_since: self.updated_since,
            sort: self.sort,
            ..InitiativeQuery::default()
        }
    }
}
