//! Pre-election periods. Everyone can read them. Network admins record them.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use diesel_async::AsyncPgConnection;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Admin, Anyone};
use crate::access::scope::WriteCouncils;
use crate::audit::action::Action;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Edited, IfMatch, NoParams, Patch, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Record, Written};
use crate::read_model::extractor::CurrentSnapshot;
use crate::registry::pre_election::model::{NewPreElectionPeriod, PreElectionPeriod, PreElectionPeriodsQuery};
use crate::registry::pre_election::store;
use crate::registry::references;

/// List pre-election periods
///
/// The weeks before elections, in which councils take special care with publicity. The latest come first. Websites show
/// `notice_text` of the periods that include today: `?council=oldham&on=2027-04-15`.
#[utoipa::path(tag = "councils", extensions(("x-price" = json!({ "units": 2 }))), params(PreElectionPeriodsQuery), responses(Cacheable, (status = 200, description = "Pre-election periods", body = Page<PreElectionPeriod>)))]
#[get("/pre-election-periods")]
pub async fn list_pre_election_periods(
    snapshot: CurrentSnapshot,
    _: Anyone,
    pages: Pages,
    query: Query<PreElectionPeriodsQuery>,
) -> Result<Listing<PreElectionPeriod>, ApiError> {
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    let slice = snapshot.list_pre_election_periods(&query, &page)?;
    Ok(pages.listing(slice, page.limit, None))
}

/// Get a pre-election period
#[utoipa::path(tag = "councils", params(("id" = uuid::Uuid, Path, description = "Id of the period")), responses(Cacheable, (status = 200, description = "The period", body = PreElectionPeriod)))]
#[get("/pre-election-periods/{id}")]
pub async fn find_pre_election_period(
    snapshot: CurrentSnapshot,
    _: Anyone,
    id: web::Path<String>,
    _: Query<NoParams>,
) -> Result<Record<PreElectionPeriod>, ApiError> {
    let id = references::id(&id, "pre-election period")?;
    let found = snapshot.pre_election_periods.iter().find(|period| period.id == id);
    Ok(Record::whole(found.cloned().ok_or_else(|| ApiError::not_found("pre-election period"))?))
}

/// Record a pre-election period
///
/// For network admins: for a nation, for one council, or for all. With the rule `hold`, nothing that these councils look
/// after is published before the period has ended: scheduled publications wait, and a network officer who publishes
/// must say why (`despite_period`). With `warn`, the queue of network officers shows the period.
#[utoipa::path(tag = "councils", params(Idempotency), request_body = NewPreElectionPeriod, responses((status = 201, description = "The new period", body = PreElectionPeriod)), security(("bearer" = []), ("api_key" = [])))]
#[post("/pre-election-periods")]
pub async fn create_pre_election_period(
    creation: Creation<Admin<WriteCouncils>>,
    body: Body<NewPreElectionPeriod>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    creation
        .create(&fingerprint, Action::PreElectionPeriodCreate, "/v1/pre-election-periods", async |conn| {
            let resolved = store::resolve(conn, draft).await?;
            let id = store::create(conn, &resolved).await?;
            store::find(conn, id).await
        })
        .await
}

/// Change a pre-election period
///
/// For network admins. Send a merge patch (RFC 7396). Null clears a member.
#[utoipa::path(tag = "councils", params(("id" = uuid::Uuid, Path, description = "Id of the period"), IfMatch), request_body(content = NewPreElectionPeriod, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated period", body = PreElectionPeriod)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/pre-election-periods/{id}")]
pub async fn update_pre_election_period(
    edit: Edit<Admin<WriteCouncils>>,
    patch: Patch<NewPreElectionPeriod>,
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &PreElectionPeriod| {
        let resolved = store::resolve(conn, patch.draft(current.into())?).await?;
        let is_changed = store::update(conn, (current.id, current.version), &resolved).await?;
        Ok(is_changed.then_some(Action::PreElectionPeriodUpdate))
    })
    .await
}

/// Delete a pre-election period
///
/// For network admins. Publications that waited for its end go out.
#[utoipa::path(tag = "councils", params(("id" = uuid::Uuid, Path, description = "Id of the period"), IfMatch), responses((status = 204, description = "Deleted")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/pre-election-periods/{id}")]
pub async fn delete_pre_election_period(
    edit: Edit<Admin<WriteCouncils>>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    edit.withdraw(async |conn, period: &PreElectionPeriod| {
        let is_deleted = store::delete(conn, (period.id, period.version)).await?;
        Ok(is_deleted.then_some(Action::PreElectionPeriodDelete))
    })
    .await
}

impl Editable for PreElectionPeriod {
    async fn locate(conn: &mut AsyncPgConnection, _: &Account, segment: &str) -> Result<Self, ApiError> {
        store::find(conn, references::id(segment, "pre-election period")?).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, _: &Account) -> Result<Self, ApiError> {
        store::find(conn, self.id).await
    }
}
