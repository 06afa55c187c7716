//! Read-only vocabularies: principles and values, each in its named scheme. Do not merge the schemes.

use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::access::extractors::Anyone;
use crate::error::ApiError;
use crate::http::input::Query;
use crate::http::page::{Page, PageLinks};
use crate::http::response::{Answer, Cacheable};
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::vocabularies::{CoOperativeValue, Principle, PrincipleScheme, ValueScheme};

/// Time of the migration that created the vocabularies. Only migrations change them.
const ENTERED: DateTime<Utc> = DateTime::from_timestamp(1_795_305_600, 0).expect("a day of 2026");

/// Filters of the principles.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PrincipleQuery {
    /// Only principles in this scheme.
    #[param(inline)]
    scheme: Option<PrincipleScheme>,
}

/// Filters of the values.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ValueQuery {
    /// Only values in this scheme.
    #[param(inline)]
    scheme: Option<ValueScheme>,
}

/// List principles
///
/// All principles on one page.
#[utoipa::path(tag = "vocabularies", extensions(("x-price" = json!({ "units": 2 }))), params(PrincipleQuery), responses(Cacheable, (status = 200, description = "Principles", body = Page<Principle>)))]
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
/// All values on one page.
#[utoipa::path(tag = "vocabularies", extensions(("x-price" = json!({ "units": 2 }))), params(ValueQuery), responses(Cacheable, (status = 200, description = "Values", body = Page<CoOperativeValue>)))]
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
    Answer::json(request).modified(ENTERED).send_json(&Page {
        data,
        page: PageLinks { limit: 200, next: None, prev: None },
        total,
        search: None,
    })
}
