//! Changes of councils. Everyone can read them. Network admins record and withdraw them.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use diesel_async::AsyncPgConnection;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Admin, Anyone};
use crate::access::scope::WriteCouncils;
use crate::audit::action::Action;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, IfMatch, NoParams, Query};
use crate::http::page::{Page, Pages};
use crate::http::response::{Answer, Cacheable, Written};
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
    _: Anyone,
    pages: Pages,
    query: Query<CouncilChangeQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    pages.records(&request, &page, None, |page| {
        let slice = snapshot.list_council_changes(&query, page)?;
        slice.try_map(|entry| Ok(RecordView::council_change(entry)))
    })
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
    creation: Creation<Admin<WriteCouncils>>,
    body: Body<NewCouncilChange>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    creation
        .create(&fingerprint, Action::CouncilChangeCreate, "/v1/council-changes", async |conn| {
            let resolved = store::resolve(conn, draft).await?;
            let id = store::create(conn, &resolved).await?;
            store::find(conn, id).await
        })
        .await
}

/// Withdraw a change of councils
///
/// For network admins. Its address then answers 404 with the reason. To correct a change, withdraw it and record it
/// again.
#[utoipa::path(tag = "councils", params(("change" = String, Path, description = "Id of the change of councils"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/council-changes/{change}")]
pub async fn delete_council_change(
    edit: Edit<Admin<WriteCouncils>>,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let reason = withdrawal.0.reason();
    edit.withdraw(async |conn, change: &CouncilChange| {
        let is_withdrawn = store::withdraw(conn, change, reason.as_deref()).await?;
        Ok(is_withdrawn.then_some(Action::CouncilChangeWithdraw))
    })
    .await
}

impl Editable for CouncilChange {
    async fn locate(conn: &mut AsyncPgConnection, _: &Account, segment: &str) -> Result<Self, ApiError> {
        store::find(conn, references::id(segment, "council change")?).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, _: &Account) -> Result<Self, ApiError> {
        store::find(conn, self.id).await
    }
}
