//! Recruitment: who may join the network. For network officers only.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use diesel_async::AsyncConnection;

use crate::access::extractors::{Admin, Moderator};
use crate::access::scope::Moderate;
use crate::audit::model::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, IfMatch, NoParams, Patch, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Record, Written, no_content};
use crate::registry::recruitment::model::{NewRecruitment, Recruitment, RecruitmentQuery};
use crate::registry::recruitment::store;
use crate::registry::references;

/// List recruitment
///
/// For network officers. Councils and organisations that may join the network, with the stage of recruitment.
#[utoipa::path(tag = "recruitment", extensions(("x-price" = json!({ "units": 2 }))), params(RecruitmentQuery), responses(Cacheable, (status = 200, description = "Recruitment", body = Page<Recruitment>)), security(("bearer" = []), ("api_key" = [])))]
#[get("/recruitment")]
pub async fn list_recruitment(
    db: web::Data<Db>,
    _: Moderator<Moderate>,
    pages: Pages,
    query: Query<RecruitmentQuery>,
) -> Result<Listing<Recruitment>, ApiError> {
    let order = query.sort.unwrap_or_default().order();
    let window = pages.window(query.limit, query.cursor.as_deref(), order)?;
    let slice = store::list(&mut *db.get().await?, &query.stage, &window).await?;
    Ok(pages.listing(slice, window.limit, None))
}

/// Get a recruitment record
///
/// For network officers.
#[utoipa::path(tag = "recruitment", params(("id" = String, Path, description = "Id of the record")), responses(Cacheable, (status = 200, description = "The record", body = Recruitment)), security(("bearer" = []), ("api_key" = [])))]
#[get("/recruitment/{id}")]
pub async fn find_recruitment(
    db: web::Data<Db>,
    _: Moderator<Moderate>,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<Recruitment>, ApiError> {
    let id = references::id(&id, "recruitment record")?;
    Ok(Record::whole(store::find(&mut *db.get().await?, id).await?))
}

/// Create a recruitment record
///
/// For network officers. Nobody else can see it or tell that it exists.
#[utoipa::path(tag = "recruitment", params(Idempotency), request_body = NewRecruitment, responses((status = 201, description = "The new record", body = Recruitment)), security(("bearer" = []), ("api_key" = [])))]
#[post("/recruitment")]
pub async fn create_recruitment(
    db: web::Data<Db>,
    caller: Moderator<Moderate>,
    key: Idempotency,
    trail: Trail,
    body: Body<NewRecruitment>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    db.get()
        .await?
        .transaction(async |conn| {
            if let Some(first) = key.first_answer(conn, caller.0.user_id, &fingerprint).await? {
                return Ok(first);
            }
            let resolved = store::resolve(conn, draft).await?;
            let id = store::create(conn, &resolved).await?;
            let made = store::find(conn, id).await?;
            let written = Written::created(format!("/v1/recruitment/{id}"), &made)?;
            key.keep(conn, caller.0.user_id, &fingerprint, &written).await?;
            trail.record(conn, &caller.0, Action::RecruitmentCreate, Subject::entered(&made)).await?;
            Ok(written)
        })
        .await
}

/// Change a recruitment record
///
/// For network officers. Send a merge patch (RFC 7396). Null clears a member.
#[utoipa::path(tag = "recruitment", params(("id" = String, Path, description = "Id of the record"), IfMatch), request_body(content = NewRecruitment, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated record", body = Recruitment)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/recruitment/{id}")]
pub async fn update_recruitment(
    db: web::Data<Db>,
    caller: Moderator<Moderate>,
    id: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    patch: Patch<NewRecruitment>,
) -> Result<Written, ApiError> {
    let id = references::id(&id, "recruitment record")?;
    db.get()
        .await?
        .transaction(async |conn| {
            let current = store::find(conn, id).await?;
            if_match.check(current.version, || Record::etag(&current))?;
            let resolved = store::resolve(conn, patch.merge(&NewRecruitment::from(&current))?).await?;
            if !store::update(conn, id, current.version, &resolved).await? {
                return Err(ApiError::stale(&Record::etag(&store::find(conn, id).await?)?));
            }
            let now = store::find(conn, id).await?;
            let written = Written::changed(&now)?;
            trail.record(conn, &caller.0, Action::RecruitmentUpdate, Subject::changed(&current, &now)).await?;
            Ok(written)
        })
        .await
}

/// Delete a recruitment record
///
/// For network admins. It is deleted for good, because it was never public.
#[utoipa::path(tag = "recruitment", params(("id" = String, Path, description = "Id of the record"), IfMatch), responses((status = 204, description = "Deleted")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/recruitment/{id}")]
pub async fn delete_recruitment(
    db: web::Data<Db>,
    caller: Admin<Moderate>,
    id: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let id = references::id(&id, "recruitment record")?;
    db.get()
        .await?
        .transaction(async |conn| {
            let current = store::find(conn, id).await?;
            if_match.check(current.version, || Record::etag(&current))?;
            if !store::delete(conn, id, current.version).await? {
                return Err(ApiError::stale(&Record::etag(&current)?));
            }
            trail.record(conn, &caller.0, Action::RecruitmentDelete, Subject::gone(&current)).await
        })
        .await?;
    Ok(no_content())
}
