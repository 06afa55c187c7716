//! Boundaries of councils. Callers who can see a council can see its boundary.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde_json::value::RawValue;

use crate::access::extractors::Anyone;
use crate::error::{ApiError, Fault};
use crate::geography::BoundingBox;
use crate::http::input::Query;
use crate::http::response::{Answer, Cacheable, Moves, moved};
use crate::read_model::boundaries::Boundary;
use crate::read_model::boundary_members::members;
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::boundaries::model::{
    BoundaryCollection, BoundaryFeature, BoundaryProperties, BoundaryQuery, Frame, MapQuery,
};
use crate::registry::boundaries::shape;
use crate::registry::boundaries::shape::WHOLE;
use crate::registry::councils::model::Council;
use crate::registry::references;

const GEO_JSON: &str = "application/geo+json";

/// The largest zoom that needs no bounding box.
const WIDE: u8 = 11;
/// Maximum width and height of the bounding box at larger zooms, in degrees.
const NARROW: f64 = 1.0;

/// Get a council's boundary
///
/// A GeoJSON feature. If you show it, show its attribution too: the licence requires it. If a county has no boundary of
/// its own, you get the union of its districts. If no boundary is loaded, you get 404.
#[utoipa::path(tag = "councils", params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), BoundaryQuery),
    responses(Cacheable, Moves, (status = 200, description = "The boundary", body = BoundaryFeature, content_type = "application/geo+json")))]
#[get("/councils/{council}/boundary")]
pub async fn find_boundary(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    segment: web::Path<String>,
    query: Query<BoundaryQuery>,
) -> Result<HttpResponse, ApiError> {
    let council = &snapshot.locate_council(&segment)?.record;
    if references::is_former(&segment, &council.slug, council.id) {
        return Ok(moved(&request, &council.slug));
    }
    let none = || ApiError::not_found("boundary of this council");
    let code = council.gss_code.clone().ok_or_else(none)?;
    let level = query.zoom.map_or(WHOLE, shape::level);
    let (held, of) = (snapshot.clone(), code.clone());
    // The union of many detailed districts blocks a processor for a moment.
    let found = web::block(move || held.boundaries.boundary(&of, level)).await.map_err(ApiError::internal)??;
    let boundary = found.ok_or_else(none)?;
    let modified = boundary.updated_at.max(council.updated_at);
    let feature = feature(council, code, boundary)?;
    let body = serde_json::to_string(&feature).map_err(ApiError::internal)?;
    Ok(Answer::new(&request, GEO_JSON).modified(modified).send(body))
}

/// Get boundaries for a map
///
/// The boundaries of member councils, as a GeoJSON feature collection. The lower the zoom, the simpler the shapes.
#[utoipa::path(tag = "map", extensions(("x-price" = json!({ "units": 2 }))), params(MapQuery),
    responses(Cacheable, (status = 200, description = "The boundaries", body = BoundaryCollection, content_type = "application/geo+json")))]
#[get("/map/boundaries")]
pub async fn map_boundaries(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    query: Query<MapQuery>,
) -> Result<HttpResponse, ApiError> {
    let Frame { bbox, zoom } = query.frame;
    check_width(bbox, zoom)?;
    let level = shape::level(zoom.unwrap_or_default());
    let members = web::block(move || members(&snapshot, &query.members, level, bbox));
    let members = members.await.map_err(ApiError::internal)??;
    let modified = members.iter().map(|(council, boundary)| boundary.updated_at.max(council.updated_at)).max();
    let features = members
        .into_iter()
        .map(|(council, boundary)| feature(&council, council.gss_code.clone().unwrap_or_default(), boundary))
        .collect::<Result<Vec<_>, _>>()?;
    let mut attribution: Vec<String> =
        features.iter().flat_map(|feature| feature.properties.attribution.clone()).collect();
    attribution.sort();
    attribution.dedup();
    let collection = BoundaryCollection { kind: "FeatureCollection", attribution, features };
    let body = serde_json::to_string(&collection).map_err(ApiError::internal)?;
    Ok(Answer::new(&request, GEO_JSON).modified(modified).send(body))
}

/// Requires a small bounding box for detailed boundaries.
fn check_width(bbox: Option<BoundingBox>, zoom: Option<u8>) -> Result<(), ApiError> {
    let is_narrow = |bounds: BoundingBox| bounds.east - bounds.west <= NARROW && bounds.north - bounds.south <= NARROW;
    if zoom.unwrap_or_default() > WIDE && !bbox.is_some_and(is_narrow) {
        let detail = format!("is required from zoom {} on, at most {NARROW} degree wide and high", WIDE + 1);
        return Err(ApiError::bad_query(vec![Fault::parameter("bbox", "required", detail)]));
    }
    Ok(())
}

fn feature(council: &Council, code: String, boundary: Boundary) -> Result<BoundaryFeature, ApiError> {
    let BoundingBox { west, south, east, north } = boundary.bounds;
    Ok(BoundaryFeature {
        kind: "Feature",
        id: code.clone(),
        bbox: [west, south, east, north],
        geometry: RawValue::from_string(boundary.geometry.to_string()).map_err(ApiError::internal)?,
        properties: BoundaryProperties {
            gss_code: code,
            slug: council.slug.clone(),
            name: council.name.clone(),
            membership: council.membership.clone(),
            attribution: boundary.attribution.into_iter().collect(),
            source: boundary.source,
            dated_on: boundary.dated_on,
        },
    })
}
