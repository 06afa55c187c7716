//! Principles and values, each word in its named scheme. The sets are not to be merged.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::enum_text::Word;

/// Whose principles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipleScheme {
    /// The network's own ten, which initiatives use.
    Ccin,
    /// The seven of the International Co-operative Alliance.
    Ica,
}

/// Which set of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueScheme {
    /// The six co-operative values.
    CoOperative,
    /// The four ethical values.
    Ethical,
}

/// A principle.
#[derive(Debug, Serialize, Queryable, ToSchema)]
pub struct Principle {
    /// Id.
    pub id: Uuid,
    /// Whose principle.
    #[schema(value_type = PrincipleScheme)]
    pub scheme: Word<PrincipleScheme>,
    /// Slug, by which initiatives name it.
    #[schema(example = "co-production")]
    pub slug: String,
    /// Label.
    #[schema(example = "Co-production")]
    pub label: String,
    /// What it means, in plain English.
    pub definition: String,
    /// Place in its scheme, from 1.
    #[schema(example = 3)]
    pub position: i32,
}

/// A value.
#[derive(Debug, Serialize, Queryable, ToSchema)]
pub struct CoOperativeValue {
    /// Id.
    pub id: Uuid,
    /// Which set.
    #[schema(value_type = ValueScheme)]
    pub scheme: Word<ValueScheme>,
    /// Slug.
    #[schema(example = "self-help")]
    pub slug: String,
    /// Label.
    #[schema(example = "Self-help")]
    pub label: String,
    /// What it means, in plain English.
    pub definition: String,
    /// Place in its scheme, from 1.
    #[schema(example = 1)]
    pub position: i32,
}
