//! The registry for geographic information systems. Everybody reads what is there for them.

use actix_web::{HttpRequest, HttpResponse, get, routes, web};

use diesel::prelude::*;
use diesel_async::AsyncPgConnection;

use super::answer::{self, Links};
use super::collections::{self, Collection, Ids};
use super::model::{
    AreaFeature, CONFORMANCE, CollectionInfo, Collections, Conformance, CouncilFeature, Features, HTML,
    InitiativeFeature, JSON, LandingPage, OPENAPI,
};
use super::query::{Choice, CouncilItems, DEFAULT_LIMIT, InitiativeItems, Items, MAX_LIMIT, View};
use super::store;
use super::{areas, document};
use crate::auth::caller::{Anyone, Reach};
use crate::councils::store::CouncilFilter;
use crate::db::{Db, schema};
use crate::error::ApiError;
use crate::initiatives::filter::InitiativeFilter;
use crate::input::Query;
use crate::openapi::Document;
use crate::page::Pages;
use crate::reply::send_overview;
use crate::{councils, initiatives, problems, refs, text};

/// Find the OGC landing page
///
/// The address for QGIS, ArcGIS and GDAL: leads to the collections, the conformance classes and the document.
#[utoipa::path(get, path = "", tag = "OGC", params(View), responses((status = 200, description = "Where everything is", body = LandingPage)))]
#[routes]
#[get("")]
#[get("/")]
pub async fn find_ogc_landing_page(request: HttpRequest, _: Anyone, _: Query<View>) -> Result<HttpResponse, ApiError> {
    let links = Links::of(&request);
    let page = LandingPage {
        title: "CCIN registry",
        description: "The public record of what UK co-operative councils do, for geographic information systems.",
        links: vec![
            links.here(JSON),
            links.to("service-desc", "/ogc/api", OPENAPI, "The document of this API (OpenAPI 3.0)"),
            links.to("service-doc", "/docs/", HTML, "The document of the whole API, to read and to try"),
            links.to("conformance", "/ogc/conformance", JSON, "What of the standard is implemented"),
            links.to("data", "/ogc/collections", JSON, "The collections of features"),
            links.licence(),
        ],
    };
    answer::page(&request, &page, &page.links)
}

/// Find the OGC conformance classes
#[utoipa::path(tag = "OGC", params(View), responses((status = 200, description = "What of the standard is implemented", body = Conformance)))]
#[get("/conformance")]
pub async fn find_ogc_conformance(request: HttpRequest, _: Anyone, _: Query<View>) -> Result<HttpResponse, ApiError> {
    let links = [Links::of(&request).here(JSON)];
    answer::page(&request, &Conformance { conforms_to: CONFORMANCE.to_vec() }, &links)
}

/// Find the OGC document
///
/// The operations below `/ogc` as OpenAPI 3.0, which the standard asks for.
#[utoipa::path(tag = "OGC", params(View), responses((status = 200, description = "The document", content_type = "application/vnd.oai.openapi+json;version=3.0", body = Object)))]
#[get("/api")]
pub async fn find_ogc_document(
    request: HttpRequest,
    _: Anyone,
    whole: web::Data<Document>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    let server = format!("{}/ogc", Links::of(&request).base());
    let body = serde_json::to_string(&document::derive(&whole.value, &server)).map_err(ApiError::internal)?;
    Ok(send_overview(&request, OPENAPI, body, None))
}

/// List OGC collections
#[utoipa::path(tag = "OGC", params(View), responses((status = 200, description = "The collections", body = Collections)))]
#[get("/collections")]
pub async fn list_ogc_collections(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    let links = Links::of(&request);
    let collections = shown(&mut *db.get().await?, caller.reach(), &links).await?;
    let page = Collections { links: vec![links.here(JSON), links.licence()], collections };
    answer::page(&request, &page, &page.links)
}

/// Find an OGC collection
#[utoipa::path(tag = "OGC", params(("collection" = String, Path, description = "Id of the collection", example = "initiatives"), View), responses((status = 200, description = "The collection", body = CollectionInfo)))]
#[get("/collections/{collection}")]
pub async fn find_ogc_collection(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    collection: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    let links = Links::of(&request);
    let all = shown(&mut *db.get().await?, caller.reach(), &links).await?;
    let Some(found) = all.iter().find(|known| known.id == *collection) else {
        let known: Vec<&str> = all.iter().map(|known| known.id).collect();
        let near = text::nearest(&collection, known.iter().copied());
        let hint = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        let detail = format!("There is no such collection. There are {}{hint}", known.join(", "));
        return Err(ApiError::new(&problems::NOT_FOUND, detail));
    };
    answer::page(&request, found, &found.links)
}

/// The collections that are there for a caller.
async fn shown(conn: &mut AsyncPgConnection, reach: Reach, links: &Links) -> Result<Vec<CollectionInfo>, ApiError> {
    let mut shown = Vec::new();
    for collection in collections::all(reach) {
        let extent = store::extent(conn, &collection, reach).await?;
        if extent.is_some() || !collection.is_optional {
            shown.push(links.collection(&collection, extent));
        }
    }
    Ok(shown)
}

