//! Initiatives. Readers see published records within their permissions. Authors write drafts. Network officers publish.

use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::access::account::Account;
use crate::access::extractors::{Anyone, Author, Moderator};
use crate::access::reach::Reach;
use crate::access::role::Role;
use crate::access::scope::{Moderate, WriteInitiatives};
use crate::audit::model::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::db::Db;
use crate::db::enum_text::picked;
use crate::error::ApiError;
use crate::formats::citation::form::Form;
use crate::formats::citation::linked::LinkedData;
use crate::http::idempotency::Idempotency;
use crate::http::input::{Body, Draft, IfMatch, NoParams, Patch, Query};
use crate::http::page::{Page, PageRequest, Pages};
use crate::http::response::{Answer, Cacheable, Moves, Record, Rendered, Written, moved, no_content};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::initiatives::InitiativeOrder;
use crate::read_model::nested::Within;
use crate::read_model::record_view::RecordView;
use crate::read_model::snapshot::Snapshot;
use crate::read_model::unanswered;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::{NewInitiative, State};
use crate::registry::initiatives::query::{InitiativeQuery, InitiativeView};
use crate::registry::initiatives::resolve::resolve;
use crate::registry::initiatives::{store, write};
use crate::registry::references;
use crate::registry::withdrawal::Withdrawal;

/// List initiatives
///
/// The initiatives that you have permission to see. You can filter, sort and page them.
#[utoipa::path(tag = "initiatives", extensions(("x-price" = json!({ "units": 2, "q": 5, "include": 5, "whole": 10 }))), params(InitiativeQuery), responses(Cacheable, (status = 200, description = "Initiatives", body = Page<Initiative>)))]
#[get("/initiatives")]
pub async fn list_initiatives(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    pages: Pages,
    query: Query<InitiativeQuery>,
) -> Result<HttpResponse, ApiError> {
    let filter = InitiativeFilter::new(&snapshot, caller.reach(), &query)?;
    page(&request, &snapshot, caller.reach(), &pages, query.0, &filter)
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
    let list = |page: &PageRequest| snapshot.list_initiatives(reach, filter, InitiativeOrder::of(&query, near), page);
    let mut slice = list(&page);
    let mut is_cut = false;
    loop {
        let rows = slice.rows.iter().map(|entry| {
            let highlight = marks.as_ref().map(|marks| marks.initiative(entry)).transpose()?;
            let distance = near.zip(entry.place).map(|(near, (at, _))| near.kilometres(at));
            Ok(RecordView::initiative(entry, reach, fields.as_deref())?
                .with_embedded(snapshot.embedded(entry, reach, &query.include)?)
                .with_distance(distance)
                .with_highlight(highlight.as_ref()))
        });
        let rows = rows.collect::<Result<Vec<RecordView<'_>>, ApiError>>()?;
        let sizes: Vec<usize> = rows.iter().map(RecordView::size).collect();
        match page.cut_to(&sizes).filter(|_| !is_cut) {
            None => {
                let note = filter.hits.as_ref().map(|hits| &hits.note);
                return pages.records(request, &slice.of(rows), page.limit, note);
            }
            // The answer would be too large. Build the page again with fewer records.
            Some(shorter) => {
                drop(rows);
                slice = list(&shorter);
                is_cut = true;
            }
        }
    }
}

/// Get an initiative
///
/// The answer includes its outcomes, costs, sources and partners. A former slug redirects to the current one (308).
///
/// With `Accept` you can also get schema.org JSON-LD, or Markdown to paste into a page. `fields` and `include` work
/// with plain JSON only.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), InitiativeView),
    responses(Cacheable, Moves, (status = 200, description = "The initiative", content(
        (Initiative = "application/json"), (LinkedData = "application/ld+json"), (String = "text/markdown")))))]
