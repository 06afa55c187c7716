//! The service itself: its start address, its health, its OpenAPI document and the page that shows it.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use diesel_async::SimpleAsyncConnection;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::reach::Reach;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::page::base;
use crate::http::readiness::Writes;
use crate::http::response::{Answer, Cacheable};
use crate::openapi::{DOCS_SCRIPT, Document};
use crate::read_model::follower::{ReadModel, Status};

/// Name and version of the service, and the addresses of its parts.
#[derive(Serialize, ToSchema)]
pub struct ServiceIndex {
    /// Name of the service.
    #[schema(example = "CCIN registry")]
    name: &'static str,
    /// Version of the program.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The OpenAPI document.
    #[schema(example = "http://127.0.0.1:8080/openapi.json")]
    document: String,
    /// The interactive documentation.
    #[schema(example = "http://127.0.0.1:8080/docs/")]
    docs: String,
    /// The guide: tutorials, how-to guides, reference and explanation.
    #[schema(example = "http://127.0.0.1:8080/docs/guide/")]
    guide: String,
    /// Councils.
    #[schema(example = "http://127.0.0.1:8080/v1/councils")]
    councils: String,
    /// Memberships of the network.
    #[schema(example = "http://127.0.0.1:8080/v1/memberships")]
    memberships: String,
    /// Initiatives.
    #[schema(example = "http://127.0.0.1:8080/v1/initiatives")]
    initiatives: String,
    /// Organisations other than councils.
    #[schema(example = "http://127.0.0.1:8080/v1/organisations")]
    organisations: String,
    /// Themes.
    #[schema(example = "http://127.0.0.1:8080/v1/themes")]
    themes: String,
    /// Changes.
    #[schema(example = "http://127.0.0.1:8080/v1/changes")]
    changes: String,
    /// Councils and initiatives for geographic information systems (OGC API – Features).
    #[schema(example = "http://127.0.0.1:8080/ogc")]
    ogc: String,
    /// The codebook of the CSV files.
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
    /// Public initiatives in memory.
    #[schema(example = 129)]
    records: u64,
    /// Approximate size of the records in memory, in mebibytes.
    #[schema(example = 2)]
    mebibytes: usize,
}

/// State of the process.
#[derive(Serialize, ToSchema)]
pub struct Liveness {
    /// `live`.
    #[schema(example = "live")]
    status: &'static str,
}

/// State of the service for reads and writes.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// `ready` or `degraded`. Degraded means that reads show the last known state because the database is unavailable,
    /// or that writes are refused.
    #[schema(example = "ready")]
    status: &'static str,
    /// Reason that it is degraded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    why: Option<&'static str>,
    /// State of reads.
    reads: Ability,
    /// State of writes.
    writes: Ability,
    /// Time of the database state that reads show.
    #[schema(required)]
    last_synced: Option<DateTime<Utc>>,
}

/// State of reads or writes.
#[derive(Serialize, ToSchema)]
pub struct Ability {
    /// True if they are possible.
    possible: bool,
    /// Reason that they are not possible, or only in part.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "The database is read-only.")]
    why: Option<&'static str>,
}

/// List the parts of the service
///
/// The start address. Links to the OpenAPI document, the interactive documentation, the guide and the main lists.
#[utoipa::path(tag = "service", responses(Cacheable, (status = 200, description = "Links to the parts of the service", body = ServiceIndex)))]
#[get("/")]
pub async fn find_service(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let at = |path: &str| format!("{}{path}", base(&request));
    let index = ServiceIndex {
        name: "CCIN registry",
        version: env!("CARGO_PKG_VERSION"),
        document: at("/openapi.json"),
        docs: at("/docs/"),
        guide: at("/docs/guide/"),
        councils: at("/v1/councils"),
        memberships: at("/v1/memberships"),
        initiatives: at("/v1/initiatives"),
        organisations: at("/v1/organisations"),
        themes: at("/v1/themes"),
        changes: at("/v1/changes"),
        ogc: at("/ogc"),
        data_package: at("/v1/datapackage.json"),
        catalogue: at("/catalog.jsonld"),
    };
    Answer::json(&request).send_json(&index)
}

