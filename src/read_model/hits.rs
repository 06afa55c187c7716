//! What is searched for, and what is answered about a search.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use uuid::Uuid;

use crate::db::schema::unanswered_searches;
use crate::geography::{BoundingBox, Point};
use crate::http::response::Resource;
use crate::registry::councils::model::{Council, CouncilRef, Nation, Region};
use crate::registry::initiatives::model::Initiative;

/// Words to search for, as people write them: all of them count, `"a phrase"` is one, `-word` excludes, `or` means either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SearchText(String);

impl std::ops::Deref for SearchText {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for SearchText {
    fn from(written: &str) -> Self {
        Self(written.to_owned())
    }
}

impl PartialSchema for SearchText {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(r"^[^\x00-\x1f\x7f-\x9f]*$"))
            .min_length(Some(1))
            .max_length(Some(200))
            .description(Some(
                "Words: all count, \"a phrase\" is one, -word excludes, or means either. No control characters.",
            ))
            .examples([json!("co-op housing")])
            .into()
    }
}
impl ToSchema for SearchText {}

/// How a search was understood.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchNote {
    /// What was searched for: your words or, where they find nothing, the correction.
    #[schema(example = "housing")]
    pub searched_for: String,
    /// The correction, where your words find nothing; null otherwise.
    #[schema(required, example = "housing")]
    pub did_you_mean: Option<String>,
    /// True when fewer than three records have every word, so that those with some of the words are shown too.
    #[schema(example = false)]
    pub relaxed: bool,
    /// Words of yours for which other words were looked for as well.
    pub synonyms: Vec<SynonymUse>,
}

/// A word of a search and what else was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SynonymUse {
    /// The word or term, as you wrote it.
    #[schema(example = "elderly")]
    pub word: String,
    /// Terms of the same or a narrower meaning.
    #[schema(example = json!(["older people"]))]
    pub also: Vec<String>,
}

/// Fragments with the words found in `<mark>`; everything else is escaped, ready for HTML.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Highlight {
    /// Of the title or name, whole.
    #[schema(example = "Get Oldham <mark>Working</mark>")]
    pub title: String,
    /// Of the summary, whole; null where there is none.
    #[schema(required)]
    pub summary: Option<String>,
    /// Of the long texts: at most two fragments, an ellipsis between; null where the words are not in them.
    #[schema(required)]
    pub text: Option<String>,
}

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
