//! Changes of records that the caller has permission to see.

use actix_web::{HttpRequest, HttpResponse, get, web};

use crate::access::extractors::Anyone;
use crate::access::keys::Keys;
use crate::access::reach::Reach;
use crate::db::Db;
use crate::db::enum_text::text;
use crate::error::ApiError;
use crate::formats::feeds;
use crate::formats::feeds::{ATOM, Head};
use crate::http::input::Query;
use crate::http::page::base;
use crate::http::response::{Answer, Cacheable, Moves, moved};
use crate::read_model::extractor::CurrentSnapshot;
use crate::read_model::recent_changes::{FeedScope, latest};
use crate::read_model::snapshot::Snapshot;
use crate::registry::changes::cursor::Cursors;
use crate::registry::changes::model::{ChangeLinks, ChangePage, ChangeQuery, ChangedResource};
use crate::registry::changes::store;
use crate::registry::references;

/// Default number of changes on a page.
const DEFAULT_LIMIT: i64 = 200;
/// Maximum number of changes per page. Higher values count as this.
const MAX_LIMIT: i64 = 1000;
/// Number of changes in a feed.
const IN_A_FEED: usize = 50;

/// List changes
///
/// Changes of councils, themes, initiatives, memberships and organisations that you have permission to see. They are in
/// the order in which they took effect, oldest first. An `upsert` has the record as GET shows it. A `delete` names a
/// record that is gone, or that you can no longer see. You do not get an earlier change of a record if a later one
/// covers it.
///
/// To keep a copy in sync:
///
/// 1. Start with an empty copy, and request this address without `since`.
/// 2. In the order given, store each `upsert` under its `id`, and remove each `delete`.
/// 3. Request the address in `next`: at once while `more` is true, otherwise whenever you like.
///
/// `next` has the parameter `since`, a cursor that only the service can make. A cursor is valid only for the same
/// resources and permissions. If your role or council changes, or the database is restored, you get the error
/// `bad_cursor`. Then start again with an empty copy.
///
/// A page of long records can have fewer changes than `limit`. Of memberships, only network officers get the terms
/// here. Council editors get those of their council from `/v1/memberships`. Organisations have no `initiative_count`
/// here: count the initiatives in your copy.
#[utoipa::path(tag = "changes", extensions(("x-price" = json!({ "units": 2, "limit": 10 }))), params(ChangeQuery), responses(Cacheable, (status = 200, description = "Changes, oldest first", body = ChangePage)))]
#[get("/changes")]
pub async fn list_changes(
    request: HttpRequest,
    db: web::Data<Db>,
    caller: Anyone,
    keys: web::Data<Keys>,
    query: Query<ChangeQuery>,
) -> Result<HttpResponse, ApiError> {
    let (reach, limit) = (caller.reach(), query.limit.map_or(DEFAULT_LIMIT, clamp));
    let resources = if query.resource.is_empty() { &ChangedResource::ALL[..] } else { &query.resource };
    let cursors = Cursors::new(&keys, reach, resources);
    let since = query.since.as_deref().map(|since| cursors.open(since)).transpose()?;
    let batch = store::after(&mut *db.get().await?, reach, resources, since, limit).await?;

    let next = next(&request, &query, &cursors.seal(batch.end));
    let link = format!("<{next}>; rel=\"next\"");
    let modified = batch.changes.last().map(|change| change.changed_at);
    let page = ChangePage { data: batch.changes, page: ChangeLinks { limit, next, more: batch.more } };
    Answer::json(&request).modified(modified).link(link).send_json(&page)
}

fn clamp(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(MAX_LIMIT).min(MAX_LIMIT)
}

/// The address of the next page, with the caller's resources and limit.
fn next(request: &HttpRequest, query: &ChangeQuery, cursor: &str) -> String {
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for resource in &query.resource {
        pairs.append_pair("resource", &text(resource));
    }
    if let Some(limit) = query.limit {
        pairs.append_pair("limit", &limit.to_string());
    }
    pairs.append_pair("since", cursor);
    format!("{}{}?{}", base(request), request.path(), pairs.finish())
}

/// Follow all changes as an Atom feed
///
/// The last 50 changes, newest first (RFC 4287). Records that are gone, or that you can no longer see, are
/// `at:deleted-entry` elements (RFC 6721).
#[utoipa::path(tag = "changes", extensions(("x-price" = json!({ "units": 2 }))), responses(Cacheable, (status = 200, description = "Atom feed", body = String, content_type = "application/atom+xml")))]
#[get("/changes.atom")]
pub async fn feed_changes(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
) -> Result<HttpResponse, ApiError> {
    let title = "Changes in the CCIN registry".into();
    answer(&request, &snapshot, caller.reach(), FeedScope::Registry, title, "/v1/changes.atom".into())
}

/// Follow a council as an Atom feed
///
/// The last 50 changes, newest first (RFC 4287). The feed covers the council, its memberships, and the initiatives that
/// it leads or takes part in. Records that are gone no longer belong to a council. Only `/v1/changes.atom` lists them.
#[utoipa::path(tag = "changes", extensions(("x-price" = json!({ "units": 2 }))), params(("council" = String, Path, description = "Slug, id or GSS code", example = "oldham")), responses(Cacheable, Moves, (status = 200, description = "Atom feed", body = String, content_type = "application/atom+xml")))]
#[get("/councils/{council}/changes.atom")]
pub async fn feed_council_changes(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    council: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = &snapshot.locate_council(&council)?.record;
    if references::is_former(&council, &found.slug, found.id) {
        return Ok(moved(&request, &found.slug));
    }
    let title = format!("{} in the CCIN registry", found.name);
    let permanent = format!("/v1/councils/{}/changes.atom", found.id);
    answer(&request, &snapshot, caller.reach(), FeedScope::Council(found.id), title, permanent)
}

/// Follow a theme as an Atom feed
///
/// The last 50 changes, newest first (RFC 4287). The feed covers the theme and the initiatives with this theme or a
/// narrower one. Records that are gone no longer belong to a theme. Only `/v1/changes.atom` lists them.
#[utoipa::path(tag = "changes", extensions(("x-price" = json!({ "units": 2 }))), params(("theme" = String, Path, description = "Slug or id", example = "housing")), responses(Cacheable, Moves, (status = 200, description = "Atom feed", body = String, content_type = "application/atom+xml")))]
#[get("/themes/{theme}/changes.atom")]
pub async fn feed_theme_changes(
    request: HttpRequest,
    snapshot: CurrentSnapshot,
    caller: Anyone,
    theme: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let found = &snapshot.locate_theme(&theme)?.record;
    if references::is_former(&theme, &found.slug, found.id) {
        return Ok(moved(&request, &found.slug));
    }
    let title = format!("{} in the CCIN registry", found.label);
    let permanent = format!("/v1/themes/{}/changes.atom", found.id);
    answer(&request, &snapshot, caller.reach(), FeedScope::Theme(found.id), title, permanent)
}

fn answer(
    request: &HttpRequest,
    snapshot: &Snapshot,
    reach: Reach,
    subject: FeedScope,
    title: String,
    permanent: String,
) -> Result<HttpResponse, ApiError> {
    let base = base(request);
    let tombstones = matches!(subject, FeedScope::Registry);
    let changes = latest(snapshot, reach, subject, IN_A_FEED)?;
    let modified = changes.first().map(|change| change.changed_at);
    let head = Head {
        title,
        permanent: format!("{base}{permanent}"),
        address: format!("{base}{}", request.path()),
        base,
        tombstones,
    };
    Ok(Answer::new(request, ATOM).modified(modified).send(feeds::write(head, &changes)?))
}