/// Check the health of the service
///
/// 200 if the database answers. 503 if it does not.
#[utoipa::path(tag = "service", extensions(("x-price" = json!({ "units": 0 }))), responses((status = 200, description = "The database answers", body = Health)))]
#[get("/health")]
pub async fn find_health(db: web::Data<Db>, read_model: web::Data<ReadModel>) -> Result<HttpResponse, ApiError> {
    db.get().await?.batch_execute("SELECT 1").await?;
    let snapshot = read_model.snapshot();
    let (records, size) = snapshot.map_or((0, 0), |held| (held.visible(Reach::PUBLIC).len(), held.size()));
    let health = Health { status: "ok", records, mebibytes: size.div_ceil(1 << 20) };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(health))
}

/// Check that the process is running
///
/// Always answers 200. If you get no answer, restart the process. This check uses neither the database nor the records.
#[utoipa::path(tag = "service", extensions(("x-price" = json!({ "units": 0 }))), responses((status = 200, description = "The process is running", body = Liveness)))]
#[get("/health/live")]
pub async fn find_liveness() -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(Liveness { status: "live" })
}

/// Check that the service is ready
///
/// 200 if the service answers reads. `status` is then `ready`, or `degraded` with the reason. 503 while the service
/// loads the records for the first time. The detail gives the percentage loaded.
///
/// While the database is unavailable, reads show its last known state. Writes are refused then, and while the database
/// is read-only or its disk is full.
///
/// This check does not use the database. Its answer is about one second old.
#[utoipa::path(tag = "service", extensions(("x-price" = json!({ "units": 0 }))), responses((status = 200, description = "The service answers reads", body = Readiness)))]
#[get("/health/ready")]
pub async fn find_readiness(
    read_model: web::Data<ReadModel>,
    writes: web::Data<Writes>,
) -> Result<HttpResponse, ApiError> {
    let stale = match read_model.status() {
        Status::Loading(_) => return Err(read_model.still_loading()),
        Status::Following => None,
        Status::Degraded { .. } => Some("The database is unavailable. Reads show its last known state."),
    };
    // Without the changes of the database, writes are refused too: a write is answered only after it shows in reads.
    let no_writes = writes.why_not().or(stale.map(|_| "The database is unavailable."));
    let why = match (stale, no_writes) {
        (None, None) => None,
        (None, Some(_)) => Some("Writes are refused. See `writes`."),
        (Some(_), _) => Some("The database is unavailable. Reads show its last known state. Writes are refused."),
    };
    let readiness = Readiness {
        status: if why.is_none() { "ready" } else { "degraded" },
        why,
        reads: Ability { possible: true, why: stale },
        writes: Ability { possible: no_writes.is_none(), why: no_writes },
        last_synced: read_model.synced_at(),
    };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(readiness))
}

/// The OpenAPI document. It does not list itself as an operation.
#[get("/openapi.json")]
pub async fn find_document(request: HttpRequest, document: web::Data<Document>) -> Result<HttpResponse, ApiError> {
    Ok(Answer::json(&request).send(document.text.clone()))
}

/// The strict OpenAPI document, for validators. It has rules across members as conditions. The main document links to
/// it.
#[get("/openapi-strict.json")]
pub async fn find_strict_document(
    request: HttpRequest,
    document: web::Data<Document>,
) -> Result<HttpResponse, ApiError> {
    Ok(Answer::json(&request).send(document.strict.clone()))
}

/// Redirects to the interactive documentation.
#[get("/docs")]
pub async fn docs_folder() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("Location", "/docs/")).finish()
}

/// The script that starts the interactive documentation, instead of the one that comes with it.
#[get("/docs/swagger-initializer.js")]
pub async fn docs_script(request: HttpRequest) -> HttpResponse {
    Answer::new(&request, "text/javascript; charset=utf-8").send(DOCS_SCRIPT)
}
