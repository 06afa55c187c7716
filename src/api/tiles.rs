//! Vector tiles: records that the caller has permission to see, as points, and boundaries.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::access::extractors::Anyone;
use crate::error::{ApiError, problems};
use crate::formats::map::model::{CouncilProperties, InitiativeProperties};
use crate::formats::map::points;
use crate::formats::tiles::areas;
use crate::formats::tiles::encode::{EXTENT, Tagged, tile};
use crate::formats::tiles::model::{CLUSTERS, TileId, TileSet};
use crate::geography::BoundingBox;
use crate::http::input::{Filters, Query};
use crate::http::page::base;
use crate::http::response::{Answer, Cacheable};
use crate::read_model::boundary_members::members;
use crate::read_model::council_list::CouncilFilter;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::registry::boundaries::model::MembersQuery;
use crate::registry::boundaries::shape;
use crate::registry::councils::query::CouncilQuery;
use crate::registry::initiatives::query::InitiativeQuery;

/// Registered media type of vector tiles.
const MVT: &str = "application/vnd.mapbox-vector-tile";
/// Zoom, column, row.
type Numbers = web::Path<(String, String, String)>;

/// Describe the tiles of initiatives
///
/// TileJSON 3.0, for MapLibre, QGIS and similar software. Takes the same filters as `list_initiatives`, and adds them
/// to the address of the tiles.
#[utoipa::path(tag = "map", extensions(("x-price" = json!({ "units": 1, "q": 5 }))), params(Filters<InitiativeQuery>), responses(Cacheable, (status = 200, description = "Description of the tiles", body = TileSet)))]
#[get("/tiles/initiatives.json")]
pub async fn describe_initiative_tiles(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<Filters<InitiativeQuery>>,
) -> Result<HttpResponse, ApiError> {
    InitiativeFilter::new(&snapshot, caller.reach(), &query.filters)?;
    describe::<InitiativeProperties>(&request)
}

/// Describe the tiles of councils
///
/// TileJSON 3.0, for MapLibre, QGIS and similar software. Takes the same filters as `list_councils`, and adds them to
/// the address of the tiles.
#[utoipa::path(tag = "map", extensions(("x-price" = json!({ "units": 1, "q": 5, "covers": 5 }))), params(Filters<CouncilQuery>), responses(Cacheable, (status = 200, description = "Description of the tiles", body = TileSet)))]
#[get("/tiles/councils.json")]
pub async fn describe_council_tiles(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    query: Query<Filters<CouncilQuery>>,
) -> Result<HttpResponse, ApiError> {
    CouncilFilter::new(&snapshot, caller.reach(), &query.filters)?;
    describe::<CouncilProperties>(&request)
}

/// Get a tile of initiatives
///
/// A Mapbox Vector Tile with the layer `initiatives`. An empty tile is 200 without a body. Below zoom 14, points that
/// are close together become one feature with their count. Takes the same filters as `list_initiatives`.
#[utoipa::path(tag = "map", extensions(("x-price" = json!({ "units": 1, "q": 5 }))), params(("z" = u8, Path, description = "Zoom: 0 is the whole world in one tile", minimum = 0, maximum = 14, example = 0), ("x" = u32, Path, description = "Column, from the west", minimum = 0, maximum = 16383, example = 0), ("y" = u32, Path, description = "Row, from the north", minimum = 0, maximum = 16383, example = 0), Filters<InitiativeQuery>),
    responses(Cacheable, (status = 200, description = "The tile", body = String, content_type = "application/vnd.mapbox-vector-tile")))]
#[get("/tiles/initiatives/{z}/{x}/{y}.mvt")]
pub async fn find_initiative_tile(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    numbers: Numbers,
    query: Query<Filters<InitiativeQuery>>,
) -> Result<HttpResponse, ApiError> {
    let id = located(&numbers)?;
    let mut filter = InitiativeFilter::new(&snapshot, caller.reach(), &query.filters)?;
    let Some(bbox) = narrowed(filter.area.bbox, id) else { return Ok(Answer::new(&request, MVT).send(Vec::new())) };
    filter.area.bbox = Some(bbox);
    let (_, placed) = points::initiatives(&snapshot, caller.reach(), &filter);
    let shown = |record| InitiativeProperties::new(&snapshot, record);
    Ok(Answer::new(&request, MVT).send(tile(id, placed, shown)?))
}

