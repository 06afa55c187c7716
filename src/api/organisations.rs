//! Organisations other than councils. Everyone can read them. Network officers maintain them.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use diesel_async::AsyncPgConnection;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Anyone, Moderator};
use crate::access::scope::WriteCouncils;
use crate::audit::model::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::formats::citation::form::Form;
use crate::formats::citation::linked;
use crate::formats::citation::linked::LinkedData;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Draft, IfMatch, Patch, Query, Revision};
use crate::http::page::{Page, Pages};
use crate::http::response::{Answer, Cacheable, Moves, Written, moved};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::organisation_list::{OrganisationFilter, order_of};
use crate::read_model::record_view::RecordView;
use crate::registry::organisations::merge::merge;
use crate::registry::organisations::model::{NewOrganisation, Organisation, OrganisationMerge};
use crate::registry::organisations::query::{OrganisationQuery, OrganisationView};
use crate::registry::organisations::store;
use crate::registry::references;
use crate::registry::withdrawal::Withdrawal;

/// List organisations
///
/// Organisations other than councils: those that lead, pay for, evaluate or take part in initiatives, and affiliates of
/// the network. You can search, filter, sort and page them. People are never organisations.
#[utoipa::path(tag = "organisations", extensions(("x-price" = json!({ "units": 2, "q": 5, "whole": 10 }))), params(OrganisationQuery), responses(Cacheable, (status = 200, description = "Organisations", body = Page<Organisation>)))]
#[get("/organisations")]
pub async fn list_organisations(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<OrganisationQuery>,
) -> Result<HttpResponse, ApiError> {
    let reach = caller.reach();
    let filter = OrganisationFilter::new(&snapshot, reach, &query)?;
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    let (order, fields) = (order_of(&query), picked(query.0.fields.as_deref()));
    pages.records(&request, &page, filter.hits.as_ref().map(|hits| &hits.note), |page| {
        snapshot.list_organisations(reach, &filter, order, page).try_map(|entry| {
            let count = snapshot.initiatives_of_organisation(reach, entry.record.id);
            Ok(RecordView::organisation(entry, fields.as_deref(), count))
        })
    })
}

/// Get an organisation
///
/// If the organisation was merged into another, its address redirects there (308), as former slugs do. If it was
/// withdrawn, you get 404 with the reason.
///
/// With `Accept` you can also get schema.org JSON-LD. `fields` works with plain JSON only.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Slug or id", example = "co-operatives-uk"), OrganisationView),
    responses(Cacheable, Moves, (status = 200, description = "The organisation", content((Organisation = "application/json"), (LinkedData = "application/ld+json")))))]
#[get("/organisations/{organisation}")]
pub async fn find_organisation(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    organisation: web::Path<String>,
    view: Query<OrganisationView>,
) -> Result<HttpResponse, ApiError> {
    let form = Form::wanted(&request, &[Form::Json, Form::LinkedData])?;
    form.allows(&[("fields", view.fields.is_some())])?;
    let entry = snapshot.locate_organisation(&organisation)?;
    let found = &entry.record;
    if references::is_former(&organisation, &found.slug, found.id) {
        return Ok(moved(&request, &found.slug));
    }
    if form != Form::Json {
        return Form::linked(&request, found, linked::organisation);
    }
    let fields = picked(view.fields.as_deref());
    let count = snapshot.initiatives_of_organisation(caller.reach(), found.id);
    Ok(Answer::json(&request).send_rendered(&RecordView::organisation(entry, fields.as_deref(), count)))
}

/// Create an organisation
///
/// For network officers. A person is never an organisation. No two organisations share an identifier (`org_id`).
#[utoipa::path(tag = "organisations", params(Idempotency), request_body = NewOrganisation, responses((status = 201, description = "The new organisation", body = Organisation)), security(("bearer" = []), ("api_key" = [])))]
#[post("/organisations")]
pub async fn create_organisation(
    creation: Creation<Moderator<WriteCouncils>>,
    body: Body<NewOrganisation>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    creation
        .create(&fingerprint, Action::OrganisationCreate, "/v1/organisations", async |conn| {
            store::take_turns(conn).await?;
            let resolved = store::resolve(conn, draft, None).await?;
            let id = store::create(conn, &resolved).await?;
            store::find(conn, id).await
        })
        .await
}

