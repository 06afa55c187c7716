//! Boundaries of councils, for whoever sees the council.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde_json::value::RawValue;

use super::model::{BoundaryCollection, BoundaryFeature, BoundaryProperties, BoundaryQuery, MapQuery};
use super::shape::{self, WHOLE};
use super::store::{self, Boundary};
use crate::auth::caller::Anyone;
use crate::councils::model::{Council, MembershipStatus, MembershipTier};
use crate::councils::store::{self as councils, CouncilFilter};
use crate::db::Db;
use crate::error::{ApiError, Fault};
use crate::geography::BoundingBox;
use crate::input::Query;
use crate::refs;
use crate::reply::{moved, send_overview};

const GEO_JSON: &str = "application/geo+json";

/// The largest zoom at which a map of the whole country is handed out.
const WIDE: u8 = 11;
/// The most degrees of a box at larger zooms, wide or high.
const NARROW: f64 = 1.0;

/// Find a council's boundary
///
/// A GeoJSON feature with the attribution that its licence asks for. 404 when none is loaded. A county of which no boundary
/// is loaded has the union of its districts'.
#[utoipa::path(tag = "councils", params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), BoundaryQuery),
    responses((status = 200, description = "The boundary", body = BoundaryFeature, content_type = "application/geo+json")))]
#[get("/councils/{council}/boundary")]
pub async fn find_boundary(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    segment: web::Path<String>,
    query: Query<BoundaryQuery>,
) -> Result<HttpResponse, ApiError> {
    let mut conn = db.get().await?;
    let council = councils::locate(&mut conn, caller.reach(), &segment).await?;
    if refs::is_former(&segment, &council.slug, council.id) {
        return Ok(moved(&request, &council.slug));
    }
    let codes: Vec<String> = council.gss_code.iter().cloned().collect();
    let level = query.zoom.map_or(WHOLE, shape::level);
    let found = store::boundaries_of(&mut conn, &codes, level).await?.pop_first();
    let (code, boundary) = found.ok_or_else(|| ApiError::not_found("boundary of this council"))?;
    let modified = boundary.updated_at.max(council.updated_at);
    let feature = feature(&council, code, boundary)?;
    let body = serde_json::to_string(&feature).map_err(ApiError::internal)?;
    Ok(send_overview(&request, GEO_JSON, body, Some(modified)))
}

/// Map boundaries
///
/// The boundaries of the councils that are members, as simple as the zoom allows, in a GeoJSON feature collection.
#[utoipa::path(tag = "councils", params(MapQuery),
    responses((status = 200, description = "The boundaries", body = BoundaryCollection, content_type = "application/geo+json")))]
#[get("/map/boundaries")]
pub async fn map_boundaries(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    query: Query<MapQuery>,
) -> Result<HttpResponse, ApiError> {
    check_width(&query)?;
    let mut conn = db.get().await?;
    let filter = CouncilFilter {
        nations: query.nation.clone(),
        regions: query.region.clone(),
        tiers: query.membership.clone(),
        ..CouncilFilter::default()
    };
    let mut members = councils::all(&mut conn, caller.reach(), &filter).await?;
    members.retain(|council| {
        let membership = &council.membership;
        membership.tier != MembershipTier::None && membership.status == Some(MembershipStatus::Active)
    });
    let codes: Vec<String> = members.iter().filter_map(|council| council.gss_code.clone()).collect();
    let mut boundaries = store::boundaries_of(&mut conn, &codes, shape::level(query.zoom.unwrap_or_default())).await?;
    let (mut features, mut modified) = (Vec::new(), None);
    for council in &members {
        let code = council.gss_code.clone().unwrap_or_default();
        let Some(boundary) = boundaries.remove(&code) else { continue };
        if query.bbox.is_none_or(|bounds| bounds.touches(&boundary.bounds)) {
            modified = modified.max(Some(boundary.updated_at.max(council.updated_at)));
            features.push(feature(council, code, boundary)?);
        }
    }
    let mut attribution: Vec<String> =
        features.iter().flat_map(|feature| feature.properties.attribution.clone()).collect();
    attribution.sort();
    attribution.dedup();
    let collection = BoundaryCollection { kind: "FeatureCollection", attribution, features };
    let body = serde_json::to_string(&collection).map_err(ApiError::internal)?;
    Ok(send_overview(&request, GEO_JSON, body, modified))
}

/// Fine boundaries are handed out for a narrow box only.
fn check_width(query: &MapQuery) -> Result<(), ApiError> {
    let is_narrow = |bounds: BoundingBox| bounds.east - bounds.west <= NARROW && bounds.north - bounds.south <= NARROW;
    if query.zoom.unwrap_or_default() > WIDE && !query.bbox.is_some_and(is_narrow) {
        let detail = format!("of at most {NARROW} degree, wide and high, is needed from zoom {} on", WIDE + 1);
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
        geometry: RawValue::from_string(boundary.geometry).map_err(ApiError::internal)?,
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
