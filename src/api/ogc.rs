//! OGC API – Features, for geographic information systems. Callers get the records that they have permission to see.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, get, routes, web};

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
    features: FeatureRequest,
    pages: Pages,
    query: Query<CouncilItems>,
) -> Result<HttpResponse, ApiError> {
    features.list(&COUNCILS, &pages, &query.items, |snapshot, reach, _| {
        let filter = CouncilFilter::new(snapshot, reach, &query.filters)?;
        Ok(features::councils(snapshot, &filter))
    })
}

/// Get a council as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the council, as a list has it"), View), responses(Cacheable, (status = 200, description = "The feature", content_type = "application/geo+json", body = CouncilFeature)))]
#[get("/collections/councils/items/{feature}")]
pub async fn find_council_feature(
    features: FeatureRequest,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    features.find(&COUNCILS, &feature)
}

/// List initiatives as features
///
/// The initiatives with a location, a page at a time. Takes filters of `list_initiatives`.
#[utoipa::path(tag = "OGC", extensions(("x-price" = json!({ "units": 2, "limit": 10 }))), params(InitiativeItems), responses(Cacheable, (status = 200, description = "Features", content_type = "application/geo+json", body = Features<InitiativeFeature>)))]
#[get("/collections/initiatives/items")]
pub async fn list_initiative_features(
    features: FeatureRequest,
    pages: Pages,
    query: Query<InitiativeItems>,
) -> Result<HttpResponse, ApiError> {
    features.list(&INITIATIVES, &pages, &query.items, |snapshot, reach, _| {
        let filter = InitiativeFilter::new(snapshot, reach, &query.filters)?;
        Ok(features::initiatives(snapshot, reach, &filter))
    })
}

/// Get an initiative as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the initiative, as a list has it"), View), responses(Cacheable, (status = 200, description = "The feature", content_type = "application/geo+json", body = InitiativeFeature)))]
#[get("/collections/initiatives/items/{feature}")]
pub async fn find_initiative_feature(
    features: FeatureRequest,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    features.find(&INITIATIVES, &feature)
}

/// List boundaries as features
///
/// The boundaries of councils, a page at a time. Takes filters of `list_councils`. The list is empty until boundaries
/// are imported.
#[utoipa::path(tag = "OGC", extensions(("x-price" = json!({ "units": 2, "limit": 10 }))), params(CouncilItems), responses(Cacheable, (status = 200, description = "Features", content_type = "application/geo+json", body = Features<AreaFeature>)))]
#[get("/collections/boundaries/items")]
pub async fn list_boundary_features(
    features: FeatureRequest,
    pages: Pages,
    query: Query<CouncilItems>,
) -> Result<HttpResponse, ApiError> {
    features.list(&BOUNDARIES, &pages, &query.items, |snapshot, reach, choice| {
        let filter = CouncilFilter::new(snapshot, reach, &query.filters)?;
        features::boundaries(snapshot, &filter, choice.boxes.as_deref())
    })
}

/// Get a boundary as a feature
#[utoipa::path(tag = "OGC", params(("feature" = String, Path, description = "Id of the council, as a list has it"), View), responses(Cacheable, (status = 200, description = "The feature", content_type = "application/geo+json", body = AreaFeature)))]
#[get("/collections/boundaries/items/{feature}")]
pub async fn find_boundary_feature(
    features: FeatureRequest,
    feature: web::Path<String>,
    _: Query<View>,
) -> Result<HttpResponse, ApiError> {
    features.find(&BOUNDARIES, &feature)
}

/// What a request for features of any collection needs.
pub struct FeatureRequest {
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    reach: Reach,
}

impl FeatureRequest {
    /// A page of those features that `find` finds for the extent of the request.
    fn list<'a>(
        &'a self,
        collection: &Collection,
        pages: &Pages,
        items: &Items,
        find: impl FnOnce(&'a Snapshot, Reach, &Choice) -> Result<Vec<Feature<'a>>, ApiError>,
    ) -> Result<HttpResponse, ApiError> {
        let (snapshot, choice): (&'a Snapshot, _) = (&self.snapshot, items.choice()?);
        let found = find(snapshot, self.reach, &choice)?;
        let page = pages.page_within(items.limit, [DEFAULT_LIMIT, MAX_LIMIT], items.cursor.as_deref())?;
        let slice = features::page(found, &choice, &page);
        let links = Links::of(&self.request);
        let written = slice.rows.iter().map(|one| Ok((one.id, one.write(snapshot, self.reach, links.base())?)));
        let written = slice.of(written.collect::<Result<Vec<_>, ApiError>>()?);
        answer::features(&self.request, collection, pages, &written)
    }

    fn find(&self, collection: &Collection, segment: &str) -> Result<HttpResponse, ApiError> {
        let id = references::id(segment, "feature")?;
        let visible = features::visible(&self.snapshot, self.reach, *collection)?;
        let found = visible.iter().find(|one| one.id == id).ok_or_else(|| ApiError::not_found("feature"))?;
        let written = found.write(&self.snapshot, self.reach, Links::of(&self.request).base())?;
        answer::feature(&self.request, collection, id, &written)
    }
}

impl FromRequest for FeatureRequest {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let snapshot = CurrentSnapshot::from_request(request, payload).into_inner();
        let caller = Anyone::from_request(request, payload).into_inner();
        let request = request.clone();
        ready(snapshot.and_then(|snapshot| Ok(Self { request, snapshot, reach: caller?.reach() })))
    }
}
