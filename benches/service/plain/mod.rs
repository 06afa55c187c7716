//! The plain program: what a team would first write with actix-web and diesel-async. It has a pool, one prepared query
//! per request, no cache and no middleware. PostgreSQL makes the JSON, which is the fastest option for such a program.
//!
//! It serves the same paths as the service, so that both get the same requests.

mod create;
mod queries;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Responder, error, get, web};
use ccin_registry::db::prepared::Prepared;
use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Double, Integer, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
pub use queries::PREPARE;
use serde::Deserialize;
use uuid::Uuid;

/// The size of the service's own pool.
const CONNECTIONS: usize = 24;

type Connections = web::Data<Pool<AsyncPgConnection>>;

/// Serve until killed.
pub async fn serve(bind: SocketAddr, workers: usize, database: &str) -> io::Result<()> {
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new(database);
    let pool = Pool::builder(manager).max_size(CONNECTIONS).build().map_err(io::Error::other)?;
    let pool = web::Data::new(pool);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(pool.clone())
            .service(list)
            .service(record)
            .service(map)
            .service(vector_tile)
            .service(create::create)
    });
    server.client_request_timeout(Duration::from_secs(10)).disable_signals().workers(workers).bind(bind)?.run().await
}

/// Run a query that returns one text.
async fn text<'a>(pool: &Connections, query: Prepared<'a>) -> actix_web::Result<String> {
    let mut conn = pool.get().await.map_err(error::ErrorInternalServerError)?;
    query.returning::<Text>().get_result(&mut conn).await.map_err(error::ErrorInternalServerError)
}

fn json(body: String) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(body)
}

#[derive(Deserialize)]
struct ListQuery {
    q: Option<String>,
    theme: Option<String>,
    year_from: Option<i32>,
    updated_since: Option<DateTime<Utc>>,
    sort: Option<String>,
    limit: Option<i64>,
}

#[get("/v1/initiatives")]
async fn list(pool: Connections, query: web::Query<ListQuery>) -> actix_web::Result<impl Responder> {
    let query = query.into_inner();
    if let Some(words) = query.q {
        return Ok(json(text(&pool, Prepared::new(&queries::SEARCH).bind::<Text, _>(words)).await?));
    }
    let sort = query.sort.as_deref().unwrap_or("title");
    let statement =
        queries::list(sort, query.theme.is_some(), query.year_from.is_some(), query.updated_since.is_some());
    let mut prepared = Prepared::new(statement);
    if let Some(theme) = query.theme {
        prepared = prepared.bind::<Text, _>(theme);
    }
    if let Some(year) = query.year_from {
        prepared = prepared.bind::<Integer, _>(year);
    }
    if let Some(since) = query.updated_since {
        prepared = prepared.bind::<Timestamptz, _>(since);
    }
    Ok(json(text(&pool, prepared.bind::<BigInt, _>(query.limit.unwrap_or(20))).await?))
}

#[get("/v1/initiatives/{name}")]
async fn record(request: HttpRequest, pool: Connections, name: web::Path<String>) -> actix_web::Result<impl Responder> {
    let name = name.into_inner();
    // For a conditional request, read only the version.
    if let Some(known) = request.headers().get(header::IF_NONE_MATCH) {
        let version = text(&pool, Prepared::new(queries::VERSION).bind::<Text, _>(&name)).await?;
        if known.as_bytes() == version.as_bytes() {
            return Ok(HttpResponse::NotModified().insert_header((header::ETAG, version)).finish());
        }
    }
    let query = match Uuid::parse_str(&name) {
        Ok(id) => Prepared::new(&queries::RECORD_BY_ID).bind::<SqlUuid, _>(id),
        Err(_) => Prepared::new(&queries::RECORD_BY_SLUG).bind::<Text, _>(name),
    };
    let mut conn = pool.get().await.map_err(error::ErrorInternalServerError)?;
    let found: Result<(String, String), _> = query.returning::<(Text, Text)>().get_result(&mut conn).await;
    let (body, version) = found.map_err(error::ErrorNotFound)?;
    Ok(HttpResponse::Ok().content_type("application/json").insert_header((header::ETAG, version)).body(body))
}

#[derive(Deserialize)]
struct MapQuery {
    bbox: String,
}

#[get("/v1/map/initiatives")]
async fn map(pool: Connections, query: web::Query<MapQuery>) -> actix_web::Result<impl Responder> {
    let sides: Result<Vec<f64>, _> = query.bbox.split(',').map(str::parse).collect();
    let sides = sides.map_err(error::ErrorBadRequest)?;
    let prepared = sides.into_iter().fold(Prepared::new(queries::MAP), |query, side| query.bind::<Double, _>(side));
    Ok(json(text(&pool, prepared).await?))
}

#[derive(Deserialize)]
struct TileQuery {
    updated_since: DateTime<Utc>,
}

#[get("/v1/tiles/initiatives/{z}/{x}/{y}.mvt")]
async fn vector_tile(
    pool: Connections,
    tile: web::Path<(u32, u32, u32)>,
    query: web::Query<TileQuery>,
) -> actix_web::Result<impl Responder> {
    let (z, x, y) = tile.into_inner();
    let size = f64::from(1_u32 << z);
    let longitude = |x: u32| f64::from(x) / size * 360.0 - 180.0;
    let latitude = |y: u32| (std::f64::consts::PI * (1.0 - 2.0 * f64::from(y) / size)).sinh().atan().to_degrees();
    let prepared = [longitude(x), latitude(y + 1), longitude(x + 1), latitude(y)]
        .into_iter()
        .fold(Prepared::new(queries::TILE), |query, side| query.bind::<Double, _>(side))
        .bind::<Timestamptz, _>(query.updated_since)
        .returning::<(Text, Text, Double, Double)>();
    let mut conn = pool.get().await.map_err(error::ErrorInternalServerError)?;
    let rows: Vec<(String, String, f64, f64)> =
        prepared.load(&mut conn).await.map_err(error::ErrorInternalServerError)?;
    let body = encode(&rows, longitude(x), size, f64::from(y)).map_err(error::ErrorInternalServerError)?;
    Ok(HttpResponse::Ok().content_type("application/vnd.mapbox-vector-tile").body(body))
}

fn encode(rows: &[(String, String, f64, f64)], west: f64, size: f64, row: f64) -> Result<Vec<u8>, mvt::Error> {
    let mut tile = mvt::Tile::new(4096);
    let mut layer = tile.create_layer("initiatives");
    for (slug, title, longitude, latitude) in rows {
        let mercator = (1.0 - latitude.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0;
        let (x, y) = ((longitude - west) / 360.0 * size, mercator * size - row);
        let point = mvt::GeomEncoder::new(mvt::GeomType::Point).point(x * 4096.0, y * 4096.0)?.encode()?;
        let mut feature = layer.into_feature(point);
        feature.add_tag_string("slug", slug);
        feature.add_tag_string("title", title);
        layer = feature.into_layer();
    }
    tile.add_layer(layer)?;
    tile.to_bytes()
}
