//! Initiatives. Readers see published records within their permissions. Authors write drafts. `publication.rs` has what
//! network officers do with them.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use diesel_async::AsyncPgConnection;

use super::past;
use super::writes::{Creation, Edit, Editable};
use crate::access::account::Account;
use crate::access::extractors::{Anyone, Author};
use crate::access::reach::Reach;
use crate::access::scope::WriteInitiatives;
use crate::audit::action::Action;
use crate::db::Db;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::formats::citation::form::Form;
use crate::formats::citation::linked::LinkedData;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Edited, IfMatch, Patch, Query};
use crate::http::page::{Page, Pages};
use crate::http::response::{Answer, Cacheable, Moves, Written, moved};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::initiatives::InitiativeOrder;
use crate::read_model::nested::Within;
use crate::read_model::record_view::RecordView;
use crate::read_model::snapshot::Snapshot;
use crate::read_model::unanswered;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::{NewInitiative, State};
use crate::registry::initiatives::query::{InitiativeListQuery, InitiativeQuery, InitiativeView};
use crate::registry::initiatives::resolve::resolve;
use crate::registry::initiatives::{store, write};
use crate::registry::references;
use crate::registry::revisions::publish::{check_edit, keep_edit};
use crate::registry::revisions::store::lock_present;
use crate::registry::withdrawal::Withdrawal;

/// List initiatives
///
/// The initiatives that you have permission to see. You can filter, sort and page them. With `as_at` you get those that
/// readers saw at a moment. Councils, themes and organisations have the names of today.
#[utoipa::path(tag = "initiatives", extensions(("x-price" = json!({ "units": 2, "q": 5, "include": 5, "as_at": 10, "whole": 10 }))), params(InitiativeListQuery), responses(Cacheable, (status = 200, description = "Initiatives", body = Page<Initiative>)))]
#[get("/initiatives")]
pub async fn list_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    db: Data<Db>,
    caller: Anyone,
    pages: Pages,
    query: Query<InitiativeListQuery>,
) -> Result<HttpResponse, ApiError> {
    let Query(InitiativeListQuery { time, list: query }) = query;
    let filter = InitiativeFilter::new(&snapshot, caller.reach(), &query)?;
    if let Some(as_at) = time.as_at {
        return past::list(&request, &db, caller.reach(), pages, as_at, (query, filter)).await;
    }
    page(&request, &snapshot, caller.reach(), &pages, query, &filter)
}

/// List a council's initiatives
///
/// The initiatives that the council leads or takes part in. Takes the same filters as `list_initiatives`.
#[utoipa::path(tag = "councils", extensions(("x-price" = json!({ "units": 2, "q": 5, "include": 5, "whole": 10 }))), params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), InitiativeQuery), responses(Cacheable, Moves, (status = 200, description = "Initiatives", body = Page<Initiative>)))]
#[get("/councils/{council}/initiatives")]
pub async fn list_council_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    council: web::Path<String>,
    query: Query<InitiativeQuery>,
) -> Result<HttpResponse, ApiError> {
    match Within::council(&snapshot, caller.reach(), &council, &query)? {
        Within::Moved(slug) => Ok(moved(&request, &slug)),
        Within::Here(_, filter) => page(&request, &snapshot, caller.reach(), &pages, query.0, &filter),
    }
}

/// List a theme's initiatives
///
/// The initiatives with this theme or a narrower one. Takes the same filters as `list_initiatives`.
#[utoipa::path(tag = "themes", extensions(("x-price" = json!({ "units": 2, "q": 5, "include": 5, "whole": 10 }))), params(("theme" = String, Path, description = "Slug or id", example = "housing"), InitiativeQuery), responses(Cacheable, Moves, (status = 200, description = "Initiatives", body = Page<Initiative>)))]
#[get("/themes/{theme}/initiatives")]
pub async fn list_theme_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    theme: web::Path<String>,
    query: Query<InitiativeQuery>,
) -> Result<HttpResponse, ApiError> {
    match Within::theme(&snapshot, caller.reach(), &theme, &query)? {
        Within::Moved(slug) => Ok(moved(&request, &slug)),
        Within::Here(_, filter) => page(&request, &snapshot, caller.reach(), &pages, query.0, &filter),
    }
}

