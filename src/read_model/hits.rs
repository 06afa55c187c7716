//! What is searched for, and what is answered about a search.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::db::schema::unanswered_searches;
use crate::geography::{BoundingBox, Point};
use crate::http::response::Resource;
use crate::http::search::{Highlight, SearchText};
use crate::registry::councils::model::{Council, CouncilRef, Nation, Region};
use crate::registry::initiatives::answer::Initiative;

/// What a search across resources finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// A council.
    Council,
    /// An initiative.
    Initiative,
    /// A theme; among suggestions only.
    Theme,
}

/// A hit of a search across resources.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// What it is.
    pub resource: Found,
    /// Its id.
    pub id: Uuid,
    /// Its slug.
    #[schema(example = "get-oldham-working")]
    pub slug: String,
    /// Title of the initiative, name of the council.
    #[schema(example = "Get Oldham Working")]
    pub title: String,
    /// Summary of the initiative; null for a council.
    #[schema(required)]
    pub summary: Option<String>,
    /// The council that leads the initiative; null for a council, and for an initiative of the network itself.
    #[schema(required)]
    pub lead_council: Option<CouncilRef>,
    /// With `near`: kilometres from there to it, as the crow flies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = 3.218, minimum = 0)]
    pub distance_km: Option<f64>,
    /// Where the words were found, when asked for.
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
        Self {
            resource: Found::Council,
            id: record.id,
            slug: record.slug.clone(),
            title: record.name.clone(),
            summary: None,
            lead_council: None,
            distance_km: None,
            highlight: None,
            version: record.version,
            updated_at: record.updated_at,
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

impl Resource for SearchHit {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// Something that may be meant by what has been typed so far.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// What it is.
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

/// Suggestions, best first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// Councils, then themes, then initiatives.
    pub data: Vec<Suggestion>,
}

/// A search whose words found nothing.
#[derive(Clone, Debug, Serialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = unanswered_searches, check_for_backend(Pg))]
pub struct UnansweredSearch {
    /// The words, without case, accents and punctuation.
    #[schema(example = "period poverty", min_length = 1, max_length = 200)]
    pub words: String,
    /// How often they were searched for in vain.
    #[schema(example = 7, minimum = 1)]
    pub searches: i64,
    /// When they last were.
    pub last_at: DateTime<Utc>,
}

/// Searches that found nothing, the most frequent first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnansweredSearches {
    /// The searches.
    pub data: Vec<UnansweredSearch>,
}

/// How many searches to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnansweredQuery {
    /// Searches to list: 1 to 200, default 50; more is clamped to 200.
    #[param(minimum = 1, example = 50)]
    pub limit: Option<u64>,
}

/// What to search for across resources.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words to search for: all count, "a phrase" is one, -word excludes, or means either.
    /// At most 200 characters; the first 32 words count.
    #[param(inline, example = "co-op housing")]
    pub q: SearchText,
    /// Only councils of these English regions, and initiatives led by one.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only councils of these nations, and initiatives led by one.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only what lies in this box: west,south,east,north in degrees.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Only what lies around this point: latitude,longitude in degrees. Each hit then says its `distance_km`.
    #[param(inline)]
    pub near: Option<Point>,
    /// How far around `near`, in kilometres: 0.1 to 1000, default 25.
    #[param(minimum = 0.1, maximum = 1000, example = 25)]
    pub radius_km: Option<f64>,
    /// Show where the words were found.
    #[param(example = true)]
    pub highlight: Option<bool>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

/// What has been typed so far.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// What has been typed so far.
    #[param(inline, example = "hou")]
    pub q: SearchText,
    /// Suggestions to make: 1 to 20, default 8; more is clamped to 20.
    #[param(minimum = 1, example = 8)]
    pub limit: Option<u64>,
}
