//! Changes of councils. Everyone can read them. Network admins record and withdraw them.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use diesel_async::AsyncConnection;

use crate::access::extractors::{Admin, Anyone};
use crate::access::scope::WriteCouncils;
use crate::audit::model::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, IfMatch, NoParams, Query};
use crate::http::page::{Page, Pages};
use crate::http::response::{Answer, Cacheable, Record, Written, no_content};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::record_view::RecordView;
use crate::registry::council_changes::model::{CouncilChange, CouncilChangeQuery, NewCouncilChange};
use crate::registry::council_changes::store;
use crate::registry::references;
use crate::registry::withdrawal::Withdrawal;

/// List changes of councils
///
/// Which councils became which, on which day and by which order: mergers, splits, other names, codes and boundaries.
/// Use `lineage` in filters of initiatives to follow them.
#[utoipa::path(tag = "councils", extensions(("x-price" = json!({ "units": 2, "whole": 10 }))), params(CouncilChangeQuery), responses(Cacheable, (status = 200, description = "Changes of councils", body = Page<CouncilChange>)))]
#[get("/council-changes")]
pub async fn list_council_changes(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<CouncilChangeQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    let slice = snapshot.list_council_changes(caller.reach(), &query, &page)?;
    let slice = slice.with_rows(|rows| rows.into_iter().map(RecordView::council_change).collect());
    pages.records(&request, &slice, page.limit, None)
}

/// Get a change of councils
///
/// If the change was withdrawn, you get 404 with the reason.
#[utoipa::path(tag = "councils", params(("change" = String, Path, description = "Id of the change of councils")),
    responses(Cacheable, (status = 200, description = "The change", body = CouncilChange)))]
#[get("/council-changes/{change}")]
pub async fn find_council_change(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    change: web::Path<String>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let entry = snapshot.find_council_change(references::id(&change, "council change")?)?;
    Ok(Answer::json(&request).send_rendered(&RecordView::council_change(entry)))
}

/// Record a change of councils
///
/// For network admins. It does not change the councils: set their `abolished_on`, `established_on`, name or codes
/// yourself. Initiatives keep the council that led them, and `steward` shows who looks after them now.
#[utoipa::path(tag = "councils", params(Idempotency), request_body = NewCouncilChange, responses((status = 201, description = "The new change", body = CouncilChange)), security(("bearer" = []), ("api_key" = [])))]
#[post("/council-changes")]
pub async fn create_council_change(
    db: web::Data<Db>,
    caller: Admin<WriteCouncils>,
    key: Idempotency,
    trail: Trail,
    body: Body<NewCouncilChange>,
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
            let written = Written::created(format!("/v1/council-changes/{id}"), &made)?;
            key.keep(conn, caller.0.user_id, &fingerprint, &written).await?;
            trail.record(conn, &caller.0, Action::CouncilChangeCreate, Subject::entered(&made)).await?;
            Ok(written)
        })
        .await
}

/// Withdraw a change of councils
///
/// For network admins. Its address then answers 404 with the reason. To correct a change, withdraw it and record it again.
#[utoipa::path(tag = "councils", params(("change" = String, Path, description = "Id of the change of councils"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/council-changes/{change}")]
pub async fn delete_council_change(
    db: web::Data<Db>,
    caller: Admin<WriteCouncils>,
    change: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let mut conn = db.get().await?;
    let current = store::find(&mut conn, references::id(&change, "council change")?).await?;
    if_match.check(current.version, || Record::etag(&current))?;
    let reason = withdrawal.0.reason();
    conn.transaction(async |conn| {
        if !store::withdraw(conn, current.id, current.version, reason.as_deref()).await? {
            return Err(ApiError::stale(&Record::etag(&store::find(conn, current.id).await?)?));
        }
        trail.record(conn, &caller.0, Action::CouncilChangeWithdraw, Subject::gone(&current)).await
    })
    .await?;
    Ok(no_content())
}
