//! Query parameters of councils: sort orders, fields and filters.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::lifetime::CouncilStatus;
use super::model::{CouncilType, MembershipTier, Nation, Region};
use crate::error::Fault;
use crate::geography::{Area, BoundingBox, Point};
use crate::http::search::SearchText;
use crate::text::Reference;

/// Sort orders of the list of councils.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum CouncilSort {
    /// Most relevant to `q` first. Default with `q`. Without `q`, by name.
    #[serde(rename = "relevance")]
    Relevance,
    /// By official name, A to Z. Default without `q`.
    #[serde(rename = "name")]
    Name,
    /// By official name, Z to A.
    #[serde(rename = "-name")]
    NameDescending,
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

/// Fields of a council that `fields` can select.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "API names, documented where they are used")]
pub enum CouncilField {
    Id,
    Slug,
    Name,
    ShortName,
    WelshName,
    GssCode,
    Code,
    Status,
    EstablishedOn,
    AbolishedOn,
    Codes,
    CouncilType,
    Nation,
    Region,
    Location,
    Population,
    PopulationYear,
    Website,
    Description,
    Aliases,
    Membership,
    Html,
    Version,
    CreatedAt,
    UpdatedAt,
}

/// Filters of the list of councils. Repeated parameters are combined with OR, different parameters with AND.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CouncilQuery {
    /// Words to search for in names, aliases and descriptions. Results match every word. Use "quotation marks" for a
    /// phrase, `-word` to exclude a word and `or` between alternatives. At most 200 characters. Words after the 32nd
    /// are ignored.
    #[param(inline, example = "newcastle")]
    pub q: Option<SearchText>,
    /// Only these councils: slug, id or GSS code.
    #[serde(default)]
    #[param(inline, example = json!(["oldham"]))]
    pub council: Vec<Reference>,
    /// Only councils of these nations.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only councils of these English regions.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only councils of these types.
    #[serde(default)]
    #[param(inline)]
    pub council_type: Vec<CouncilType>,
    /// Only councils with these tiers of membership.
    #[serde(default)]
    #[param(inline)]
    pub membership: Vec<MembershipTier>,
    /// Only councils at these stages today. Default: councils in office on the day `as_at`.
    #[serde(default)]
    #[param(inline, example = json!(["living"]))]
    pub status: Vec<CouncilStatus>,
    /// Only councils in office on this day. Default: today, unless you choose councils with `council` or `status`. A council
    /// counts from its first day, if that is known, to the day before it was abolished.
    #[param(example = "2026-12-01")]
    pub as_at: Option<NaiveDate>,
    /// Only councils whose area contains this point, edges included: latitude,longitude in degrees. Only councils with
    /// a loaded boundary can match.
    #[param(inline)]
    pub covers: Option<Point>,
    /// Only councils whose `location` is in this box: west,south,east,north in degrees.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Only councils near this point: latitude,longitude in degrees. Each result has its `distance_km`.
    #[param(inline)]
    pub near: Option<Point>,
    /// Distance from `near` in kilometres: 0.1 to 1000. Default: 25.
    #[param(minimum = 0.1, maximum = 1000, example = 25)]
    pub radius_km: Option<f64>,
    /// Only councils that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Sort order. A minus sign sorts in descending order. Default: `relevance` with `q`, otherwise `name`. `distance`
    /// needs `near`.
    #[param(inline)]
    pub sort: Option<CouncilSort>,
    /// With `q`: show where the search words were found.
    #[param(example = true)]
    pub highlight: Option<bool>,
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "name"]))]
    pub fields: Option<Vec<CouncilField>>,
    /// Councils per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Options for the response with one council.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CouncilView {
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "name"]))]
    pub fields: Option<Vec<CouncilField>>,
}

impl CouncilQuery {
    /// The area that the parameters select. Adds a fault for parameters that contradict each other.
    pub fn area(&self, faults: &mut Vec<Fault>) -> Area {
        let by_distance = matches!(self.sort, Some(CouncilSort::Distance));
        Area::new(self.bbox, self.near, self.radius_km, by_distance, faults)
    }
}
