//! OGC API – Features, for geographic information systems. Callers get the records that they have permission to see.

use actix_web::{HttpRequest, HttpResponse, get, routes, web};

use crate::access::extractors::Anyone;
use crate::access::reach::Reach;
use crate::error::{ApiError, problems};
use crate::formats::ogc::answer::Links;
use crate::formats::ogc::collections::{BOUNDARIES, COUNCILS, Collection, INITIATIVES};
use crate::formats::ogc::features::Feature;
use crate::formats::ogc::model::{
    AreaFeature, CONFORMANCE, CollectionInfo, Collections, Conformance, CouncilFeature, Features, HTML,
    InitiativeFeature, JSON, LandingPage, OPENAPI,
};
use crate::formats::ogc::query::{Choice, CouncilItems, DEFAULT_LIMIT, InitiativeItems, Items, MAX_LIMIT, View};
use crate::formats::ogc::{answer, collections, document, features};
use crate::http::input::Query;
use crate::http::page::Pages;
use crate::http::response::{Answer, Cacheable};
use crate::openapi::Document;
use crate::read_model::council_list::CouncilFilter;
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::snapshot::Snapshot;
use crate::registry::references;
use crate::text;

/// Get the OGC landing page
///
/// Enter this address in QGIS, ArcGIS or GDAL. It links to the collections, the conformance classes and the OpenAPI
/// document.
#[utoipa::path(get, path = "", tag = "OGC", params(View), responses(Cacheable, (status = 200, description = "Links to the parts of the API", body = LandingPage)))]
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
            links.to("service-desc", "/ogc/api", OPENAPI, "OpenAPI 3.0 document of this API"),
            links.to("service-doc", "/docs/", HTML, "Interactive documentation of the whole API"),
            links.to("conformance", "/ogc/conformance", JSON, "Conformance classes of the standard"),
            links.to("data", "/ogc/collections", JSON, "Collections of features"),
            links.licence(),
        ],
    };
    answer::page(&request, &page, &page.links)
}

/// Get the OGC conformance classes
///
/// The parts of the standard that the registry implements.
#[utoipa::path(tag = "OGC", params(View), responses(Cacheable, (status = 200, description = "Conformance classes of the standard", body = Conformance)))]
#[get("/conformance")]
pub async fn find_ogc_conformance(request: HttpRequest, _: Anyone, _: Query<View>) -> Result<HttpResponse, ApiError> {
    let links = [Links::of(&request).here(JSON)];
    answer::page(&request, &Conformance { conforms_to: CONFORMANCE.to_vec() }, &links)
}

/// Get the OGC OpenAPI document
///
/// Describes the operations below `/ogc` in OpenAPI 3.0. The standard requires this version.
#[utoipa::path(tag = "OGC", params(View), responses(Cacheable, (status = 200, description = "The OpenAPI 3.0 document", content_type = "application/vnd.oai.openapi+json;version=3.0", body = Object)))]
#[get("/api")]
pub async fn find_ogc_document(
    request: HttpRequest,
    _: Anyone,
    whole: web::Data<Document>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    let server = format!("{}/ogc", Links::of(&request).base());
    let body = serde_json::to_string(&document::derive(&whole.value, &server)).map_err(ApiError::internal)?;
    Ok(Answer::new(&request, OPENAPI).send(body))
}

/// List OGC collections
#[utoipa::path(tag = "OGC", params(View), responses(Cacheable, (status = 200, description = "The collections", body = Collections)))]
#[get("/collections")]
pub async fn list_ogc_collections(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    let links = Links::of(&request);
    let collections = shown(&snapshot, caller.reach(), &links)?;
    let page = Collections { links: vec![links.here(JSON), links.licence()], collections };
    answer::page(&request, &page, &page.links)
}

/// Get an OGC collection
#[utoipa::path(tag = "OGC", params(("collection" = String, Path, description = "Id of the collection", example = "initiatives"), View), responses(Cacheable, (status = 200, description = "The collection", body = CollectionInfo)))]
#[get("/collections/{collection}")]
pub async fn find_ogc_collection(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    collection: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    let links = Links::of(&request);
    let all = shown(&snapshot, caller.reach(), &links)?;
    let Some(found) = all.iter().find(|known| known.id == *collection) else {
        let known: Vec<&str> = all.iter().map(|known| known.id).collect();
        let near = text::nearest(&collection, known.iter().copied());
        let hint = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
        let detail = format!("The collection does not exist. The collections are {}{hint}", known.join(", "));
        return Err(ApiError::new(&problems::NOT_FOUND, detail));
    };
    answer::page(&request, found, &found.links)
}

/// The collections that a caller can see.
fn shown(snapshot: &Snapshot, reach: Reach, links: &Links) -> Result<Vec<CollectionInfo>, ApiError> {
    let mut shown = Vec::new();
    for collection in collections::ALL {
        let extent = features::extent(&features::visible(snapshot, reach, collection)?);
        if extent.is_some() || !collection.is_optional {
            shown.push(links.collection(&collection, extent));
        }
    }
    Ok(shown)
}

