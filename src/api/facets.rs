//! Facets of the list of initiatives.

use actix_web::{HttpRequest, HttpResponse, get};

use crate::access::extractors::Anyone;
use crate::error::ApiError;
use crate::http::input::Query;
use crate::http::response::{Cacheable, send};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::facets::Facets;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::registry::initiatives::query::FacetQuery;

/// Count initiatives by facet
///
/// For each filter of `list_initiatives`: how many initiatives each of its values would bring, the other filters being kept.
/// Words that find nothing are not corrected here.
#[utoipa::path(tag = "initiatives", extensions(("x-price" = json!({ "units": 5 }))), params(FacetQuery), responses(Cacheable, (status = 200, description = "Counts", body = Facets)))]
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