/// Get a tile of councils
///
/// A Mapbox Vector Tile with the layer `councils`. An empty tile is 200 without a body. Below zoom 14, points that are
/// close together become one feature with their count. Takes the same filters as `list_councils`.
#[utoipa::path(tag = "map", extensions(("x-price" = json!({ "units": 1, "q": 5, "covers": 5 }))), params(("z" = u8, Path, description = "Zoom: 0 is the whole world in one tile", minimum = 0, maximum = 14, example = 0), ("x" = u32, Path, description = "Column, from the west", minimum = 0, maximum = 16383, example = 0), ("y" = u32, Path, description = "Row, from the north", minimum = 0, maximum = 16383, example = 0), Filters<CouncilQuery>),
    responses(Cacheable, (status = 200, description = "The tile", body = String, content_type = "application/vnd.mapbox-vector-tile")))]
#[get("/tiles/councils/{z}/{x}/{y}.mvt")]
pub async fn find_council_tile(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    numbers: Numbers,
    query: Query<Filters<CouncilQuery>>,
) -> Result<HttpResponse, ApiError> {
    let id = located(&numbers)?;
    let mut filter = CouncilFilter::new(&snapshot, caller.reach(), &query.filters)?;
    let Some(bbox) = narrowed(filter.area.bbox, id) else { return Ok(Answer::new(&request, MVT).send(Vec::new())) };
    filter.area.bbox = Some(bbox);
    let (_, placed) = points::councils(&snapshot, &filter);
    let visible = snapshot.visible(caller.reach());
    let shown = |record| CouncilProperties::new(&snapshot, &visible, record);
    Ok(Answer::new(&request, MVT).send(tile(id, placed, shown)?))
}

/// Describe the tiles of boundaries
///
/// TileJSON 3.0, for MapLibre, QGIS and similar software. Takes the same filters as `map_boundaries`, and adds them to
/// the address of the tiles.
#[utoipa::path(tag = "map", params(MembersQuery), responses(Cacheable, (status = 200, description = "Description of the tiles", body = TileSet)))]
#[get("/tiles/boundaries.json")]
pub async fn describe_boundary_tiles(
    request: HttpRequest,
    _caller: Anyone,
    _query: Query<MembersQuery>,
) -> Result<HttpResponse, ApiError> {
    let tiles = TileSet::new(areas::LAYER, areas::FIELDS, &[], &base(&request), request.query_string());
    Answer::json(&request).send_json(&tiles)
}

/// Get a tile of boundaries
///
/// A Mapbox Vector Tile with the layer `boundaries`: the areas of member councils. The lower the zoom, the simpler the
/// shapes. An empty tile is 200 without a body. Takes the same filters as `map_boundaries`.
#[utoipa::path(tag = "map", params(("z" = u8, Path, description = "Zoom: 0 is the whole world in one tile", minimum = 0, maximum = 14, example = 0), ("x" = u32, Path, description = "Column, from the west", minimum = 0, maximum = 16383, example = 0), ("y" = u32, Path, description = "Row, from the north", minimum = 0, maximum = 16383, example = 0), MembersQuery),
    responses(Cacheable, (status = 200, description = "The tile", body = String, content_type = "application/vnd.mapbox-vector-tile")))]
#[get("/tiles/boundaries/{z}/{x}/{y}.mvt")]
pub async fn find_boundary_tile(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    numbers: Numbers,
    query: Query<MembersQuery>,
) -> Result<HttpResponse, ApiError> {
    let id = located(&numbers)?;
    let bounds = Some(id.bbox_within(areas::MARGIN / f64::from(EXTENT)));
    // Clipping large areas to a tile blocks a processor for a moment.
    let tile = web::block(move || areas::tile(id, &members(&snapshot, &query, shape::level(id.zoom()), bounds)?));
    let tile = tile.await.map_err(ApiError::internal)??;
    Ok(Answer::new(&request, MVT).send(tile))
}

fn located(numbers: &Numbers) -> Result<TileId, ApiError> {
    let (zoom, column, row) = &**numbers;
    TileId::new(zoom, column, row).map_err(|detail| ApiError::new(&problems::NOT_FOUND, detail))
}

/// The part of a box inside a tile.
fn narrowed(bbox: Option<BoundingBox>, id: TileId) -> Option<BoundingBox> {
    bbox.map_or(Some(id.bbox()), |bbox| bbox.intersection(&id.bbox()))
}

fn describe<T: Tagged>(request: &HttpRequest) -> Result<HttpResponse, ApiError> {
    Answer::json(request).send_json(&TileSet::new(
        T::LAYER,
        T::FIELDS,
        CLUSTERS,
        &base(request),
        request.query_string(),
    ))
}
