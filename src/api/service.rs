//! The service about itself: the first address, its health, its document and the page that shows it.

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use diesel_async::SimpleAsyncConnection;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::reach::Reach;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::input::{NoParams, Query};
use crate::http::page::base;
use crate::http::readiness::Writes;
use crate::http::response::{Cacheable, send, send_text};
use crate::openapi::Document;
use crate::read_model::follower::{ReadModel, Status};

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
    /// The guide: tutorials, how-to guides, reference and explanation.
    #[schema(example = "http://127.0.0.1:8080/docs/guide/")]
    guide: String,
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
    /// Public initiatives in memory.
    #[schema(example = 129)]
    records: u64,
    /// Mebibytes that the records in memory take, about.
    #[schema(example = 2)]
    mebibytes: usize,
}

/// The process lives.
#[derive(Serialize, ToSchema)]
pub struct Liveness {
    /// `live`.
    #[schema(example = "live")]
    status: &'static str,
}

/// Whether the service can be used.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`; `degraded` while reads show the last known state of a database that is away, or writes are refused.
    #[schema(example = "ready")]
    status: &'static str,
    /// Why it is degraded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    why: Option<&'static str>,
    /// Whether records can be read.
    reads: Ability,
    /// Whether records can be changed.
    writes: Ability,
    /// The state of the database that reads show is as of this time.
    #[schema(required)]
    last_synced: Option<DateTime<Utc>>,
}

/// Whether something can be done.
#[derive(Serialize, ToSchema)]
pub struct Ability {
    /// True when it can.
    possible: bool,
    /// Why it cannot, or only in part.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, example = "The database is read-only.")]
    why: Option<&'static str>,
}

/// What is here
///
/// The first address: where the document, the interactive page and the collections are.
#[utoipa::path(tag = "service", responses(Cacheable, (status = 200, description = "Where the parts of the service are", body = ServiceIndex)))]
#[get("/")]
pub async fn find_service(request: HttpRequest, _: Query<NoParams>) -> Result<HttpResponse, ApiError> {
    let at = |path: &str| format!("{}{path}", base(&request));
    let index = ServiceIndex {
        name: "CCIN registry",
        version: env!("CARGO_PKG_VERSION"),
        document: at("/openapi.json"),
        docs: at("/docs/"),
        guide: at("/docs/guide/"),
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
#[utoipa::path(tag = "service", extensions(("x-price" = json!({ "units": 0 }))), responses((status = 200, description = "The store answers", body = Health)))]
#[get("/health")]
pub async fn find_health(
    db: web::Data<Db>,
    read_model: web::Data<ReadModel>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    db.get().await?.batch_execute("SELECT 1").await?;
    let snapshot = read_model.snapshot();
    let (records, size) = snapshot.map_or((0, 0), |held| (held.visible(Reach::PUBLIC).len(), held.size()));
    let health = Health { status: "ok", records, mebibytes: size.div_ceil(1 << 20) };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(health))
}

/// Does the process live
///
/// Always 200: a service that does not answer is to be ended. Asks neither the database nor the records.
#[utoipa::path(tag = "service", extensions(("x-price" = json!({ "units": 0 }))), responses((status = 200, description = "The process lives", body = Liveness)))]
#[get("/health/live")]
pub async fn find_liveness(_: Query<NoParams>) -> HttpResponse {
    HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(Liveness { status: "live" })
}

/// Can the service be used
///
/// 200 once reads are answered: `ready`, or `degraded` with the reason. Reads go on with the last known state while the
/// database is away; writes are refused then, and while the database is read-only or its disk is full. 503 while the
/// records are being read for the first time; it says how many percent were. Asks no database: what it says is about a
/// second old.
#[utoipa::path(tag = "service", extensions(("x-price" = json!({ "units": 0 }))), responses((status = 200, description = "Reads are answered", body = Readiness)))]
#[get("/health/ready")]
pub async fn find_readiness(
    read_model: web::Data<ReadModel>,
    writes: web::Data<Writes>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let stale = match read_model.status() {
        Status::Loading(_) => return Err(read_model.still_loading()),
        Status::Following => None,
        Status::Degraded { .. } => Some("The database is away. Reads show its last known state."),
    };
    // A database that nobody can follow takes no writes either: they are answered once they are seen.
    let no_writes = writes.why_not().or(stale.map(|_| "The database is away."));
    let why = match (stale, no_writes) {
        (None, None) => None,
        (None, Some(_)) => Some("Writes are refused; see `writes`."),
        (Some(_), _) => Some("The database is away. Reads show its last known state; writes are refused."),
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

/// The OpenAPI document. Not an operation of its own document.
#[get("/openapi.json")]
pub async fn find_document(request: HttpRequest, document: web::Data<Document>) -> Result<HttpResponse, ApiError> {
    send_text(&request, &document.text)
}

/// The same with rules across members as conditions, for validators. The document links to it.
#[get("/openapi-strict.json")]
pub async fn find_strict_document(
    request: HttpRequest,
    document: web::Data<Document>,
) -> Result<HttpResponse, ApiError> {
    send_text(&request, &document.strict)
}

/// The interactive page lives below its own folder.
#[get("/docs")]
pub async fn docs_folder() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("Location", "/docs/")).finish()
}
