//! Principles and values. Each belongs to a named scheme; the schemes must not be merged.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::enum_text::Word;

/// Scheme of principles: `ccin` (the network's ten, which initiatives use) or `ica` (the seven of the International
/// Co-operative Alliance).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipleScheme {
    /// The network's ten principles, which initiatives use.
    Ccin,
    /// The seven principles of the International Co-operative Alliance.
    Ica,
}

/// Set of values: the six co-operative values or the four ethical values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ValueScheme {
    /// The six co-operative values.
    CoOperative,
    /// The four ethical values.
    Ethical,
}

/// A co-operative principle.
#[derive(Debug, Serialize, Queryable, ToSchema)]
pub struct Principle {
    /// Id.
    pub id: Uuid,
    /// Scheme that the principle belongs to.
    #[schema(value_type = PrincipleScheme)]
    pub scheme: Word<PrincipleScheme>,
    /// Slug. Initiatives refer to the principle by it.
    #[schema(example = "co-production")]
    pub slug: String,
    /// Label.
    #[schema(example = "Co-production")]
    pub label: String,
    /// Meaning, in plain English.
    pub definition: String,
    /// Position in its scheme, from 1.
    #[schema(example = 3)]
    pub position: i32,
}

/// A co-operative or ethical value.
#[derive(Debug, Serialize, Queryable, ToSchema)]
pub struct CoOperativeValue {
    /// Id.
    pub id: Uuid,
    /// Set that the value belongs to.
    #[schema(value_type = ValueScheme)]
    pub scheme: Word<ValueScheme>,
    /// Slug.
    #[schema(example = "self-help")]
    pub slug: String,
    /// Label.
    #[schema(example = "Self-help")]
    pub label: String,
    /// Meaning, in plain English.
    pub definition: String,
    /// Position in its scheme, from 1.
    #[schema(example = 1)]
    pub position: i32,
}
