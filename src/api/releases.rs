//! Releases: frozen copies of the whole public registry, for people who cite it.

use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use chrono::Utc;
use data_encoding::{BASE64, HEXLOWER};
use diesel_async::AsyncPgConnection;
use futures_util::stream::try_unfold;

use super::citation::{chosen, content_type};
use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Admin, Anyone};
use crate::access::scope::Moderate;
use crate::audit::action::Action;
use crate::config::ServeSettings;
use crate::db::Db;
use crate::error::ApiError;
use crate::formats::citation::model::{CitationFormat, CitationQuery};
use crate::formats::citation::release::CitedRelease;
use crate::formats::releases::archive::Contents;
use crate::formats::releases::make;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, IfMatch, NoParams, Query};
use crate::http::page::{Listing, Page, Pages, base};
use crate::http::response::{Answer, Cacheable, Record, Written, cache, is_known};
use crate::openapi::Document;
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::releases::model::{NewRelease, Release, ReleaseQuery, name_of_day};
use crate::registry::releases::store;
use crate::registry::releases::store::ReleaseRow;
use crate::registry::withdrawal::Withdrawal;

/// List releases
///
/// Frozen copies of the whole public registry, the latest first: one for each quarter, and others on demand. Cite one to
/// say exactly which data you used.
#[utoipa::path(tag = "releases", extensions(("x-price" = json!({ "units": 2 }))), params(ReleaseQuery), responses(Cacheable, (status = 200, description = "Releases", body = Page<Release>)))]
#[get("/releases")]
pub async fn list_releases(
    request: HttpRequest,
    db: Data<Db>,
    _: Anyone,
    pages: Pages,
    query: Query<ReleaseQuery>,
) -> Result<Listing<Release>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), store::LATEST_FIRST)?;
    let slice = store::list(&mut *db.get().await?, &window).await?;
    let base = base(&request);
    let shown = slice.with_rows(|rows| rows.into_iter().map(|row| shown(row, &base)).collect());
    Ok(pages.listing(shown, window.limit, None))
}

/// Get a release
///
/// If it was withdrawn, you get 404 with the reason.
#[utoipa::path(tag = "releases", params(("release" = String, Path, description = "Name or id", example = "2026-Q4")), responses(Cacheable, (status = 200, description = "The release", body = Release)))]
#[get("/releases/{release}")]
pub async fn find_release(
    request: HttpRequest,
    db: Data<Db>,
    _: Anyone,
    release: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<Release>, ApiError> {
    let row = store::find(&mut *db.get().await?, &release).await?;
    Ok(Record::whole(shown(row, &base(&request))))
}

/// Download a release
///
/// One ZIP file with initiatives, outcomes, councils, changes of councils, memberships, organisations and themes, each as
/// CSV and as JSON lines, a codebook and a README. The bytes never change: `sha256` of the release is their checksum, and
/// `Repr-Digest` (RFC 9530) has it too.
#[utoipa::path(tag = "releases", extensions(("x-price" = json!({ "units": 10 }))), params(("release" = String, Path, description = "Name or id", example = "2026-Q4")), responses(Cacheable, (status = 200, description = "The file", body = String, content_type = "application/zip")))]
#[get("/releases/{release}/data")]
pub async fn download_release(
    request: HttpRequest,
    db: Data<Db>,
    _: Anyone,
    release: web::Path<String>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let ReleaseRow { id, name, bytes, sha256, .. } = store::find(&mut *db.get().await?, &release).await?;
    let tag = format!("\"{sha256}\"");
    let is_known = is_known(&request, &tag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    cache(&mut response, request.headers());
    if request.headers().get(header::AUTHORIZATION).is_none() && request.headers().get("x-api-key").is_none() {
        // A day, and not for ever: a withdrawn file is to vanish from caches too.
        response.insert_header((header::CACHE_CONTROL, "public, max-age=86400, immutable"));
    }
    response.insert_header((header::ETAG, tag));
    if is_known {
        return Ok(response.finish());
    }
    let digest = HEXLOWER.decode(sha256.as_bytes()).map_err(ApiError::internal)?;
    // It is compressed already, and the digest is of these bytes.
    response.insert_header((header::CONTENT_ENCODING, "identity"));
    response.insert_header((header::CONTENT_TYPE, "application/zip"));
    response.insert_header(("repr-digest", format!("sha-256=:{}:", BASE64.encode(&digest))));
    response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"ccin-registry-{name}.zip\"")));
    let parts = try_unfold((db, 0), move |(db, position)| async move {
        let part = store::part(&mut *db.get().await?, id, position).await?;
        Ok::<_, ApiError>(part.map(|part| (Bytes::from(part), (db, position + 1))))
    });
    Ok(response.body(SizedStream::new(u64::try_from(bytes).unwrap_or_default(), Box::pin(parts))))
}

