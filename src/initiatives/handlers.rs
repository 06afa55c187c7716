//! Initiatives. Everybody reads what is published for them; authors draft, network officers publish.

use actix_web::{Either, HttpRequest, HttpResponse, delete, get, patch, post, put, web};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::embed::embed;
use super::filter::InitiativeFilter;
use super::model::{Initiative, NewInitiative, State};
use super::query::{InitiativeQuery, InitiativeView};
use super::resolve::resolve;
use super::within::{Within, within_council, within_theme};
use super::{store, write};
use crate::audit::model::Action;
use crate::audit::subject::Subject;
use crate::audit::trail::Trail;
use crate::auth::caller::{Account, Anyone, Author, Moderator, Reach};
use crate::auth::scope::{Moderate, WriteInitiatives};
use crate::citation::form::Form;
use crate::citation::linked::LinkedData;
use crate::db::Db;
use crate::db::word::text;
use crate::error::ApiError;
use crate::idempotency::Idempotency;
use crate::input::{Body, Draft, IfMatch, NoParams, Patch, Query};
use crate::page::{Listing, Page, Pages};
use crate::refs;
use crate::reply::{Record, Written, moved, no_content};
use crate::search::marks::Marks;
use crate::search::store::forgiving;
use crate::users::model::Role;
use crate::withdrawal::Withdrawal;

/// List initiatives
///
/// Filtered, sorted and paged; those that the caller may see.
#[utoipa::path(tag = "initiatives", params(InitiativeQuery), responses((status = 200, description = "Initiatives", body = Page<Initiative>)))]
#[get("/initiatives")]
pub async fn list_initiatives(
    db: web::Data<Db>,
    caller: Anyone,
    pages: Pages,
    query: Query<InitiativeQuery>,
) -> Result<Listing<Initiative>, ApiError> {
    let mut conn = db.get().await?;
    let filter = InitiativeFilter::new(&mut conn, caller.reach(), &query).await?;
    page(&mut conn, caller, pages, query, filter).await
}

/// List a council's initiatives
///
/// Those that it leads or takes part in, with the filters of `list_initiatives`.
#[utoipa::path(tag = "councils", params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham"), InitiativeQuery), responses((status = 200, description = "Initiatives", body = Page<Initiative>)))]
#[get("/councils/{council}/initiatives")]
pub async fn list_council_initiatives(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    pages: Pages,
    council: web::Path<String>,
    query: Query<InitiativeQuery>,
) -> Result<Either<Listing<Initiative>, HttpResponse>, ApiError> {
    let mut conn = db.get().await?;
    match within_council(&mut conn, caller.reach(), &council, &query).await? {
        Within::Moved(slug) => Ok(Either::Right(moved(&request, &slug))),
        Within::Here(_, filter) => Ok(Either::Left(page(&mut conn, caller, pages, query, *filter).await?)),
    }
}

/// List a theme's initiatives
///
/// Those on the theme or on themes within it, with the filters of `list_initiatives`.
#[utoipa::path(tag = "themes", params(("theme" = String, Path, description = "Slug or id", example = "housing"), InitiativeQuery), responses((status = 200, description = "Initiatives", body = Page<Initiative>)))]
#[get("/themes/{theme}/initiatives")]
pub async fn list_theme_initiatives(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    pages: Pages,
    theme: web::Path<String>,
    query: Query<InitiativeQuery>,
) -> Result<Either<Listing<Initiative>, HttpResponse>, ApiError> {
    let mut conn = db.get().await?;
    match within_theme(&mut conn, caller.reach(), &theme, &query).await? {
        Within::Moved(slug) => Ok(Either::Right(moved(&request, &slug))),
        Within::Here(_, filter) => Ok(Either::Left(page(&mut conn, caller, pages, query, *filter).await?)),
    }
}

async fn page(
    conn: &mut AsyncPgConnection,
    caller: Anyone,
    pages: Pages,
    query: Query<InitiativeQuery>,
    filter: InitiativeFilter,
) -> Result<Listing<Initiative>, ApiError> {
    let window = pages.window(query.limit, query.cursor.as_deref(), query.order(filter.area.near))?;
    let (mut slice, search) = forgiving(conn, caller.reach(), filter.words.clone(), async |conn, words| {
        let filter = InitiativeFilter { words, ..filter.clone() };
        store::list(conn, caller.reach(), &filter, &window).await
    })
    .await?;
    embed(conn, caller.reach(), &query.include, &mut slice.rows).await?;
    if let Some(near) = filter.area.near {
        for found in &mut slice.rows {
            found.distance_km = found.location.map(|place| near.kilometres(place.into()));
        }
    }
    if let Some(search) = search.as_ref().filter(|_| query.highlight == Some(true)) {
        let marks = Marks::of(conn, &search.searched_for).await?;
        for found in &mut slice.rows {
            found.highlight = Some(marks.highlight(&found.title, Some(&found.summary), found.texts()));
        }
    }
    let fields = query.0.fields.map(|fields| fields.iter().map(text).collect());
    Ok(pages.listing(slice, window.limit, fields).with_search(search))
}

