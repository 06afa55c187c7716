//! Memberships of the network. Everyone can read who was a member and when. Network admins write them. Network officers
//! and the member's own editors also read the terms.

use actix_web::{HttpResponse, delete, get, patch, post, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Admin, Anyone};
use crate::access::scope::WriteCouncils;
use crate::audit::action::Action;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Edited, IfMatch, Patch, Query};
use crate::http::page::{Listing, Page, Pages};
use crate::http::response::{Cacheable, Record, Written};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::membership_list::MembershipFilter;
use crate::registry::memberships::model::{Membership, NewMembership};
use crate::registry::memberships::query::{MembershipQuery, MembershipView};
use crate::registry::memberships::standing::AsAt;
use crate::registry::memberships::store;
use crate::registry::references;
use crate::registry::withdrawal::Withdrawal;

/// List memberships
///
/// Members of the network, past and present: councils and other organisations. With `as_at` you get the members at a
/// date. A status is computed from the dates and observations of a membership. It never claims more than its sources.
///
/// Network officers and council editors, for their own council, also see `renewal_on`, `review_on`, `decision` and
/// `fee`.
#[utoipa::path(tag = "memberships", extensions(("x-price" = json!({ "units": 2, "whole": 10 }))), params(MembershipQuery), responses(Cacheable, (status = 200, description = "Memberships", body = Page<Membership>)))]
#[get("/memberships")]
pub async fn list_memberships(
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<MembershipQuery>,
) -> Result<Listing<Membership>, ApiError> {
    let reach = caller.reach();
    let filter = MembershipFilter::new(&snapshot, &query)?;
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    let slice = snapshot.list_memberships(reach, &filter, query.sort.unwrap_or_default(), &page);
    Ok(pages.listing(slice, page.limit, picked(query.0.fields.as_deref())))
}

/// Get a membership
///
/// If it was withdrawn, you get 404 with the reason.
#[utoipa::path(tag = "memberships", params(("id" = String, Path, description = "Id of the membership"), MembershipView), responses(Cacheable, (status = 200, description = "The membership", body = Membership)))]
#[get("/memberships/{id}")]
pub async fn find_membership(
    snapshot: CurrentSnapshot,
    caller: Anyone,
    id: web::Path<String>,
    view: Query<MembershipView>,
) -> Result<Record<Membership>, ApiError> {
    let found = snapshot.find_membership(references::id(&id, "membership")?)?;
    let shown = found.shown(caller.reach(), AsAt::new(view.as_at.as_ref(), snapshot.day));
    Ok(Record::picked(shown, picked(view.0.fields.as_deref())))
}

/// Create a membership
///
/// For network admins. No two memberships of one member overlap: end the first before you record the next. `from` may
/// be unknown if an observation shows the membership. That a list does not name a member never ends its membership.
#[utoipa::path(tag = "memberships", params(Idempotency), request_body = NewMembership, responses((status = 201, description = "The new membership", body = Membership)), security(("bearer" = []), ("api_key" = [])))]
#[post("/memberships")]
pub async fn create_membership(
    creation: Creation<Admin<WriteCouncils>>,
    body: Body<NewMembership>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    creation
        .create(&fingerprint, Action::MembershipCreate, "/v1/memberships", async |conn| {
            let resolved = store::resolve(conn, draft, None).await?;
            let id = store::create(conn, &resolved).await?;
            shown(conn, &creation.account, id).await
        })
        .await
}

/// Change a membership
///
/// For network admins. Send a merge patch (RFC 7396). Null clears a member. A list such as `observations` is replaced
/// as a whole. The record and the name of an organisation replace each other, if you send one of them.
#[utoipa::path(tag = "memberships", params(("id" = String, Path, description = "Id of the membership"), IfMatch), request_body(content = NewMembership, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated membership", body = Membership)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/memberships/{id}")]
pub async fn update_membership(
    edit: Edit<Admin<WriteCouncils>>,
    patch: Patch<NewMembership>,
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Membership| {
        let resolved = store::resolve(conn, patch.draft(current.into())?, Some(current.id)).await?;
        let is_changed = store::update(conn, current.id, current.version, &resolved).await?;
        Ok(is_changed.then_some(Action::MembershipUpdate))
    })
    .await
}

/// Withdraw a membership
///
/// For network admins. For records that were entered by mistake: a membership that ended gets `to`. The address then
/// answers 404 with the reason.
#[utoipa::path(tag = "memberships", params(("id" = String, Path, description = "Id of the membership"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/memberships/{id}")]
pub async fn delete_membership(
    edit: Edit<Admin<WriteCouncils>>,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let reason = withdrawal.0.reason();
    edit.withdraw(async |conn, membership: &Membership| {
        let is_withdrawn = store::withdraw(conn, membership.id, membership.version, reason.as_deref()).await?;
        Ok(is_withdrawn.then_some(Action::MembershipWithdraw))
    })
    .await
}

impl Editable for Membership {
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError> {
        shown(conn, account, references::id(segment, "membership")?).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, account: &Account) -> Result<Self, ApiError> {
        shown(conn, account, self.id).await
    }
}

/// A membership as the caller sees it, with its status today.
async fn shown(conn: &mut AsyncPgConnection, account: &Account, id: Uuid) -> Result<Membership, ApiError> {
    Ok(store::find(conn, id).await?.shown(account.reach(), AsAt::today()))
}
