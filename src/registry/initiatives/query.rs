//! Query parameters of initiatives: search words, filters, sort orders, fields and embedded records.
//!
//! The list, its facets, exports and searches share one syntax. Repeated parameters are combined with OR, different
//! parameters with AND.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::answer::InitiativeField;
use super::freshness::Freshness;
use super::model::{DeliveryStatus, InitiativeKind};
use crate::error::Fault;
use crate::geography::{Area, BoundingBox, Point};
use crate::http::search::SearchText;
use crate::registry::council_changes::lineage::LineageScope;
use crate::registry::councils::model::{Nation, Region};
use crate::text::Reference;
use crate::text::moment::Moment;

/// Sort orders of the list of initiatives.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum InitiativeSort {
    /// Most relevant to `q` first. Default with `q`. Without `q`, by title.
    #[serde(rename = "relevance")]
    Relevance,
    /// By title, A to Z. Default without `q`.
    #[serde(rename = "title")]
    Title,
    /// By title, Z to A.
    #[serde(rename = "-title")]
    TitleDescending,
    /// Earliest start first. Initiatives without a date come last.
    #[serde(rename = "started_on")]
    Started,
    /// Latest start first. Initiatives without a date come last.
    #[serde(rename = "-started_on")]
    StartedDescending,
    /// Least recently changed first.
    #[serde(rename = "updated_at")]
    Updated,
    /// Most recently changed first.
    #[serde(rename = "-updated_at")]
    UpdatedDescending,
    /// Nearest to `near` first.
    #[serde(rename = "distance")]
    Distance,
}

/// Related records that `include` can embed in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "API names, documented where they are used")]
pub enum InitiativeInclude {
    LeadCouncil,
    Participants,
    Themes,
    Parent,
    Components,
}

/// Filters of the list of initiatives. Repeated parameters are combined with OR, different parameters with AND.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InitiativeQuery {
    /// Words to search for. Results match every word. Use "quotation marks" for a phrase, `-word` to exclude a word and
    /// `or` between alternatives. Typos are corrected, and other endings of a word match too. At most 200 characters.
    /// Words after the 32nd are ignored.
    #[param(inline, example = "co-op housing")]
    pub q: Option<SearchText>,
    /// Only initiatives on these themes or their narrower themes: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["housing"]))]
    pub theme: Vec<Reference>,
    /// Only initiatives that apply these principles: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["co-production"]))]
    pub principle: Vec<Reference>,
    /// Only initiatives that these councils lead, alone or jointly: slug, id or GSS code. Use `network` for initiatives
    /// that the network leads.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Councils to add to those in `council` and `participant`: the ones that followed them, the ones that they
    /// followed, or both. Each initiative counts once. Default: `none`.
    #[param(inline)]
    pub lineage: Option<LineageScope>,
    /// Only initiatives that these councils lead or take part in: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["sunderland"]))]
    pub participant: Vec<Reference>,
    /// Only initiatives that these councils look after: slug, id or GSS code. Use `network` for initiatives that the
    /// network looks after.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub steward: Vec<Reference>,
    /// Only initiatives that name these organisations as lead, partner, evaluator or payer: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["co-operatives-uk"]))]
    pub organisation: Vec<Reference>,
    /// Only initiatives led by a council of these English regions, or in its area if no council leads them.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only initiatives led by a council of these nations, or in its area if no council leads them.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only these kinds of record.
    #[serde(default)]
    #[param(inline)]
    pub kind: Vec<InitiativeKind>,
    /// Only initiatives at these stages of delivery.
    #[serde(default)]
    #[param(inline)]
    pub delivery_status: Vec<DeliveryStatus>,
    /// Only initiatives that started in this year or later.
    #[param(minimum = 1800, maximum = 2199, example = 2013)]
    pub year_from: Option<i32>,
    /// Only initiatives that started in this year or earlier.
    #[param(minimum = 1800, maximum = 2199, example = 2025)]
    pub year_to: Option<i32>,
    /// `true`: only initiatives with outcomes. `false`: only initiatives without. Context is no outcome.
    #[param(example = true)]
    pub has_outcomes: Option<bool>,
    /// Only initiatives with an outcome at this evidence level or higher. Context does not count.
    #[param(minimum = 0, maximum = 5, example = 2)]
    pub min_evidence: Option<i16>,
    /// Only initiatives with these states of confirmation, as of today.
    #[serde(default)]
    #[param(inline)]
    pub freshness: Vec<Freshness>,
    /// Only initiatives in this box: west,south,east,north in degrees. An initiative without its own location counts at
    /// that of its lead council or `place_of`.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Only initiatives near this point: latitude,longitude in degrees. Each result has its `distance_km`.
    #[param(inline)]
    pub near: Option<Point>,
    /// Distance from `near` in kilometres: 0.1 to 1000. Default: 25.
    #[param(minimum = 0.1, maximum = 1000, example = 25)]
    pub radius_km: Option<f64>,
    /// Only initiatives that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Sort order. A minus sign sorts in descending order. Default: `relevance` with `q`, otherwise `title`. `distance`
    /// needs `near`.
    #[param(inline)]
    pub sort: Option<InitiativeSort>,
    /// With `q`: show where the search words were found.
    #[param(example = true)]
    pub highlight: Option<bool>,
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "title", "lead_council"]))]
    pub fields: Option<Vec<InitiativeField>>,
    /// Related records to embed in full, separated by commas.
    #[serde(default)]
    #[param(inline, style = Form, explode = false, example = json!(["themes"]))]
    pub include: Vec<InitiativeInclude>,
    /// Initiatives per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Parameters of the list of initiatives.
#[derive(Debug, Deserialize)]
pub struct InitiativeListQuery {
    /// Moment of the list.
    #[serde(flatten)]
    pub time: InitiativeTime,
    /// Filters, order and page.
    #[serde(flatten)]
    pub list: InitiativeQuery,
}

/// The moment of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InitiativeTime {
    /// The initiatives that readers saw at this moment, with their texts of then: a day, which means its end (UTC), or a
    /// time with its offset (RFC 3339). Default: now. Works with `council`, `lineage`, `participant`, `theme`, `kind`,
    /// `delivery_status`, `sort` by title, `fields`, `limit` and `cursor`.
    #[param(inline)]
    pub as_at: Option<Moment>,
}

impl IntoParams for InitiativeListQuery {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut all = InitiativeQuery::into_params(&place);
        let shape = all.iter().position(|parameter| parameter.name == "sort").unwrap_or(all.len());
        all.splice(shape..shape, InitiativeTime::into_params(&place));
        all
    }
}

/// Parameters of the list of what is due.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DueQuery {
    /// Initiatives per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Options for the response with one initiative.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InitiativeView {
    /// The text that readers saw at this moment: a day, which means its end (UTC), or a time with its offset (RFC 3339).
    /// Default: now. Not with `include`.
    #[param(inline)]
    pub as_at: Option<Moment>,
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "title", "outcomes"]))]
    pub fields: Option<Vec<InitiativeField>>,
    /// Related records to embed in full, separated by commas.
    #[serde(default)]
    #[param(inline, style = Form, explode = false, example = json!(["lead_council"]))]
    pub include: Vec<InitiativeInclude>,
}

impl InitiativeQuery {
    /// The area that the parameters select. Adds a fault for parameters that contradict each other.
    pub fn area(&self, faults: &mut Vec<Fault>) -> Area {
        let by_distance = matches!(self.sort, Some(InitiativeSort::Distance));
        Area::new(self.bbox, self.near, self.radius_km, by_distance, faults)
    }
}