/// List councils as features
///
/// Those with a place, a page at a time, with filters of `list_councils`.
#[utoipa::path(tag = "OGC", params(CouncilItems), responses((status = 200, description = "Features", content_type = "application/geo+json", body = Features<CouncilFeature>)))]
#[get("/collections/councils/items")]
pub async fn list_council_features(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    pages: Pages,
    query: Query<CouncilItems>,
) -> Result<HttpResponse, ApiError> {
    let reach = caller.reach();
    let choice = query.items.choice()?;
    let mut conn = db.get().await?;
    let mut filter = CouncilFilter::new(&mut conn, reach, &query.filters).await?;
    filter.area.bbox = choice.single_box();
    let ids = || Ids::Councils(councils::store::filtered(reach, &filter).select(schema::councils::id));
    list(&request, &conn, &pages, &query.items, &choice, &collections::councils(reach), ids).await
}

/// Find a council as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the council", example = "01a20437-ea34-7438-944c-55d92567c2df"), View), responses((status = 200, description = "The feature", content_type = "application/geo+json", body = CouncilFeature)))]
#[get("/collections/councils/items/{feature}")]
pub async fn find_council_feature(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    find(&request, &db, caller.reach(), &collections::councils(caller.reach()), &feature).await
}

/// List initiatives as features
///
/// Those with a place, a page at a time, with filters of `list_initiatives`.
#[utoipa::path(tag = "OGC", params(InitiativeItems), responses((status = 200, description = "Features", content_type = "application/geo+json", body = Features<InitiativeFeature>)))]
#[get("/collections/initiatives/items")]
pub async fn list_initiative_features(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    pages: Pages,
    query: Query<InitiativeItems>,
) -> Result<HttpResponse, ApiError> {
    let reach = caller.reach();
    let choice = query.items.choice()?;
    let mut conn = db.get().await?;
    let mut filter = InitiativeFilter::new(&mut conn, reach, &query.filters).await?;
    filter.area.bbox = choice.single_box();
    let ids = || Ids::Initiatives(initiatives::filter::filtered(reach, &filter).select(schema::initiatives::id));
    list(&request, &conn, &pages, &query.items, &choice, &collections::initiatives(reach), ids).await
}

/// Find an initiative as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the initiative", example = "01a20437-ea34-7438-944c-55d92567c2df"), View), responses((status = 200, description = "The feature", content_type = "application/geo+json", body = InitiativeFeature)))]
#[get("/collections/initiatives/items/{feature}")]
pub async fn find_initiative_feature(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    find(&request, &db, caller.reach(), &collections::initiatives(caller.reach()), &feature).await
}

/// List boundaries as features
///
/// Those of councils, once they are imported, a page at a time, with filters of `list_councils`.
#[utoipa::path(tag = "OGC", params(CouncilItems), responses((status = 200, description = "Features", content_type = "application/geo+json", body = Features<AreaFeature>)))]
#[get("/collections/boundaries/items")]
pub async fn list_boundary_features(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    pages: Pages,
    query: Query<CouncilItems>,
) -> Result<HttpResponse, ApiError> {
    let choice = query.items.choice()?;
    let mut conn = db.get().await?;
    let filter = CouncilFilter::new(&mut conn, caller.reach(), &query.filters).await?;
    let codes = match &choice.boxes {
        Some(boxes) => Some(areas::meeting(&mut conn, boxes).await?),
        None => None,
    };
    let ids = || {
        let councils = councils::store::filtered(caller.reach(), &filter);
        let councils = match codes.clone() {
            Some(codes) => councils.filter(schema::councils::gss_code.eq_any(codes)),
            None => councils,
        };
        Ids::Councils(councils.select(schema::councils::id))
    };
    list(&request, &conn, &pages, &query.items, &choice, &collections::boundaries(), ids).await
}

/// Find a boundary as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the council", example = "01a20437-ea34-7438-944c-55d92567c2df"), View), responses((status = 200, description = "The feature", content_type = "application/geo+json", body = AreaFeature)))]
#[get("/collections/boundaries/items/{feature}")]
pub async fn find_boundary_feature(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    find(&request, &db, caller.reach(), &collections::boundaries(), &feature).await
}

async fn list(
    request: &HttpRequest,
    conn: &AsyncPgConnection,
    pages: &Pages,
    items: &Items,
    choice: &Choice,
    collection: &Collection,
    ids: impl Fn() -> Ids,
) -> Result<HttpResponse, ApiError> {
    let limits = [DEFAULT_LIMIT, MAX_LIMIT];
    let window = pages.window_within(items.limit, limits, items.cursor.as_deref(), collection.order.clone())?;
    let slice = store::list(conn, collection, ids, choice, Links::of(request).base(), &window).await?;
    answer::features(request, collection, pages, &slice)
}

async fn find(
    request: &HttpRequest,
    db: &Db,
    reach: Reach,
    collection: &Collection,
    segment: &str,
) -> Result<HttpResponse, ApiError> {
    let id = refs::id(segment, "feature")?;
    let mut conn = db.get().await?;
    let found = store::find(&mut conn, collection, reach, id, Links::of(request).base()).await?;
    let found = found.ok_or_else(|| ApiError::not_found("feature"))?;
    answer::feature(request, collection, id, &found)
}
