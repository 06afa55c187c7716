//! Facets of the list of initiatives.

use actix_web::{HttpRequest, HttpResponse, get};

use crate::access::extractors::Anyone;
use crate::error::ApiError;
use crate::http::input::{Filters, Query};
use crate::http::response::{Answer, Cacheable};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::facets::Facets;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::registry::initiatives::query::InitiativeQuery;

/// Count initiatives by filter value
///
/// For each value of each filter of `list_initiatives`, the number of initiatives it would find. The other filters stay
/// as you set them. Typos in `q` are not corrected.
#[utoipa::path(tag = "initiatives", extensions(("x-price" = json!({ "units": 5 }))), params(Filters<InitiativeQuery>), responses(Cacheable, (status = 200, description = "Counts", body = Facets)))]
#[get("/initiatives/facets")]
pub async fn count_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<Filters<InitiativeQuery>>,
) -> Result<HttpResponse, ApiError> {
    let filter = InitiativeFilter::new(&snapshot, caller.reach(), &query.filters)?;
    Answer::json(&request).send_json(&snapshot.count_facets(caller.reach(), &filter))
}
