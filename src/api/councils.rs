//! Councils. Everyone can read them. Network admins create and withdraw them. Council editors edit their own council's
//! profile.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use diesel_async::AsyncPgConnection;

use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Admin, Anyone, CouncilKeeper};
use crate::access::reach::Reach;
use crate::access::role::Role;
use crate::access::scope::WriteCouncils;
use crate::audit::action::Action;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::formats::citation::form::Form;
use crate::formats::citation::linked;
use crate::formats::citation::linked::LinkedData;
use crate::geography::Point;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Edited, IfMatch, Patch, Query};
use crate::http::page::{Page, Pages};
use crate::http::response::{Answer, Cacheable, Moves, Written, moved};
use crate::read_model::council_list::{CouncilFilter, CouncilOrder};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::record_view::RecordView;
use crate::registry::councils::model::{Council, NewCouncil};
use crate::registry::councils::query::{CouncilQuery, CouncilView};
use crate::registry::councils::store;
use crate::registry::references;
use crate::registry::withdrawal::Withdrawal;

/// List councils
///
/// You can filter, sort and page the councils. Each has a summary of its membership of the network.
#[utoipa::path(tag = "councils", extensions(("x-price" = json!({ "units": 2, "q": 5, "covers": 5, "whole": 10 }))), params(CouncilQuery), responses(Cacheable, (status = 200, description = "Councils", body = Page<Council>)))]
#[get("/councils")]
pub async fn list_councils(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<CouncilQuery>,
) -> Result<HttpResponse, ApiError> {
    let reach = caller.reach();
    let filter = CouncilFilter::new(&snapshot, reach, &query)?;
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    let near = filter.area.near;
    let order = CouncilOrder::of(&query, near);
    let marks = filter.hits.as_ref().filter(|_| query.highlight == Some(true)).map(|hits| hits.marks());
    let fields = picked(query.0.fields.as_deref());
    pages.records(&request, &page, filter.hits.as_ref().map(|hits| &hits.note), |page| {
        snapshot.list_councils(reach, &filter, order, page).try_map(|entry| {
            let record = &entry.record;
            let at = record.location.map(Point::from);
            let highlight = marks.as_ref().map(|marks| marks.council(record));
            Ok(RecordView::of(entry, fields.as_deref())
                .with_distance(near.zip(at).map(|(near, at)| near.kilometres(at)))
                .with_highlight(highlight.as_ref()))
        })
    })
}

/// Get a council
///
/// A former slug redirects to the current one (308). If the council was withdrawn, you get 404 with the reason.
///
/// With `Accept` you can also get schema.org JSON-LD. `fields` works with plain JSON only.
#[utoipa::path(tag = "councils", params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), CouncilView),
    responses(Cacheable, Moves, (status = 200, description = "The council", content((Council = "application/json"), (LinkedData = "application/ld+json")))))]
#[get("/councils/{council}")]
pub async fn find_council(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    _: Anyone,
    council: web::Path<String>,
    view: Query<CouncilView>,
) -> Result<HttpResponse, ApiError> {
    let form = Form::wanted(&request, &[Form::Json, Form::LinkedData])?;
    form.allows(&[("fields", view.fields.is_some())])?;
    let entry = snapshot.locate_council(&council)?;
    let found = &entry.record;
    if references::is_former(&council, &found.slug, found.id) {
        return Ok(moved(&request, &found.slug));
    }
    if form != Form::Json {
        return Form::linked(&request, found, linked::council);
    }
    let fields = picked(view.fields.as_deref());
    Ok(Answer::json(&request).send_rendered(&RecordView::of(entry, fields.as_deref())))
}

/// Create a council
///
/// For network admins. No two current councils can have the same code. A slug belongs to one record for good.
#[utoipa::path(tag = "councils", params(Idempotency), request_body = NewCouncil, responses((status = 201, description = "The new council", body = Council)), security(("bearer" = []), ("api_key" = [])))]
#[post("/councils")]
pub async fn create_council(
    creation: Creation<Admin<WriteCouncils>>,
    body: Body<NewCouncil>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    let council = draft.checked()?;
    creation
        .create(&fingerprint, Action::CouncilCreate, "/v1/councils", async |conn| {
            let id = store::create(conn, &council).await?;
            store::find(conn, Reach::ALL, id).await
        })
        .await
}

/// Replace a council
///
/// Council editors can change the profile of their own council: names, location, population, website, description and
/// aliases. Only network admins can change codes, type, nation and region. `membership` is read-only: network admins
/// write memberships at `/v1/memberships`.
#[utoipa::path(tag = "councils", params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), IfMatch), request_body = NewCouncil, responses((status = 200, description = "The updated council", body = Council)), security(("bearer" = []), ("api_key" = [])))]
#[put("/councils/{council}")]
pub async fn replace_council(
    edit: Edit<CouncilKeeper<WriteCouncils>>,
    body: Body<NewCouncil>,
) -> Result<Written, ApiError> {
    change(edit, body, NewCouncil::keep_lifetime).await
}

/// Change a council
///
/// Send a merge patch (RFC 7396). Null clears a member. You need the same permissions as for `replace_council`.
#[utoipa::path(tag = "councils", params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), IfMatch), request_body(content = NewCouncil, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated council", body = Council)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/councils/{council}")]
pub async fn update_council(
    edit: Edit<CouncilKeeper<WriteCouncils>>,
    patch: Patch<NewCouncil>,
) -> Result<Written, ApiError> {
    change(edit, patch, |_, _| ()).await
}

/// Withdraw a council
///
/// You cannot withdraw a council that an initiative, a user, a membership, an organisation or a change of councils
/// names. Once it is withdrawn, its address answers 404 with the reason.
#[utoipa::path(tag = "councils", params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/councils/{council}")]
pub async fn delete_council(
    edit: Edit<Admin<WriteCouncils>>,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let reason = withdrawal.0.reason();
    edit.withdraw(async |conn, council: &Council| {
        let is_withdrawn = store::withdraw(conn, council.id, council.version, reason.as_deref()).await?;
        Ok(is_withdrawn.then_some(Action::CouncilWithdraw))
    })
    .await
}

impl Editable for Council {
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError> {
        store::locate(conn, account.reach(), segment).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, _: &Account) -> Result<Self, ApiError> {
        store::find(conn, Reach::ALL, self.id).await
    }

    fn check_right(&self, account: &Account) -> Result<(), ApiError> {
        match account.bound_to().is_some_and(|own| own != self.id) {
            true => Err(ApiError::forbidden("You can edit the profile of your own council only.")),
            false => Ok(()),
        }
    }
}

async fn change(
    edit: Edit<CouncilKeeper<WriteCouncils>>,
    edited: impl Edited<NewCouncil>,
    keep: impl FnOnce(&mut NewCouncil, &Council),
) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Council| {
        let mut draft = edited.draft(current.into())?;
        keep(&mut draft.value, current);
        if edit.account.role != Role::NetworkAdmin {
            draft.value.check_official_fields(current, &mut draft.faults);
        }
        let is_changed = store::update(conn, current, &draft.checked()?).await?;
        Ok(is_changed.then_some(Action::CouncilUpdate))
    })
    .await
}
