//! What may be asked of initiatives: words, filters, orders, members, records to embed.
//!
//! One grammar for the list, its facets, its exports and searches. Repeating a parameter means any of; different parameters
//! mean and.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::model::{DeliveryStatus, Freshness, InitiativeKind};
use crate::error::Fault;
use crate::geography::{Area, BoundingBox, Point};
use crate::http::search::SearchText;
use crate::registry::councils::model::{Nation, Region};
use crate::text::Reference;

/// Orders of the list of initiatives.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum InitiativeSort {
    /// Best hits of `q` first, which is the default with `q`; where nothing is searched for, by title.
    #[serde(rename = "relevance")]
    Relevance,
    /// By title; the default without `q`.
    #[serde(rename = "title")]
    Title,
    /// By title, last first.
    #[serde(rename = "-title")]
    TitleDescending,
    /// Begun longest ago first; undated last.
    #[serde(rename = "started_on")]
    Started,
    /// Begun last first; undated last.
    #[serde(rename = "-started_on")]
    StartedDescending,
    /// Longest unchanged first.
    #[serde(rename = "updated_at")]
    Updated,
    /// Last changed first.
    #[serde(rename = "-updated_at")]
    UpdatedDescending,
    /// Nearest to `near` first.
    #[serde(rename = "distance")]
    Distance,
}

/// Members of an initiative that `fields` can pick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "words of the interface, explained where they are used")]
pub enum InitiativeField {
    Id,
    Slug,
    Title,
    Summary,
    Body,
    Kind,
    DeliveryStatus,
    StartedOn,
    EndedOn,
    LeadCouncil,
    Participants,
    Partners,
    Parent,
    Components,
    Themes,
    Principles,
    Location,
    Challenge,
    Approach,
    WhatWorked,
    WhatDidNot,
    TransferConditions,
    Sources,
    Outcomes,
    Costs,
    Licence,
    Visibility,
    State,
    VerifiedAt,
    ReviewDueOn,
    SourceUrl,
    Html,
    PublishedAt,
    Version,
    CreatedAt,
    UpdatedAt,
}

/// Related records that `include` embeds in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "words of the interface, explained where they are used")]
pub enum InitiativeInclude {
    LeadCouncil,
    Participants,
    Themes,
    Parent,
    Components,
}

/// Filters of the list of initiatives. Repeating a parameter means any of; different parameters mean and.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InitiativeQuery {
    /// Words to search for: all count, "a phrase" is one, -word excludes, or means either. Spelling and endings are forgiven.
    /// At most 200 characters; the first 32 words count.
    #[param(inline, example = "co-op housing")]
    pub q: Option<SearchText>,
    /// Only initiatives on these themes, or on themes within these: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["housing"]))]
    pub theme: Vec<Reference>,
    /// Only initiatives that live by these principles: slug or id.
    #[serde(default)]
    #[param(inline, example = json!(["co-production"]))]
    pub principle: Vec<Reference>,
    /// Only initiatives that these councils lead, alone or jointly: slug, id or GSS code; `network` for the network itself.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Only initiatives that these councils lead or take part in: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["sunderland"]))]
    pub participant: Vec<Reference>,
    /// Only initiatives led by a council of these English regions.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only initiatives led by a council of these nations.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only these kinds of record.
    #[serde(default)]
    #[param(inline)]
    pub kind: Vec<InitiativeKind>,
    /// Only these stages of delivery.
    #[serde(default)]
    #[param(inline)]
    pub delivery_status: Vec<DeliveryStatus>,
    /// Only initiatives that began in this year or later.
    #[param(minimum = 1800, maximum = 2199, example = 2013)]
    pub year_from: Option<i32>,
    /// Only initiatives that began in this year or earlier.
    #[param(minimum = 1800, maximum = 2199, example = 2025)]
    pub year_to: Option<i32>,
    /// Only initiatives with (or without) outcomes.
    #[param(example = true)]
    pub has_outcomes: Option<bool>,
    /// Only initiatives with an outcome of this evidence level or higher.
    #[param(minimum = 0, maximum = 5, example = 2)]
    pub min_evidence: Option<i16>,
    /// Only initiatives that somebody has confirmed (verified), whose next check is due (due), or that nobody has (unverified).
    #[serde(default)]
    #[param(inline)]
    pub freshness: Vec<Freshness>,
    /// Only initiatives in this box, by their own point or else their lead council's: west,south,east,north in degrees.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Only initiatives around this point: latitude,longitude in degrees. Each then says its `distance_km`.
    #[param(inline)]
    pub near: Option<Point>,
    /// How far around `near`, in kilometres: 0.1 to 1000, default 25.
    #[param(minimum = 0.1, maximum = 1000, example = 25)]
    pub radius_km: Option<f64>,
    /// Only initiatives that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Order; a minus means largest first. With `q` the best hits come first unless another order is asked for; `distance` goes
    /// with `near`.
    #[param(inline)]
    pub sort: Option<InitiativeSort>,
    /// With `q`: show where the words were found.
    #[param(example = true)]
    pub highlight: Option<bool>,
    /// Members of each record to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "title", "lead_council"]))]
    pub fields: Option<Vec<InitiativeField>>,
    /// Related records to embed in full, joined by commas.
    #[serde(default)]
    #[param(inline, style = Form, explode = false, example = json!(["themes"]))]
    pub include: Vec<InitiativeInclude>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

/// Shape of one initiative.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InitiativeView {
    /// Members to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "title", "outcomes"]))]
    pub fields: Option<Vec<InitiativeField>>,
    /// Related records to embed in full, joined by commas.
    #[serde(default)]
    #[param(inline, style = Form, explode = false, example = json!(["lead_council"]))]
    pub include: Vec<InitiativeInclude>,
}

impl InitiativeQuery {
    /// Where, and what does not go together in it.
    pub fn area(&self, faults: &mut Vec<Fault>) -> Area {
        let by_distance = matches!(self.sort, Some(InitiativeSort::Distance));
        Area::new(self.bbox, self.near, self.radius_km, by_distance, faults)
    }
}

/// Parameters that say how a list is shown, not what is in it.
pub const SHAPE: [&str; 6] = ["sort", "highlight", "fields", "include", "limit", "cursor"];

/// The filters alone, for what has neither pages nor an order.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct FacetQuery {
    /// The filters.
    pub filters: InitiativeQuery,
}

impl IntoParams for FacetQuery {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let all = InitiativeQuery::into_params(place);
        all.into_iter().filter(|parameter| !SHAPE.contains(&parameter.name.as_str())).collect()
    }
}