/// List councils as features
///
/// The councils with a location, a page at a time. Takes filters of `list_councils`.
#[utoipa::path(tag = "OGC", extensions(("x-price" = json!({ "units": 2, "limit": 10 }))), params(CouncilItems), responses(Cacheable, (status = 200, description = "Features", content_type = "application/geo+json", body = Features<CouncilFeature>)))]
#[get("/collections/councils/items")]
pub async fn list_council_features(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<CouncilItems>,
) -> Result<HttpResponse, ApiError> {
    let (reach, choice) = (caller.reach(), query.items.choice()?);
    let filter = CouncilFilter::new(&snapshot, reach, &query.filters)?;
    let found = features::councils(&snapshot, reach, &filter);
    FeatureRequest { request: &request, snapshot: &snapshot, reach, collection: COUNCILS }.list(
        &pages,
        &query.items,
        &choice,
        found,
    )
}

/// Get a council as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the council, as a list has it"), View), responses(Cacheable, (status = 200, description = "The feature", content_type = "application/geo+json", body = CouncilFeature)))]
#[get("/collections/councils/items/{feature}")]
pub async fn find_council_feature(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    FeatureRequest { request: &request, snapshot: &snapshot, reach: caller.reach(), collection: COUNCILS }
        .find(&feature)
}

/// List initiatives as features
///
/// The initiatives with a location, a page at a time. Takes filters of `list_initiatives`.
#[utoipa::path(tag = "OGC", extensions(("x-price" = json!({ "units": 2, "limit": 10 }))), params(InitiativeItems), responses(Cacheable, (status = 200, description = "Features", content_type = "application/geo+json", body = Features<InitiativeFeature>)))]
#[get("/collections/initiatives/items")]
pub async fn list_initiative_features(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<InitiativeItems>,
) -> Result<HttpResponse, ApiError> {
    let (reach, choice) = (caller.reach(), query.items.choice()?);
    let filter = InitiativeFilter::new(&snapshot, reach, &query.filters)?;
    let found = features::initiatives(&snapshot, reach, &filter);
    FeatureRequest { request: &request, snapshot: &snapshot, reach, collection: INITIATIVES }.list(
        &pages,
        &query.items,
        &choice,
        found,
    )
}

/// Get an initiative as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the initiative, as a list has it"), View), responses(Cacheable, (status = 200, description = "The feature", content_type = "application/geo+json", body = InitiativeFeature)))]
#[get("/collections/initiatives/items/{feature}")]
pub async fn find_initiative_feature(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    FeatureRequest { request: &request, snapshot: &snapshot, reach: caller.reach(), collection: INITIATIVES }
        .find(&feature)
}

/// List boundaries as features
///
/// The boundaries of councils, a page at a time. Takes filters of `list_councils`. The list is empty until boundaries
/// are imported.
#[utoipa::path(tag = "OGC", extensions(("x-price" = json!({ "units": 2, "limit": 10 }))), params(CouncilItems), responses(Cacheable, (status = 200, description = "Features", content_type = "application/geo+json", body = Features<AreaFeature>)))]
#[get("/collections/boundaries/items")]
pub async fn list_boundary_features(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<CouncilItems>,
) -> Result<HttpResponse, ApiError> {
    let (reach, choice) = (caller.reach(), query.items.choice()?);
    let filter = CouncilFilter::new(&snapshot, reach, &query.filters)?;
    let found = features::boundaries(&snapshot, reach, &filter, choice.boxes.as_deref())?;
    FeatureRequest { request: &request, snapshot: &snapshot, reach, collection: BOUNDARIES }.list(
        &pages,
        &query.items,
        &choice,
        found,
    )
}

/// Get a boundary as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the council, as a list has it"), View), responses(Cacheable, (status = 200, description = "The feature", content_type = "application/geo+json", body = AreaFeature)))]
#[get("/collections/boundaries/items/{feature}")]
pub async fn find_boundary_feature(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    FeatureRequest { request: &request, snapshot: &snapshot, reach: caller.reach(), collection: BOUNDARIES }
        .find(&feature)
}

/// What a request for features of any collection needs.
struct FeatureRequest<'a> {
    request: &'a HttpRequest,
    snapshot: &'a Snapshot,
    reach: Reach,
    collection: Collection,
}

impl FeatureRequest<'_> {
    fn list(
        &self,
        pages: &Pages,
        items: &Items,
        choice: &Choice,
        found: Vec<Feature<'_>>,
    ) -> Result<HttpResponse, ApiError> {
        let page = pages.page_within(items.limit, [DEFAULT_LIMIT, MAX_LIMIT], items.cursor.as_deref())?;
        let slice = features::page(found, choice, &page);
        let links = Links::of(self.request);
        let written = slice.rows.iter().map(|one| Ok((one.id, one.write(self.snapshot, self.reach, links.base())?)));
        let written = slice.of(written.collect::<Result<Vec<_>, ApiError>>()?);
        answer::features(self.request, &self.collection, pages, &written)
    }

    fn find(&self, segment: &str) -> Result<HttpResponse, ApiError> {
        let id = references::id(segment, "feature")?;
        let visible = features::visible(self.snapshot, self.reach, self.collection)?;
        let found = visible.iter().find(|one| one.id == id).ok_or_else(|| ApiError::not_found("feature"))?;
        let written = found.write(self.snapshot, self.reach, Links::of(self.request).base())?;
        answer::feature(self.request, &self.collection, id, &written)
    }
}
