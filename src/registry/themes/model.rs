//! Themes as they are sent and answered.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::input::Check;
use crate::http::response::Resource;
use crate::text::markdown::Markdown;
use crate::text::{Line, Reference, Slug};

/// Whether a theme is for new records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThemeStatus {
    /// In use.
    #[default]
    Active,
    /// Kept for old records only.
    Deprecated,
}

/// What other records show of a theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Queryable, Selectable, ToSchema)]
#[diesel(table_name = crate::db::schema::themes, check_for_backend(diesel::pg::Pg))]
pub struct ThemeRef {
    /// Id.
    pub id: Uuid,
    /// Slug.
    #[schema(example = "housing")]
    pub slug: String,
    /// Label.
    #[schema(example = "Housing")]
    pub label: String,
}

/// A theme.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Theme {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Slug.
    #[schema(example = "housing")]
    pub slug: String,
    /// Label (skos:prefLabel).
    #[schema(example = "Housing")]
    pub label: String,
    /// What belongs to the theme (skos:definition).
    #[schema(example = "Homes that are planned, run or owned with the people who live in them.")]
    pub definition: String,
    /// How to use it (skos:scopeNote), markdown.
    #[schema(required)]
    pub scope_note: Option<String>,
    /// The wider theme (skos:broader).
    #[schema(required)]
    pub broader: Option<ThemeRef>,
    /// The themes within it (skos:narrower).
    pub narrower: Vec<ThemeRef>,
    /// Whether it is for new records.
    pub status: ThemeStatus,
    /// What to use instead of a deprecated theme.
    #[schema(required)]
    pub replaced_by: Option<ThemeRef>,
    /// Grows by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was entered.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

impl Resource for Theme {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A theme as it is entered or replaced.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewTheme {
    /// Slug; made of the label when left out. A former slug goes on leading here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// Label.
    #[schema(required)]
    pub label: Line<80>,
    /// What belongs to the theme.
    #[schema(required)]
    pub definition: Line<1000>,
    /// How to use it, markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_note: Option<Markdown<1000>>,
    /// The wider theme; no circle, at most three levels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broader: Option<Reference>,
    /// Whether it is for new records; `active` when left out.
    pub status: ThemeStatus,
    /// What to use instead; for a deprecated theme only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<Reference>,
}

impl Check for NewTheme {}

impl From<&Theme> for NewTheme {
    fn from(theme: &Theme) -> Self {
        Self {
            slug: Some(theme.slug.as_str().into()),
            label: theme.label.as_str().into(),
            definition: theme.definition.as_str().into(),
            scope_note: theme.scope_note.as_deref().map(Into::into),
            broader: theme.broader.as_ref().map(|theme| theme.slug.as_str().into()),
            status: theme.status,
            replaced_by: theme.replaced_by.as_ref().map(|theme| theme.slug.as_str().into()),
        }
    }
}

/// Which theme another one is merged into.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ThemeMerge {
    /// The theme that takes over the initiatives and the address.
    #[schema(required)]
    pub into: Reference,
}

impl Check for ThemeMerge {}

/// Orders of the list of themes.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum ThemeSort {
    /// By label.
    #[serde(rename = "label")]
    #[default]
    Label,
    /// By label, last first.
    #[serde(rename = "-label")]
    LabelDescending,
    /// Longest unchanged first.
    #[serde(rename = "updated_at")]
    Updated,
    /// Last changed first.
    #[serde(rename = "-updated_at")]
    UpdatedDescending,
}

/// Members of a theme that `fields` can pick.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "words of the interface, explained where they are used")]
pub enum ThemeField {
    Id,
    Slug,
    Label,
    Definition,
    ScopeNote,
    Broader,
    Narrower,
    Status,
    ReplacedBy,
    Version,
    CreatedAt,
    UpdatedAt,
}

/// Filters of the list of themes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThemeQuery {
    /// Only themes with this status.
    #[param(inline)]
    pub status: Option<ThemeStatus>,
    /// Only themes directly within these.
    #[serde(default)]
    #[param(inline, example = json!(["housing"]))]
    pub broader: Vec<Reference>,
    /// Only themes that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Order; a minus means largest first.
    #[param(inline)]
    pub sort: Option<ThemeSort>,
    /// Members of each record to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "label"]))]
    pub fields: Option<Vec<ThemeField>>,
    /// Rows on a page: 1 to 200, default 20; more is clamped to 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

/// Shape of one theme.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThemeView {
    /// Members to show, joined by commas; all when left out.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "label"]))]
    pub fields: Option<Vec<ThemeField>>,
}