#[get("/initiatives/{initiative}")]
pub async fn find_initiative(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    initiative: web::Path<String>,
    view: Query<InitiativeView>,
) -> Result<HttpResponse, ApiError> {
    let form = Form::wanted(&request, &[Form::Json, Form::LinkedData, Form::Markdown])?;
    form.allows(&[("fields", view.fields.is_some()), ("include", !view.include.is_empty())])?;
    let reach = caller.reach();
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
    db: web::Data<Db>,
    caller: Author<WriteInitiatives>,
    key: Idempotency,
    trail: Trail,
    body: Body<NewInitiative>,
) -> Result<Written, ApiError> {
    let (draft, fingerprint) = body.into_parts();
    let account = caller.0;
    db.get()
        .await?
        .transaction(async |conn| {
            if let Some(first) = key.first_answer(conn, account.user_id, &fingerprint).await? {
                return Ok(first);
            }
            let resolved = resolve(conn, Some(&account), draft, None).await?;
            let id = write::create(conn, &resolved, Some(account.user_id)).await?;
            let made = store::find(conn, Reach::ALL, id).await?;
            let written = Written::created(format!("/v1/initiatives/{}", made.slug), &made)?;
            key.keep(conn, account.user_id, &fingerprint, &written).await?;
            trail.record(conn, &account, Action::InitiativeCreate, Subject::entered(&made)).await?;
            Ok(written)
        })
        .await
}

/// Replace an initiative
///
/// Outcomes, sources, partners and costs that you leave out are removed. Authors can change drafts of their own
/// council. Network officers can change any initiative.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), request_body = NewInitiative, responses((status = 200, description = "The updated initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[put("/initiatives/{initiative}")]
pub async fn replace_initiative(
    db: web::Data<Db>,
    caller: Author<WriteInitiatives>,
    initiative: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    body: Body<NewInitiative>,
) -> Result<Written, ApiError> {
    change(&db, &trail, caller.0, &initiative, if_match, |_| Ok(body.draft)).await
}

/// Change an initiative
///
/// Send a merge patch (RFC 7396). Null clears a member. An array replaces the whole array. `lead_council` and `lead`
/// replace each other. Another `delivery_status` clears `status_as_at`, unless you send its date too.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), request_body(content = NewInitiative, content_type = "application/merge-patch+json"), responses((status = 200, description = "The updated initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[patch("/initiatives/{initiative}")]
pub async fn update_initiative(
    db: web::Data<Db>,
    caller: Author<WriteInitiatives>,
    initiative: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    patch: Patch<NewInitiative>,
) -> Result<Written, ApiError> {
    change(&db, &trail, caller.0, &initiative, if_match, |current| {
        patch.merge_after(&NewInitiative::from(current), forget_outdated)
    })
    .await
}

/// Withdraw an initiative
///
/// If the initiative was ever published, its address then answers 404 with the public reason. A draft that was never
/// published is deleted.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), Withdrawal, IfMatch), responses((status = 204, description = "Withdrawn")), security(("bearer" = []), ("api_key" = [])))]
#[delete("/initiatives/{initiative}")]
pub async fn delete_initiative(
    db: web::Data<Db>,
    caller: Author<WriteInitiatives>,
    initiative: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    withdrawal: Query<Withdrawal>,
) -> Result<HttpResponse, ApiError> {
    let mut conn = db.get().await?;
    let current = editable(&mut conn, caller.0, &initiative, &if_match).await?;
    let reason = withdrawal.0.reason();
    conn.transaction(async |conn| {
        if !write::withdraw(conn, &current, reason.as_deref()).await? {
            return Err(stale(conn, current.id).await?);
        }
        trail.record(conn, &caller.0, Action::InitiativeWithdraw, Subject::gone(&current)).await
    })
    .await?;
    Ok(no_content())
}

/// Publish an initiative
///
/// For network officers. If you have edited the initiative since it was last published, another network officer must
/// publish it. Network admins can always publish.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), responses((status = 200, description = "The updated initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/publish")]
pub async fn publish_initiative(
    db: web::Data<Db>,
    caller: Moderator<Moderate>,
    initiative: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    _: Query<NoParams>,
) -> Result<Written, ApiError> {
    set_state(&db, &trail, caller.0, &initiative, if_match, State::Published).await
}

