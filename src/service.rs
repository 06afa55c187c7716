//! The service about itself: the first address, its health, its document and the page that shows it.

use actix_web::{HttpRequest, HttpResponse, get, web};
use diesel_async::SimpleAsyncConnection;
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::Db;
use crate::error::ApiError;
use crate::input::{NoParams, Query};
use crate::openapi::Document;
use crate::page::base;
use crate::reply::{send, send_text};

/// What the service is and where its parts are.
#[derive(Serialize, ToSchema)]
pub struct ServiceIndex {
    /// Name.
    #[schema(example = "CCIN registry")]
    name: &'static str,
    /// Version of the program.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The OpenAPI document.
    #[schema(example = "http://127.0.0.1:8080/openapi.json")]
    document: String,
    /// The interactive page of the document.
    #[schema(example = "http://127.0.0.1:8080/docs/")]
    docs: String,
    /// Councils.
    #[schema(example = "http://127.0.0.1:8080/v1/councils")]
    councils: String,
    /// Initiatives.
    #[schema(example = "http://127.0.0.1:8080/v1/initiatives")]
    initiatives: String,
    /// Themes.
    #[schema(example = "http://127.0.0.1:8080/v1/themes")]
    themes: String,
    /// What changed.
    #[schema(example = "http://127.0.0.1:8080/v1/changes")]
    changes: String,
    /// Councils and initiatives for geographic information systems (OGC API – Features).
    #[schema(example = "http://127.0.0.1:8080/ogc")]
    ogc: String,
    /// The codebook of the CSVs.
    #[schema(example = "http://127.0.0.1:8080/v1/datapackage.json")]
    data_package: String,
    /// The catalogue of the dataset (DCAT 3).
    #[schema(example = "http://127.0.0.1:8080/catalog.jsonld")]
    catalogue: String,
}

/// Health of the service.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// What is here
///
/// The first address: where the document, the interactive page and the collections are.
#[utoipa::path(tag = "service", responses((status = 200, description = "Where the parts of the service are", body = ServiceIndex)))]
#[get("/")]
pub async fn find_service(request: HttpRequest, _: Query<NoParams>) -> Result<HttpResponse, ApiError> {
    let at = |path: &str| format!("{}{path}", base(&request));
    let index = ServiceIndex {
        name: "CCIN registry",
        version: env!("CARGO_PKG_VERSION"),
        document: at("/openapi.json"),
        docs: at("/docs/"),
        councils: at("/v1/councils"),
        initiatives: at("/v1/initiatives"),
        themes: at("/v1/themes"),
        changes: at("/v1/changes"),
        ogc: at("/ogc"),
        data_package: at("/v1/datapackage.json"),
        catalogue: at("/catalog.jsonld"),
    };
    send(&request, &index, None, None, None)
}

/// Is the service well
///
/// 200 while the store answers, 503 while it does not.
#[utoipa::path(tag = "service", responses((status = 200, description = "The store answers", body = Health)))]
#[get("/health")]
pub async fn find_health(db: web::Data<Db>, _: Query<NoParams>) -> Result<HttpResponse, ApiError> {
    db.get().await?.batch_execute("SELECT 1").await?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(Health { status: "ok" }))
}

/// The OpenAPI document. Not an operation of its own document.
#[get("/openapi.json")]
pub async fn find_document(request: HttpRequest, document: web::Data<Document>) -> Result<HttpResponse, ApiError> {
    send_text(&request, &document.text)
}

/// The interactive page lives below its own folder.
#[get("/docs")]
pub async fn docs_folder() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("Location", "/docs/")).finish()
}
