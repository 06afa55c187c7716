//! Search parameters and search results.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::unanswered_searches;
use crate::geography::{BoundingBox, Point};
use crate::http::response::Versioned;
use crate::http::search::{Highlight, SearchText};
use crate::registry::councils::model::{Council, CouncilRef, Nation, Region};
use crate::registry::initiatives::answer::Initiative;
use crate::registry::organisations::model::Organisation;

/// Kind of record in a search result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A council.
    Council,
    /// An initiative.
    Initiative,
    /// An organisation.
    Organisation,
    /// A theme; only in suggestions.
    Theme,
}

/// A hit of a search across resources.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// Kind of record.
    pub resource: Found,
    /// Its id.
    pub id: Uuid,
    /// Its slug.
    #[schema(example = "get-oldham-working")]
    pub slug: String,
    /// Title of the initiative, or name of the council or organisation.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
    /// Summary of the initiative; null for a council or organisation.
    #[schema(required)]
    pub summary: Option<String>,
    /// The council that leads the initiative. Null for a council or organisation, and for an initiative that no council
    /// leads.
    #[schema(required)]
    pub lead_council: Option<CouncilRef>,
    /// Distance from `near` in kilometres, in a straight line. Only with `near`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = 3.218, minimum = 0)]
    pub distance_km: Option<f64>,
    /// Highlighted text. Only with `highlight`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub highlight: Option<Highlight>,
    /// Version of the record.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

impl SearchHit {
    /// A council.
    pub fn council(record: &Council) -> Self {
        Self::named(Found::Council, record.id, &record.slug, &record.name, record)
    }

    /// An organisation.
    pub fn organisation(record: &Organisation) -> Self {
        Self::named(Found::Organisation, record.id, &record.slug, &record.name, record)
    }

    fn named(resource: Found, id: Uuid, slug: &str, name: &str, record: &impl Versioned) -> Self {
        Self {
            resource,
            id,
            slug: slug.to_owned(),
            title: name.to_owned(),
            summary: None,
            lead_council: None,
            distance_km: None,
            highlight: None,
            version: record.version(),
            updated_at: record.updated_at(),
        }
    }

    /// An initiative.
    pub fn initiative(record: &Initiative) -> Self {
        Self {
            resource: Found::Initiative,
            id: record.id,
            slug: record.slug.clone(),
            title: record.title.clone(),
            summary: Some(record.summary.clone()),
            lead_council: record.lead_council.clone(),
            distance_km: None,
            highlight: None,
            version: record.version,
            updated_at: record.updated_at,
        }
    }
}

impl Versioned for SearchHit {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A suggestion for the text typed so far.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// Kind of record.
    pub resource: Found,
    /// Its id.
    pub id: Uuid,
    /// Its slug.
    #[schema(example = "housing")]
    pub slug: String,
    /// Title, name or label.
    #[schema(example = "Housing")]
    pub text: String,
}

/// Suggestions, most relevant first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// Councils, then themes, organisations and initiatives.
    pub data: Vec<Suggestion>,
}

/// A search without results.
#[derive(Clone, Debug, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = unanswered_searches, check_for_backend(Pg))]
pub struct UnansweredSearch {
    /// The words in lower case, without accents and punctuation.
    #[schema(example = "period poverty", min_length = 1, max_length = 200)]
    pub words: String,
    /// Number of searches for these words.
    #[schema(example = 7, minimum = 1)]
    pub searches: i64,
    /// Time of the last search for these words.
    pub last_at: DateTime<Utc>,
}

/// Searches without results, most frequent first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnansweredSearches {
    /// The searches.
    pub data: Vec<UnansweredSearch>,
}

/// Number of searches to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnansweredQuery {
    /// Number of searches to list: 1 to 200. Default: 50. Higher values count as 200.
    #[param(minimum = 1, example = 50)]
    pub limit: Option<u64>,
}

/// Parameters of a search across resources.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words to search for: all count, "a phrase" is a unit, -word excludes, or separates alternatives.
    /// At most 200 characters; the first 32 words count.
    #[param(inline, example = "co-op housing")]
    pub q: SearchText,
    /// Only councils in these English regions, and initiatives that they lead. No organisations, which have no place.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only councils in these nations, and initiatives that they lead. No organisations, which have no place.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only records in this box: west,south,east,north in degrees.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Only records near this point: latitude,longitude in degrees. Each hit then has its `distance_km`.
    #[param(inline)]
    pub near: Option<Point>,
    /// Distance from `near` in kilometres: 0.1 to 1000. Default: 25.
    #[param(minimum = 0.1, maximum = 1000, example = 25)]
    pub radius_km: Option<f64>,
    /// Highlight the words in each hit.
    #[param(example = true)]
    pub highlight: Option<bool>,
    /// Rows per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// `next` or `prev` from an earlier page.
    pub cursor: Option<String>,
}

/// Parameters of a request for suggestions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// The text typed so far.
    #[param(inline, example = "hou")]
    pub q: SearchText,
    /// Number of suggestions: 1 to 20. Default: 8. Higher values count as 20.
    #[param(minimum = 1, example = 8)]
    pub limit: Option<u64>,
}
