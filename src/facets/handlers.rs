//! Facets of the list of initiatives.

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::model::Facets;
use super::store;
use crate::auth::caller::Anyone;
use crate::db::Db;
use crate::error::ApiError;
use crate::initiatives::filter::InitiativeFilter;
use crate::initiatives::query::FacetQuery;
use crate::input::Query;
use crate::reply::send;

/// Count initiatives by facet
///
/// For each filter of `list_initiatives`: how many initiatives each of its values would bring, the other filters being kept.
/// Words that find nothing are not corrected here.
#[utoipa::path(tag = "initiatives", params(FacetQuery), responses((status = 200, description = "Counts", body = Facets)))]
#[get("/initiatives/facets")]
pub async fn count_initiatives(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    query: Query<FacetQuery>,
) -> Result<HttpResponse, ApiError> {
    let mut conn = db.get().await?;
    let filter = InitiativeFilter::new(&mut conn, caller.reach(), &query.filters).await?;
    send(&request, &store::facets(&mut conn, caller.reach(), &filter).await?, None, None, None)
}