fn page(
    request: &HttpRequest,
    snapshot: &Snapshot,
    reach: Reach,
    pages: &Pages,
    query: InitiativeQuery,
    filter: &InitiativeFilter,
) -> Result<HttpResponse, ApiError> {
    let near = filter.area.near;
    let page = pages.page(query.limit, query.cursor.as_deref())?;
    if let Some(hits) = &filter.hits {
        unanswered::note(request, hits);
    }
    let marks = filter.hits.as_ref().filter(|_| query.highlight == Some(true)).map(|hits| hits.marks());
    let fields = picked(query.fields.as_deref());
    let note = filter.hits.as_ref().map(|hits| &hits.note);
    pages.records(request, &page, note, |page| {
        let order = InitiativeOrder::of(&query, near);
        snapshot.list_initiatives(reach, filter, order, page).try_map(|entry| {
            let highlight = marks.as_ref().map(|marks| marks.initiative(entry)).transpose()?;
            let distance = near.zip(entry.place).map(|(near, (at, _))| near.kilometres(at));
            Ok(RecordView::initiative(entry, reach, fields.as_deref())?
                .with_embedded(snapshot.embedded(entry, reach, &query.include)?)
                .with_distance(distance)
                .with_highlight(highlight.as_ref()))
        })
    })
}

/// Get an initiative
///
/// The answer includes its outcomes, costs, sources and partners. A former slug redirects to the current one (308).
///
/// With `Accept` you can also get schema.org JSON-LD, or Markdown to paste into a page. `fields` and `include` work
/// with plain JSON only.
///
/// With `as_at` you get the text that readers saw at a moment, and `revision` says which one it is. Councils, themes and
/// organisations have the names of today. `slug`, `steward`, `state`, `entered_by` and `version` are of today too. What was
/// withdrawn since does not come back.
#[utoipa::path(tag = "initiatives", extensions(("x-price" = json!({ "units": 1, "as_at": 4 }))), params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), InitiativeView),
    responses(Cacheable, Moves, (status = 200, description = "The initiative", content(
        (Initiative = "application/json"), (LinkedData = "application/ld+json"), (String = "text/markdown")))))]
#[get("/initiatives/{initiative}")]
pub async fn find_initiative(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    db: Data<Db>,
    caller: Anyone,
    initiative: web::Path<String>,
    view: Query<InitiativeView>,
) -> Result<HttpResponse, ApiError> {
    let form = Form::wanted(&request, &[Form::Json, Form::LinkedData, Form::Markdown])?;
    let is_past = view.as_at.is_some();
    form.allows(&[("fields", view.fields.is_some()), ("include", !view.include.is_empty()), ("as_at", is_past)])?;
    let reach = caller.reach();
    if let Some(as_at) = view.as_at {
        return past::find(&request, &db, reach, (&initiative, as_at), view.fields.as_deref()).await;
    }
    let found = snapshot.locate_initiative(reach, &initiative)?;
    if references::is_former(&initiative, &found.slug, found.id) {
        return Ok(moved(&request, &found.slug));
    }
    if form != Form::Json {
        return form.initiative(&request, &found.record(reach)?);
    }
    let fields = picked(view.fields.as_deref());
    let shown = RecordView::initiative(found, reach, fields.as_deref())?;
    Ok(Answer::json(&request).send_rendered(&shown.with_embedded(snapshot.embedded(found, reach, &view.include)?)))
}

/// Create an initiative
///
/// The new initiative is a draft. Only its own council and network officers can see it. Send its outcomes, sources,
/// partners and costs in the same body.
#[utoipa::path(tag = "initiatives", params(Idempotency), request_body = NewInitiative, responses((status = 201, description = "The new initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives")]
pub async fn create_initiative(
    creation: Creation<Author<WriteInitiatives>>,
    body: Body<NewInitiative>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    creation
        .create(&fingerprint, Action::InitiativeCreate, "/v1/initiatives", async |conn| {
            let resolved = resolve(conn, Some(&creation.account), draft, None).await?;
            let id = write::create(conn, &resolved, Some(creation.account.user_id)).await?;
            store::find(conn, Reach::ALL, id).await
        })
        .await
}