/// Return an initiative to draft
///
/// For network officers. Readers can no longer see the initiative. Its slug and id do not change.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), IfMatch), responses((status = 200, description = "The updated initiative", body = Initiative)), security(("bearer" = []), ("api_key" = [])))]
#[post("/initiatives/{initiative}/unpublish")]
pub async fn unpublish_initiative(
    db: web::Data<Db>,
    caller: Moderator<Moderate>,
    initiative: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    _: Query<NoParams>,
) -> Result<Written, ApiError> {
    set_state(&db, &trail, caller.0, &initiative, if_match, State::Draft).await
}

/// Removes what a patch makes outdated: the other form of the lead, and the date of another status.
fn forget_outdated(patch: &Value, held: &mut Map<String, Value>) {
    for (sent, outdated) in [("lead_council", "lead"), ("lead", "lead_council"), ("delivery_status", "status_as_at")] {
        let is_new = patch.get(sent).is_some_and(|value| !value.is_null() && held.get(sent) != Some(value));
        if is_new && patch.get(outdated).is_none() {
            held.remove(outdated);
        }
    }
}

/// The record, if this caller can change it. Authors can change only drafts that their own council leads. `If-Match`
/// must name the current version.
async fn editable(
    conn: &mut AsyncPgConnection,
    account: Account,
    segment: &str,
    if_match: &IfMatch,
) -> Result<Initiative, ApiError> {
    let current = store::locate(conn, account.reach(), segment).await?;
    if let Some(own) = account.bound_to() {
        if current.lead_council.as_ref().map(|lead| lead.id) != Some(own) {
            return Err(ApiError::forbidden("Another council leads this initiative. Only that council can change it."));
        }
        if current.state != State::Draft {
            return Err(ApiError::forbidden(
                "This initiative is published. Ask a network officer to change it or to return it to draft.",
            ));
        }
    }
    if_match.check(current.version, || Record::etag(&current))?;
    Ok(current)
}

async fn stale(conn: &mut AsyncPgConnection, id: Uuid) -> Result<ApiError, ApiError> {
    Ok(ApiError::stale(&Record::etag(&store::find(conn, Reach::ALL, id).await?)?))
}

async fn change(
    db: &Db,
    trail: &Trail,
    account: Account,
    segment: &str,
    if_match: IfMatch,
    make: impl FnOnce(&Initiative) -> Result<Draft<NewInitiative>, ApiError>,
) -> Result<Written, ApiError> {
    let mut conn = db.get().await?;
    let current = editable(&mut conn, account, segment, &if_match).await?;
    let draft = make(&current)?;
    conn.transaction(async |conn| {
        let resolved = resolve(conn, Some(&account), draft, Some(current.id)).await?;
        if !write::update(conn, &current, &resolved).await? {
            return Err(stale(conn, current.id).await?);
        }
        let now = store::find(conn, account.reach(), current.id).await?;
        let written = Written::changed(&now)?;
        trail.record(conn, &account, Action::InitiativeUpdate, Subject::changed(&current, &now)).await?;
        if current.visibility != now.visibility {
            // Components are never more visible than their initiative, so they change too.
            trail.record_side_effects(conn, &account, &[now.id]).await?;
        }
        Ok(written)
    })
    .await
}

async fn set_state(
    db: &Db,
    trail: &Trail,
    account: Account,
    segment: &str,
    if_match: IfMatch,
    state: State,
) -> Result<Written, ApiError> {
    let mut conn = db.get().await?;
    let current = editable(&mut conn, account, segment, &if_match).await?;
    if state == State::Published
        && account.role != Role::NetworkAdmin
        && store::has_written(&mut conn, current.id, account.user_id).await?
    {
        return Err(ApiError::forbidden(
            "You have edited this initiative since it was last published. Another network officer must publish it.",
        ));
    }
    conn.transaction(async |conn| {
        if !write::set_state(conn, &current, state).await? {
            return Err(stale(conn, current.id).await?);
        }
        let now = store::find(conn, account.reach(), current.id).await?;
        let action = if state == State::Published { Action::InitiativePublish } else { Action::InitiativeUnpublish };
        let written = Written::changed(&now)?;
        trail.record(conn, &account, action, Subject::changed(&current, &now)).await?;
        trail.record_side_effects(conn, &account, &[now.id]).await?;
        Ok(written)
    })
    .await
}
