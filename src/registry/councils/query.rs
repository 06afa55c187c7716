//! What may be asked of councils: orders, members, filters.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{CouncilType, MembershipTier, Nation, Region};
use crate::error::Fault;
use crate::geography::{Area, BoundingBox, Point};
use crate::http::search::SearchText;
use crate::text::Reference;

/// Orders of the list of councils.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
pub enum CouncilSort {
    /// Best hits of `q` first, which is the default with `q`; where nothing is searched for, by name.
    #[serde(rename = "relevance")]
    Relevance,
    /// By official name; the default without `q`.
    #[serde(rename = "name")]
    Name,
    /// By official name, last first.
    #[serde(rename = "-name")]
    NameDescending,
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

/// Members of a council that `fields` can pick.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "words of the interface, explained where they are used")]
pub enum CouncilField {
    Id,
    Slug,
    Name,
    ShortName,
    WelshName,
    GssCode,
    Code,
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

/// Filters of the list of councils. Repeating a parameter means any of; different parameters mean and.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CouncilQuery {
    /// Words to search for in names, aliases and descriptions: all count, "a phrase" is one, -word excludes, or means either.
    /// At most 200 characters; the first 32 words count.
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
    /// Only councils whose area covers this point, edges included: latitude,longitude in degrees. Areas are known as far as
    /// boundaries are loaded.
    #[param(inline)]
    pub covers: Option<Point>,
    /// Only councils in this box, by the point within their area: west,south,east,north in degrees.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Only councils around this point: latitude,longitude in degrees. Each then says its `distance_km`.
    #[param(inline)]
    pub near: Option<Point>,
    /// How far around `near`, in kilometres: 0.1 to 1000, default 25.
    #[param(minimum = 0.1, maximum = 1000, example = 25)]
    pub radius_km: Option<f64>,
    /// Only councils that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Order; a minus means largest first. With `q` the best hits come first unless another order is asked for; `distance` goes
    /// with `near`.
    #[param(inline)]
    pub sort: Option<CouncilSort>,
    /// With `q`: show where the words were found.
    #[param(example = true)]
    pub highlight: Option<bool>,
    /// Members of each record to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "name"]))]
    pub fields: Option<Vec<CouncilField>>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

/// Shape of one council.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CouncilView {
    /// Members to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "name"]))]
    pub fields: Option<Vec<CouncilField>>,
}

impl CouncilQuery {
    /// Where, and what does not go together in it.
    pub fn area(&self, faults: &mut Vec<Fault>) -> Area {
        let by_distance = matches!(self.sort, Some(CouncilSort::Distance));
        Area::new(self.bbox, self.near, self.radius_km, by_distance, faults)
    }
}