/// Replace an initiative
///
/// Outcomes, sources, partners and costs that you leave out are removed. Authors can change drafts of their own
/// council. Network officers can change any initiative. To change a published initiative of your own council, begin a
/// revision (`create_revision`).
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), request_body = NewInitiative, responses((status = 200, description = "The updated initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[put("/initiatives/{initiative}")]
pub async fn replace_initiative(
    edit: Edit<Author<WriteInitiatives>>,
    body: Body<NewInitiative>,
) -> Result<Written, ApiError> {
    change(edit, body).await
}

/// Change an initiative
///
/// Send a merge patch (RFC 7396). Null clears a member. An array replaces the whole array. `lead_council` and `lead`
/// replace each other, and so do the record and the name of the lead, if you send one of them. Another
/// `delivery_status` clears `status_as_at`, unless you send its date too.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), request_body(content = NewInitiative, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/initiatives/{initiative}")]
pub async fn update_initiative(
    edit: Edit<Author<WriteInitiatives>>,
    patch: Patch<NewInitiative>,
) -> Result<Written, ApiError> {
    change(edit, patch).await
}

/// Withdraw an initiative
///
/// If the initiative was ever published, its address then answers 404 with the public reason. A draft that was never
/// published is deleted.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/initiatives/{initiative}")]
pub async fn delete_initiative(
    edit: Edit<Author<WriteInitiatives>>,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let reason = withdrawal.0.reason();
    edit.withdraw(async |conn, current: &Initiative| {
        Ok(write::withdraw(conn, current, reason.as_deref()).await?.then_some(Action::InitiativeWithdraw))
    })
    .await
}

impl Editable for Initiative {
    async fn locate(conn: &mut AsyncPgConnection, account: &Account, segment: &str) -> Result<Self, ApiError> {
        store::locate(conn, account.reach(), segment).await
    }

    async fn reload(&self, conn: &mut AsyncPgConnection, account: &Account) -> Result<Self, ApiError> {
        store::find(conn, account.reach(), self.id).await
    }

    /// Authors can change only drafts that their own council looks after. What is published they change by a revision.
    fn check_right(&self, account: &Account) -> Result<(), ApiError> {
        self.check_act(account)?;
        if account.bound_to().is_some() && self.state != State::Draft {
            return Err(ApiError::forbidden(format!(
                "This initiative is published. To change it, begin a revision: POST /v1/initiatives/{}/revisions.",
                self.slug
            )));
        }
        Ok(())
    }

    /// A council acts only on what it looks after.
    fn check_act(&self, account: &Account) -> Result<(), ApiError> {
        let Some(own) = account.bound_to() else { return Ok(()) };
        if self.steward.council.as_ref().map(|council| council.id) != Some(own) {
            return Err(ApiError::forbidden(
                "Your council does not look after this initiative. Only its `steward` can change or confirm it.",
            ));
        }
        Ok(())
    }

    /// Components are never more visible than their initiative, so they change with it.
    fn changes_others(&self, now: &Self) -> bool {
        (self.visibility, self.state) != (now.visibility, now.state)
    }
}

async fn change(edit: Edit<Author<WriteInitiatives>>, edited: impl Edited<NewInitiative>) -> Result<Written, ApiError> {
    edit.change(async |conn, current: &Initiative| {
        let account = &edit.account;
        let present = lock_present(conn, current.id).await?;
        check_edit(&present, current, account)?;
        let resolved = resolve(conn, Some(account), edited.draft(current.into())?, Some(current.id)).await?;
        if !write::update(conn, current, &resolved).await? {
            return Ok(None);
        }
        keep_edit(conn, &present, current, account).await?;
        Ok(Some(Action::InitiativeUpdate))
    })
    .await
}
