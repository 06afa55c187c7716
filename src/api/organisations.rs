//! Organisations other than councils. Everyone can read them. Network officers maintain them, and councils propose
//! them.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Anyone, Author, Moderator};
use crate::access::reach::Reach;
use crate::access::scope::{Moderate, WriteCouncils, WriteOrganisations};
use crate::audit::action::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::formats::citation::form::Form;
use crate::formats::citation::linked;
use crate::formats::citation::linked::LinkedData;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Draft, Edited, IfMatch, NoParams, Patch, Query};
use crate::http::page::{Page, Pages};
use crate::http::response::{Answer, Cacheable, Moves, Written, moved};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::organisation_list::{OrganisationFilter, order_of};
use crate::read_model::record_view::RecordView;
use crate::registry::organisations::merge::merge;
use crate::registry::organisations::model::{NewOrganisation, Organisation, OrganisationMerge};
use crate::registry::organisations::proposals::accept;
use crate::registry::organisations::query::{OrganisationQuery, OrganisationView};
use crate::registry::organisations::store;
use crate::registry::references;
use crate::registry::withdrawal::Withdrawal;

/// List organisations
///
/// Organisations other than councils: those that lead, pay for, evaluate or take part in initiatives, and affiliates of
/// the network. You can search, filter, sort and page them. People are never organisations.
///
/// With `status=proposed` you get what councils propose and no network officer has accepted yet: network officers see
/// all of it, and other callers what their own council proposes.
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
    let entry = snapshot.locate_organisation(caller.reach(), &organisation)?;
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
/// For network officers, and for contributors and council editors, who propose. A person is never an organisation. No
/// two organisations share an identifier (`org_id`).
///
/// What an officer creates is accepted at once. What others create is a proposal: network officers and the users of
/// their council see it, and nobody else. It is in no other list, count, search or feed, and its address is its id. The
/// people of that council can change and withdraw it until an officer accepts it, merges it into another record, or
/// withdraws it. You cannot propose what is there already under one of its names.
///
/// No record can refer to a proposal. In your initiatives, give its name alone. They get its record when it is
/// accepted.
#[utoipa::path(tag = "organisations", params(Idempotency), request_body = NewOrganisation, responses((status = 201, description = "The new organisation", body = Organisation)), security(("bearer" = []), ("api_key" = [])))]
#[post("/organisations")]
pub async fn create_organisation(
    creation: Creation<Author<WriteOrganisations>>,
    body: Body<NewOrganisation>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    let proposer = proposer(&creation.account)?;
    let action = proposer.map_or(Action::OrganisationCreate, |_| Action::OrganisationPropose);
    creation
        .create(&fingerprint, action, "/v1/organisations", async |conn| {
            store::take_turns(conn).await?;
            let resolved = store::resolve(conn, draft, None, proposer).await?;
            let id = store::create(conn, &resolved, proposer).await?;
            store::find(conn, Reach::ALL, id).await
        })
        .await
}

/// The council for which somebody proposes; `None` for network officers, who need not propose.
fn proposer(account: &Account) -> Result<Option<Uuid>, ApiError> {
    match account.bound_to() {
        Some(council) if council.is_nil() => Err(ApiError::forbidden(
            "You propose organisations for your council, and this key has none: its owner had another when it was made.",
        )),
        bound => Ok(bound),
    }
}

/// Accept a proposed organisation
///
/// For network officers. From then on everybody sees the organisation, at an address made from its name. It never
/// becomes a proposal again. Partners, evaluators and payers with one of its names get its record, in the initiatives
/// of the council that proposed it. You can change the organisation before or afterwards.
///
/// If it is in the registry under another name, merge the proposal into that record instead. To refuse a proposal,
/// withdraw it with a reason: the council that proposed it then sees the reason.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Id of the proposal", example = "co-operatives-uk"), IfMatch), responses((status = 200, description = "The accepted organisation", body = Organisation)), security(("bearer" = []), ("api_key" = [])))]
#[post("/organisations/{organisation}/accept")]
pub async fn accept_organisation(edit: Edit<Moderator<Moderate>>, _: Query<NoParams>) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Organisation| {
        Ok(accept(conn, current).await?.then_some(Action::OrganisationAccept))
    })
    .await
}

/// Replace an organisation
///
/// For network officers, and for the council that proposes it. Members that you leave out are cleared. Records that
/// name the organisation keep the name that they have.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Slug or id", example = "co-operatives-uk"), IfMatch), request_body = NewOrganisation, responses((status = 200, description = "The updated organisation", body = Organisation)), security(("bearer" = []), ("api_key" = [])))]
#[put("/organisations/{organisation}")]
pub async fn replace_organisation(
    edit: Edit<Author<WriteOrganisations>>,
    body: Body<NewOrganisation>,
) -> Result<Written, ApiError> {
    change(edit, body).await
}

/// Change an organisation
///
/// For network officers, and for the council that proposes it. Send a merge patch (RFC 7396). Null clears a member.
/// Records that name the organisation keep the name that they have.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Slug or id", example = "co-operatives-uk"), IfMatch), request_body(content = NewOrganisation, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated organisation", body = Organisation)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/organisations/{organisation}")]
pub async fn update_organisation(
    edit: Edit<Author<WriteOrganisations>>,
    patch: Patch<NewOrganisation>,
) -> Result<Written, ApiError> {
    change(edit, patch).await
}

/// Withdraw an organisation
///
/// For network officers, and for the council that proposes it. You cannot withdraw an organisation that initiatives or
/// memberships name. The address of a withdrawn organisation answers 404 with the reason. That of a withdrawn proposal
/// does so only for those who could see the proposal.
#[utoipa::path(tag = "organisations", params(("organisation" = String, Path, description = "Slug or id", example = "co-operatives-uk"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/organisations/{organisation}")]
pub async fn delete_organisation(
    edit: Edit<Author<WriteOrganisations>>,
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
///
/// A proposal can be merged into an accepted organisation, and nothing into a proposal.
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
        let from = store::locate(conn, caller.0.reach(), &organisation).await?;
        let Draft { value, mut faults } = draft;
        let known = references::organisation_names(conn).await?;
        let into = references::merge_target(&known, &value.into, from.id, "organisation", &mut faults);
        faults.finish()?;
        let into = store::find(conn, Reach::ALL, into.unwrap_or(from.id)).await?;
        let moved = merge(conn, &from, &into).await?;
        let now = store::find(conn, Reach::ALL, into.id).await?;
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
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError> {
        store::take_turns(conn).await?;
        store::locate(conn, account.reach(), segment).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, account: &Account) -> Result<Self, ApiError> {
        store::find(conn, account.reach(), self.id).await
    }

    fn check_right(&self, account: &Account) -> Result<(), ApiError> {
        let is_own = self.proposer().is_some() && self.proposer() == account.bound_to();
        if is_own || account.role.is_officer() {
            return Ok(());
        }
        Err(ApiError::forbidden("Only moderators and network admins can change an accepted organisation."))
    }

    fn changes_others(&self, now: &Self) -> bool {
        self.proposer() != now.proposer()
    }
}

async fn change(
    edit: Edit<Author<WriteOrganisations>>,
    edited: impl Edited<NewOrganisation>,
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Organisation| {
        let resolved =
            store::resolve(conn, edited.draft(current.into())?, Some(current.id), current.proposer()).await?;
        Ok(store::update(conn, current, &resolved).await?.then_some(Action::OrganisationUpdate))
    })
    .await
}
