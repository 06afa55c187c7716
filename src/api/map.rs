//! Maps: the records that the caller has permission to see, as points.

use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;

use crate::access::extractors::Anyone;
use crate::error::ApiError;
use crate::formats::map::model::{CouncilProperties, InitiativeProperties, MapQuery, MapSummary, PointMap};
use crate::formats::map::points;
use crate::http::input::{Filters, Query};
use crate::http::response::{Answer, Cacheable};
use crate::read_model::council_list::CouncilFilter;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::registry::councils::query::CouncilQuery;
use crate::registry::initiatives::query::InitiativeQuery;

/// Media type of GeoJSON (RFC 7946, section 12).
const GEOJSON: &str = "application/geo+json";

/// Get initiatives for a map
///
/// All initiatives that match, as GeoJSON points. Takes the same filters as `list_initiatives`. `located_by` says
/// whether a point is the initiative's own or its lead council's.
///
/// With `zoom`, points that are close together become one. Typos in `q` are not corrected.
#[utoipa::path(tag = "map", extensions(("x-price" = json!({ "units": 2, "q": 5 }))), params(MapQuery<InitiativeQuery>), responses(Cacheable, (status = 200, description = "Points for a map", body = PointMap<InitiativeProperties>, content_type = "application/geo+json")))]
#[get("/map/initiatives")]
pub async fn map_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<MapQuery<InitiativeQuery>>,
) -> Result<HttpResponse, ApiError> {
    let filter = InitiativeFilter::new(&snapshot, caller.reach(), &query.filters)?;
    let (total, mut placed) = points::initiatives(&snapshot, caller.reach(), &filter);
    if query.zoom.zoom.is_none() {
        points::put_in_order(&snapshot, &mut placed);
    }
    let shown = |record| InitiativeProperties::new(&snapshot, record);
    show(&request, &PointMap::new(total, placed, query.zoom.zoom, shown)).await
}

/// Get councils for a map
///
/// All councils that match, as GeoJSON points. Takes the same filters as `list_councils`. Each council is at a point
/// inside its area. With `zoom`, points that are close together become one.
#[utoipa::path(tag = "map", extensions(("x-price" = json!({ "units": 2, "q": 5, "covers": 5 }))), params(MapQuery<CouncilQuery>), responses(Cacheable, (status = 200, description = "Points for a map", body = PointMap<CouncilProperties>, content_type = "application/geo+json")))]
#[get("/map/councils")]
pub async fn map_councils(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<MapQuery<CouncilQuery>>,
) -> Result<HttpResponse, ApiError> {
    let filter = CouncilFilter::new(&snapshot, caller.reach(), &query.filters)?;
    let (total, placed) = points::councils(&snapshot, &filter);
    let visible = snapshot.visible(caller.reach());
    let shown = |record| CouncilProperties::new(&snapshot, &visible, record);
    show(&request, &PointMap::new(total, placed, query.zoom.zoom, shown)).await
}

/// Count initiatives by region and nation
///
/// Counts the initiatives that match, by the location of their lead council. Also counts the councils that lead them.
/// Takes the same filters as `list_initiatives`.
#[utoipa::path(tag = "map", extensions(("x-price" = json!({ "units": 2, "q": 5 }))), params(Filters<InitiativeQuery>), responses(Cacheable, (status = 200, description = "Counts", body = MapSummary)))]
#[get("/map/summary")]
pub async fn summarise_map(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<Filters<InitiativeQuery>>,
) -> Result<HttpResponse, ApiError> {
    let filter = InitiativeFilter::new(&snapshot, caller.reach(), &query.filters)?;
    Answer::json(&request).send_json(&points::summary(&snapshot, caller.reach(), &filter))
}

async fn show(request: &HttpRequest, map: &impl Serialize) -> Result<HttpResponse, ApiError> {
    let body = serde_json::to_string(map).map_err(ApiError::internal)?;
    Answer::new(request, GEOJSON).send_packed(body).await
}
