//! Theme models for requests and responses.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::input::Check;
use crate::http::response::Versioned;
use crate::text::markdown::Markdown;
use crate::text::{Line, Reference, Slug};

/// Status of a theme. New records use `active` themes. `deprecated` themes remain on older records only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum ThemeStatus {
    /// In use.
    #[default]
    Active,
    /// Remains on older records only.
    Deprecated,
}

/// Short form of a theme, as other records contain it.
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
    /// Scope of the theme (skos:definition).
    #[schema(example = "Homes that are planned, run or owned with the people who live in them.")]
    pub definition: String,
    /// Guidance on when to use the theme (skos:scopeNote, Markdown).
    #[schema(required)]
    pub scope_note: Option<String>,
    /// Broader theme (skos:broader).
    #[schema(required)]
    pub broader: Option<ThemeRef>,
    /// Narrower themes (skos:narrower).
    pub narrower: Vec<ThemeRef>,
    /// Status of the theme: whether new records can use it.
    pub status: ThemeStatus,
    /// Theme to use instead of a deprecated one.
    #[schema(required)]
    pub replaced_by: Option<ThemeRef>,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Theme {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A theme to create, or the new content of an existing theme.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewTheme {
    /// Slug. Default: made from the label. Former slugs still lead to this theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<Slug>,
    /// Label.
    #[schema(required)]
    pub label: Line<80>,
    /// Scope of the theme.
    #[schema(required)]
    pub definition: Line<1000>,
    /// Guidance on when to use the theme (Markdown).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_note: Option<Markdown<1000>>,
    /// Broader theme. Themes have at most three levels and cannot form a cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broader: Option<Reference>,
    /// Status of the theme. Default: `active`.
    pub status: ThemeStatus,
    /// Theme to use instead. Only for a deprecated theme.
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

/// Target of a merge of themes.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ThemeMerge {
    /// Theme that takes over the initiatives, the narrower themes and the address.
    #[schema(required)]
    pub into: Reference,
}

impl Check for ThemeMerge {}

/// Sort orders of the list of themes.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
pub enum ThemeSort {
    /// By label, A to Z.
    #[serde(rename = "label")]
    #[default]
    Label,
    /// By label, Z to A.
    #[serde(rename = "-label")]
    LabelDescending,
    /// Least recently changed first.
    #[serde(rename = "updated_at")]
    Updated,
    /// Most recently changed first.
    #[serde(rename = "-updated_at")]
    UpdatedDescending,
}

/// Fields of a theme that `fields` can select.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "API names, documented where they are used")]
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
    /// Only themes directly below these.
    #[serde(default)]
    #[param(inline, example = json!(["housing"]))]
    pub broader: Vec<Reference>,
    /// Only themes that changed at or after this time (RFC 3339).
    #[param(example = "2026-01-01T00:00:00Z")]
    pub updated_since: Option<DateTime<Utc>>,
    /// Sort order. A minus sign sorts in descending order. Default: `label`.
    #[param(inline)]
    pub sort: Option<ThemeSort>,
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "label"]))]
    pub fields: Option<Vec<ThemeField>>,
    /// Themes per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Options for the response with one theme.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ThemeView {
    /// Fields to return, separated by commas. Default: all.
    #[param(inline, style = Form, explode = false, example = json!(["slug", "label"]))]
    pub fields: Option<Vec<ThemeField>>,
}