/// Find an initiative
///
/// By slug or id, with its outcomes, costs, sources and partners. A former slug redirects (308). By `Accept` also as
/// schema.org JSON-LD, or as Markdown for pasting into a page; `fields` and `include` go with plain JSON only.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), InitiativeView),
    responses((status = 200, description = "The initiative", content(
        (Initiative = "application/json"), (LinkedData = "application/ld+json"), (String = "text/markdown")))))]
#[get("/initiatives/{initiative}")]
pub async fn find_initiative(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    initiative: web::Path<String>,
    view: Query<InitiativeView>,
) -> Result<Either<Record<Initiative>, HttpResponse>, ApiError> {
    let form = Form::wanted(&request, &[Form::Json, Form::LinkedData, Form::Markdown])?;
    form.allows(&[("fields", view.fields.is_some()), ("include", !view.include.is_empty())])?;
    let mut conn = db.get().await?;
    let found = store::locate(&mut conn, caller.reach(), &initiative).await?;
    if refs::is_former(&initiative, &found.slug, found.id) {
        return Ok(Either::Right(moved(&request, &found.slug)));
    }
    if form != Form::Json {
        return Ok(Either::Right(form.initiative(&request, &found)?));
    }
    let mut page = [found];
    embed(&mut conn, caller.reach(), &view.include, &mut page).await?;
    let [found] = page;
    Ok(Either::Left(Record::picked(found, view.0.fields.map(|fields| fields.iter().map(text).collect()))))
}

/// Enter an initiative
///
/// It begins as a draft, for its own council and network officers. Outcomes, sources, partners and costs are part of it.
#[utoipa::path(tag = "initiatives", params(Idempotency), request_body = NewInitiative, responses((status = 201, description = "Entered", body = Initiative)), security(("bearer" = [])))]
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
/// Children that are left out are removed. Authors change drafts of their own council; network officers any record.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working")), request_body = NewInitiative, responses((status = 200, description = "As it is now", body = Initiative)), security(("bearer" = [])))]
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
/// A merge patch (RFC 7396): null clears a member, an array replaces the whole array.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working")), request_body(content = NewInitiative, content_type = "application/merge-patch+json"), responses((status = 200, description = "As it is now", body = Initiative)), security(("bearer" = [])))]
#[patch("/initiatives/{initiative}")]
pub async fn update_initiative(
    db: web::Data<Db>,
    caller: Author<WriteInitiatives>,
    initiative: web::Path<String>,
    if_match: IfMatch,
    trail: Trail,
    patch: Patch,
) -> Result<Written, ApiError> {
    change(&db, &trail, caller.0, &initiative, if_match, |current| patch.merge(&NewInitiative::from(current))).await
}

/// Withdraw an initiative
///
/// What was ever published leaves a tombstone with the public reason: its address answers 404 with the reason. A mere draft is deleted.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working"), Withdrawal), responses((status = 204, description = "Withdrawn")), security(("bearer" = [])))]
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
/// For network officers. Who wrote a record does not publish it, a network admin apart.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working")), responses((status = 200, description = "As it is now", body = Initiative)), security(("bearer" = [])))]
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

/// Take an initiative back to draft
///
/// For network officers. Readers no longer see it; its slug and id stay.
#[utoipa::path(tag = "initiatives", params(("initiative" = String, Path, description = "Slug or id", example = "get-oldham-working")), responses((status = 200, description = "As it is now", body = Initiative)), security(("bearer" = [])))]
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

/// The record, if this caller may change it as it stands: visible, the own council's, a draft, and as last read.
async fn editable(
    conn: &mut AsyncPgConnection,
    account: Account,
    segment: &str,
    if_match: &IfMatch,
) -> Result<Initiative, ApiError> {
    let current = store::locate(conn, account.reach(), segment).await?;
    if let Some(own) = account.bound_to() {
        if current.lead_council.as_ref().map(|lead| lead.id) != Some(own) {
            return Err(ApiError::forbidden("Another council leads this initiative; only that council changes it."));
        }
        if current.state != State::Draft {
            return Err(ApiError::forbidden(
                "This initiative is published. Ask a network officer to change it or to take it back to draft.",
            ));
        }
    }
    if !if_match.allows(current.version) {
        return Err(ApiError::stale(&Record::etag(&current)?));
    }
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
        trail.record(conn, &account, Action::InitiativeUpdate, Subject::changed(&current, &now)).await?;
        Written::changed(&now)
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
    let own_work = store::author(&mut conn, current.id).await? == Some(account.user_id);
    if state == State::Published && own_work && account.role != Role::NetworkAdmin {
        return Err(ApiError::forbidden("You wrote this initiative; another network officer publishes it."));
    }
    conn.transaction(async |conn| {
        if !write::set_state(conn, &current, state).await? {
            return Err(stale(conn, current.id).await?);
        }
        let now = store::find(conn, account.reach(), current.id).await?;
        let action = if state == State::Published { Action::InitiativePublish } else { Action::InitiativeUnpublish };
        trail.record(conn, &account, action, Subject::changed(&current, &now)).await?;
        Written::changed(&now)
    })
    .await
}