/// Replace an organisation
///
/// For network officers. Members that you leave out are cleared. Records that name the organisation keep the name that
/// they have.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Slug or id", example = "co-operatives-uk"), IfMatch), request_body = NewOrganisation, responses((status = 200, description = "The updated organisation", body = Organisation)), security(("bearer" = []), ("api_key" = [])))]
#[put("/organisations/{organisation}")]
pub async fn replace_organisation(
    edit: Edit<Moderator<WriteCouncils>>,
    body: Body<NewOrganisation>,
) -> Result<Written, ApiError> {
    change(edit, body).await
}

/// Change an organisation
///
/// For network officers. Send a merge patch (RFC 7396). Null clears a member. Records that name the organisation keep the
/// name that they have.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Slug or id", example = "co-operatives-uk"), IfMatch), request_body(content = NewOrganisation, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated organisation", body = Organisation)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/organisations/{organisation}")]
pub async fn update_organisation(
    edit: Edit<Moderator<WriteCouncils>>,
    patch: Patch<NewOrganisation>,
) -> Result<Written, ApiError> {
    change(edit, patch).await
}

/// Withdraw an organisation
///
/// For network officers. You cannot withdraw an organisation that initiatives or memberships name. The address of a
/// withdrawn organisation answers 404 with the reason.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Slug or id", example = "co-operatives-uk"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/organisations/{organisation}")]
pub async fn delete_organisation(
    edit: Edit<Moderator<WriteCouncils>>,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let reason = withdrawal.0.reason();
    edit.withdraw(async |conn, organisation: &Organisation| {
        let is_withdrawn = store::withdraw(conn, organisation.id, organisation.version, reason.as_deref()).await?;
        Ok(is_withdrawn.then_some(Action::OrganisationWithdraw))
    })
    .await
}

/// Merge an organisation into another
///
/// For network officers, for a body that is in the registry twice. Moves the initiatives and memberships that name it
/// to the other record; they keep the name that they have. Its names become aliases there. If the other record has no
/// `org_id`, it takes over this one's. The old address then redirects there. The answer is the other record.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Slug or id of the record to remove", example = "co-operatives-uk"), Idempotency), request_body = OrganisationMerge, responses((status = 200, description = "The other record, after the merge", body = Organisation)), security(("bearer" = []), ("api_key" = [])))]
#[post("/organisations/{organisation}/merge")]
pub async fn merge_organisation(
    db: web::Data<Db>,
    caller: Moderator<WriteCouncils>,
    organisation: web::Path<String>,
    key: Idempotency,
    trail: Trail,
    body: Body<OrganisationMerge>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    db.transaction(async |conn| {
        if let Some(first) = key.first_answer(conn, caller.0.user_id, &fingerprint).await? {
            return Ok(first);
        }
        store::take_turns(conn).await?;
        let from = store::locate(conn, &organisation).await?;
        let Draft { value, mut faults } = draft;
        let known = references::organisation_names(conn).await?;
        let into = references::merge_target(&known, &value.into, from.id, "organisation", &mut faults);
        faults.finish()?;
        let into = store::find(conn, into.unwrap_or(from.id)).await?;
        let moved = merge(conn, &from, &into).await?;
        let now = store::find(conn, into.id).await?;
        let written = Written::changed(&now)?;
        key.keep(conn, caller.0.user_id, &fingerprint, &written).await?;
        trail.record(conn, &caller.0, Action::OrganisationMerge, Subject::gone(&from)).await?;
        trail.record(conn, &caller.0, Action::OrganisationMerge, Subject::changed(&into, &now)).await?;
        for membership in &moved {
            let subject = Subject::followed(membership.whole());
            trail.record(conn, &caller.0, Action::MembershipFollow, subject).await?;
        }
        trail.record_side_effects(conn, &caller.0, &[from.id, into.id]).await?;
        Ok(written)
    })
    .await
}

impl Editable for Organisation {
    async fn locate(conn: &mut AsyncPgConnection, _: &Account, segment: &str) -> Result<Self, ApiError> {
        store::take_turns(conn).await?;
        store::locate(conn, segment).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, _: &Account) -> Result<Self, ApiError> {
        store::find(conn, self.id).await
    }
}

async fn change(
    edit: Edit<Moderator<WriteCouncils>>,
    revision: impl Revision<NewOrganisation>,
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Organisation| {
        let resolved = store::resolve(conn, revision.draft(current.into())?, Some(current.id)).await?;
        Ok(store::update(conn, current, &resolved).await?.then_some(Action::OrganisationUpdate))
    })
    .await
}
