//! Facets of the list of initiatives.

use actix_web::{HttpRequest, HttpResponse, get};

use super::model::Facets;
use crate::auth::caller::Anyone;
use crate::error::ApiError;
use crate::initiatives::query::FacetQuery;
use crate::input::Query;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::reply::send;

/// Count initiatives by facet
///
/// For each filter of `list_initiatives`: how many initiatives each of its values would bring, the other filters being kept.
/// Words that find nothing are not corrected here.
#[utoipa::path(tag = "initiatives", params(FacetQuery), responses((status = 200, description = "Counts", body = Facets)))]
#[get("/initiatives/facets")]
pub async fn count_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<FacetQuery>,
) -> Result<HttpResponse, ApiError> {
    let filter = InitiativeFilter::new(&snapshot, caller.reach(), &query.filters)?;
    send(&request, &snapshot.count_facets(caller.reach(), &filter), None, None, None)
}
