//! Read-only vocabularies: principles and values, each word in its named scheme. The sets are not to be merged.

use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::access::extractors::Anyone;
use crate::db::enum_text::Word;
use crate::error::ApiError;
use crate::http::input::Query;
use crate::http::page::{Page, PageLinks};
use crate::http::response::send;
use crate::read_model::extractor::CurrentSnapshot;

/// When the migration entered the vocabularies; they change by migration only.
const ENTERED: DateTime<Utc> = DateTime::from_timestamp(1_795_305_600, 0).expect("a day of 2026");

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

/// Filters of the principles.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PrincipleQuery {
    /// Only this scheme.
    #[param(inline)]
    scheme: Option<PrincipleScheme>,
}

/// Filters of the values.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ValueQuery {
    /// Only this scheme.
    #[param(inline)]
    scheme: Option<ValueScheme>,
}

/// List principles
///
/// All of them on one page.
#[utoipa::path(tag = "vocabularies", params(PrincipleQuery), responses((status = 200, description = "Principles", body = Page<Principle>)))]
#[get("/principles")]
pub async fn list_principles(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    query: Query<PrincipleQuery>,
) -> Result<HttpResponse, ApiError> {
    let all = snapshot.vocabularies.principles.iter();
    one_page(&request, all.filter(|one| query.scheme.is_none_or(|scheme| scheme == one.scheme.0)).collect())
}

/// List values
///
/// All of them on one page.
#[utoipa::path(tag = "vocabularies", params(ValueQuery), responses((status = 200, description = "Values", body = Page<CoOperativeValue>)))]
#[get("/values")]
pub async fn list_values(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    query: Query<ValueQuery>,
) -> Result<HttpResponse, ApiError> {
    let all = snapshot.vocabularies.values.iter();
    one_page(&request, all.filter(|one| query.scheme.is_none_or(|scheme| scheme == one.scheme.0)).collect())
}

fn one_page<T: Serialize>(request: &HttpRequest, data: Vec<T>) -> Result<HttpResponse, ApiError> {
    let total = data.len() as i64;
    send(
        request,
        &Page { data, page: PageLinks { limit: 200, next: None, prev: None }, total, search: None },
        None,
        Some(ENTERED),
        None,
    )
}
