//! Search text, and the description of a search in every response to one.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Search text as people type it. All words must match. `"a phrase"` matches as a whole, `-word` excludes, `or` means
/// either.
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
                "All words must match. \"a phrase\" matches as a whole, -word excludes, or means either. No control characters.",
            ))
            .examples([json!("co-op housing")])
            .into()
    }
}

impl ToSchema for SearchText {}

/// How a search was interpreted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchNote {
    /// The text that was searched for: your words, or the correction if they match nothing.
    #[schema(example = "housing")]
    pub searched_for: String,
    /// The correction if your words match nothing; otherwise null.
    #[schema(required, example = "housing")]
    pub did_you_mean: Option<String>,
    /// True when fewer than three records match every word, so that records that match some of the words follow.
    #[schema(example = false)]
    pub relaxed: bool,
    /// Your words for which related terms were searched too.
    pub synonyms: Vec<SynonymUse>,
}

/// A word of a search, with the related terms that were searched too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SynonymUse {
    /// The word or term, as you typed it.
    #[schema(example = "elderly")]
    pub word: String,
    /// Terms with the same or a narrower meaning.
    #[schema(example = json!(["older people"]))]
    pub also: Vec<String>,
}

/// Fragments with the matching words in `<mark>`. The rest is escaped and safe to use as HTML.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Highlight {
    /// The whole title or name.
    #[schema(example = "Get Oldham <mark>Working</mark>")]
    pub title: String,
    /// The whole summary; null if the record has none.
    #[schema(required)]
    pub summary: Option<String>,
    /// At most two fragments of the long texts, separated by an ellipsis; null if the words are not in them.
    #[schema(required)]
    pub text: Option<String>,
}