/// Get a citation of a release
///
/// For reference managers and footnotes. Choose CSL-JSON, BibTeX, RIS, DataCite or plain text with `format` or `Accept`.
#[utoipa::path(tag = "releases",
    params(("release" = String, Path, description = "Name or id", example = "2026-Q4"), CitationQuery),
    responses(Cacheable, (status = 200, description = "The citation", content(
        (Vec<Object> = "application/vnd.citationstyles.csl+json"),
        (String = "application/x-bibtex"),
        (String = "application/x-research-info-systems"),
        (Object = "application/vnd.datacite.datacite+json"),
        (String = "text/plain")))))]
#[get("/releases/{release}/citation")]
pub async fn cite_release(
    request: HttpRequest,
    db: Data<Db>,
    _: Anyone,
    release: web::Path<String>,
    query: Query<CitationQuery>,
) -> Result<HttpResponse, ApiError> {
    let format = chosen(&request, query.format)?;
    let row = store::find(&mut *db.get().await?, &release).await?;
    let cited = CitedRelease { row: &row, base: &base(&request) };
    let body = match format {
        CitationFormat::Csl => cited.csl().to_string(),
        CitationFormat::Datacite => cited.datacite().to_string(),
        CitationFormat::Bibtex => cited.bibtex(),
        CitationFormat::Ris => cited.ris(),
        CitationFormat::Text => cited.text(),
    };
    Ok(Answer::new(&request, &content_type(format)).version(row.version).modified(row.updated_at).send(body))
}

/// Make a release
///
/// For network admins. The service makes the release of each quarter by itself. Another one has the name of its day, so
/// there is one a day at most.
#[utoipa::path(tag = "releases", extensions(("x-price" = json!({ "units": 10 }))), params(Idempotency), request_body = NewRelease, responses((status = 201, description = "The new release", body = Release), (status = 409)), security(("bearer" = []), ("api_key" = [])))]
#[post("/releases")]
pub async fn create_release(
    request: HttpRequest,
    creation: Creation<Admin<Moderate>>,
    snapshot: CurrentSnapshot,
    document: Data<Document>,
    settings: Data<ServeSettings>,
    body: Body<NewRelease>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    let NewRelease { reason } = draft.checked()?;
    let made_at = Utc::now();
    let contents = Contents {
        snapshot: snapshot.0,
        document: document.into_inner(),
        name: name_of_day(made_at),
        made_at,
        address: settings.public_url.clone().map(|url| url.trim_end_matches('/').to_owned()),
    };
    let name = contents.name.clone();
    creation
        .create(&fingerprint, Action::ReleaseCreate, "/v1/releases", async |conn| {
            if make(conn, contents, Some(&*reason)).await?.is_none() {
                return Err(ApiError::conflict(format!("There is a release {name} already, or was one.")));
            }
            Ok(shown(store::find(conn, &name).await?, &base(&request)))
        })
        .await
}

/// Withdraw a release
///
/// For network admins. For a release that must not be read any more, for example because it has personal data. Its file is
/// deleted for good. The address then answers 404 with the reason.
#[utoipa::path(tag = "releases", params(("release" = String, Path, description = "Name or id", example = "2026-Q4"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/releases/{release}")]
pub async fn delete_release(
    edit: Edit<Admin<Moderate>>,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let reason = withdrawal.0.reason();
    edit.withdraw(async |conn, current: &Release| {
        let gone = store::withdraw(conn, current.id, current.version, reason.as_deref()).await?;
        Ok(gone.then_some(Action::ReleaseWithdraw))
    })
    .await
}

impl Editable for Release {
    // An edit needs no addresses.
    async fn locate(conn: &mut AsyncPgConnection, _: &Account, segment: &str) -> Result<Self, ApiError> {
        Ok(shown(store::find(conn, segment).await?, ""))
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, account: &Account) -> Result<Self, ApiError> {
        Self::locate(conn, account, &self.name).await
    }
}

/// A release as an answer.
fn shown(row: ReleaseRow, base: &str) -> Release {
    Release {
        counts: row.counts(),
        data: format!("{base}/v1/releases/{}/data", row.name),
        citation: CitedRelease { row: &row, base }.text(),
        id: row.id,
        name: row.name,
        made_at: row.made_at,
        reason: row.reason,
        bytes: row.bytes,
        sha256: row.sha256,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
