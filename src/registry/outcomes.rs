//! What may be asked of outcomes: what they are, and the filters of initiatives for what they belong to.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::councils::model::{Nation, Region};
use super::initiatives::evidence::{Bound, Direction, OutcomeKind, Unit};
use super::initiatives::model::{DeliveryStatus, Freshness, InitiativeKind};
use super::initiatives::query::{InitiativeQuery, InitiativeSort};
use crate::geography::{BoundingBox, Point};
use crate::text::Reference;

/// Members of an outcome that `fields` can pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "words of the interface, explained where they are used")]
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
    Source,
    UpdatedAt,
}

/// Filters of the list of outcomes. Repeating a parameter means any of; different parameters mean and.
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
    /// Only claims that bound the truth in these ways.
    #[serde(default)]
    #[param(inline)]
    pub bound: Vec<Bound>,
    /// Only what moved in these directions.
    #[serde(default)]
    #[param(inline)]
    pub direction: Vec<Direction>,
    /// Only claims of this evidence level or higher.
    #[param(minimum = 0, maximum = 5, example = 2)]
    pub min_evidence: Option<i16>,
    /// Only outcomes of these initiatives: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["get-oldham-working"]))]
    pub initiative: Vec<Reference>,
    /// Only outcomes of initiatives of these kinds.
    #[serde(default)]
    #[param(inline)]
    pub initiative_kind: Vec<InitiativeKind>,
    /// Only outcomes of initiatives at these stages of delivery.
    #[serde(default)]
    #[param(inline)]
    pub delivery_status: Vec<DeliveryStatus>,
    /// Only outcomes of initiatives on these themes, or on themes within these: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["housing"]))]
    pub theme: Vec<Reference>,
    /// Only outcomes of initiatives that live by these principles: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["co-production"]))]
    pub principle: Vec<Reference>,
    /// Only outcomes of initiatives that these councils lead, alone or jointly: slug, id or GSS code; `network` for the
    /// network itself.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Only outcomes of initiatives that these councils lead or take part in: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["sunderland"]))]
    pub participant: Vec<Reference>,
    /// Only outcomes of initiatives led by a council of these English regions.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only outcomes of initiatives led by a council of these nations.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only outcomes of initiatives that began in this year or later.
    #[param(minimum = 1800, maximum = 2199, example = 2013)]
    pub year_from: Option<i32>,
    /// Only outcomes of initiatives that began in this year or earlier.
    #[param(minimum = 1800, maximum = 2199, example = 2025)]
    pub year_to: Option<i32>,
    /// Only outcomes of initiatives that somebody has confirmed (verified), whose next check is due (due), or that nobody has
    /// (unverified).
    #[serde(default)]
    #[param(inline)]
    pub freshness: Vec<Freshness>,
    /// Only outcomes of initiatives in this box, by their own point or else their lead council's: west,south,east,north in
    /// degrees.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Only outcomes of initiatives around this point: latitude,longitude in degrees.
    #[param(inline)]
    pub near: Option<Point>,
    /// How far around `near`, in kilometres: 0.1 to 1000, default 25.
    #[param(minimum = 0.1, maximum = 1000, example = 25)]
    pub radius_km: Option<f64>,
    /// Only outcomes of initiatives that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Order of the initiatives; a minus means largest first, `distance` goes with `near`. Outcomes of one stand in its order.
    #[param(inline)]
    pub sort: Option<InitiativeSort>,
    /// Members of each record to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["initiative", "measure", "value", "unit"]))]
    pub fields: Option<Vec<OutcomeField>>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

impl OutcomeQuery {
    /// The part that is about initiatives, as their list is asked.
    pub fn of_initiatives(&self) -> InitiativeQuery {
        InitiativeQuery {
            theme: self.theme.clone(),
            principle: self.principle.clone(),
            council: self.council.clone(),
            participant: self.participant.clone(),
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
