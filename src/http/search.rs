//! Words to search for, and what every answer to a search says about it.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

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
