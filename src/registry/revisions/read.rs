//! Reads revisions, as a caller sees them.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, max, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{RecordThen, Revision, RevisionSummary};
use super::store::{OPEN, RevisionRow, lock_numbered, numbered};
use super::text::{changed, parsed, rebase, text_of};
use super::workflow::{RevisionAction, RevisionState};
use super::{comments, credits};
use crate::access::account::Account;
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::db::enum_text::{Word, text};
use crate::db::schema::revisions;
use crate::error::ApiError;
use crate::http::page::{Order, Slice, Window};
use crate::registry::initiatives;
use crate::registry::initiatives::answer::{Initiative, InitiativeRef};
use crate::registry::people::names_of;
use crate::registry::references;
use crate::registry::references::Resource;

/// True if the caller sees revisions of this initiative that are not published: its council and network officers.
fn is_insider(reach: Reach, record: &Initiative) -> bool {
    let steward = record.steward.council.as_ref().map(|council| council.id);
    reach.is_officer() || (steward.is_some() && steward == reach.council)
}

/// The revision with a number of an initiative, if the caller can see it; otherwise 404. `named` is the part of the
/// address: the initiative, a slash, and the number. What follows another slash is not looked at.
pub async fn locate(conn: &mut AsyncPgConnection, account: &Account, named: &str) -> Result<Revision, ApiError> {
    let mut parts = named.split('/');
    let (initiative, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let id = references::require_id(conn, Resource::Initiative, initiative).await?;
    let number = number_of(number)?;
    lock_numbered(conn, id, number).await?;
    find(conn, Some(account), id, number).await
}

/// The number in an address.
pub fn number_of(segment: &str) -> Result<i32, ApiError> {
    segment.parse().ok().filter(|number| *number > 0).ok_or_else(|| ApiError::not_found("revision"))
}

/// A revision, as the caller sees it: readers see the texts that were published, without the people. 404 otherwise.
pub async fn find(
    conn: &mut AsyncPgConnection,
    account: Option<&Account>,
    initiative: Uuid,
    number: i32,
) -> Result<Revision, ApiError> {
    let reach = account.map_or(Reach::PUBLIC, Account::reach);
    let record = initiatives::store::find(conn, reach, initiative).await?;
    find_of(conn, account, &record, number).await
}

/// The same, of an initiative that was read for this caller.
pub async fn find_of(
    conn: &mut AsyncPgConnection,
    account: Option<&Account>,
    record: &Initiative,
    number: i32,
) -> Result<Revision, ApiError> {
    let reach = account.map_or(Reach::PUBLIC, Account::reach);
    let row: Option<RevisionRow> =
        numbered(record.id, number).select(RevisionRow::as_select()).first(conn).await.optional()?;
    let row = row.ok_or_else(|| ApiError::not_found("revision"))?;
    let is_insider = is_insider(reach, record);
    if !is_insider && !row.state().was_published() {
        return Err(ApiError::not_found("revision"));
    }
    let now = text_of(record)?;
    let (body, conflicts) = match (&row.content, &row.base) {
        (None, _) => (now.clone(), Vec::new()),
        (Some(content), Some(base)) if OPEN.contains(&row.state()) => {
            let rebased = rebase(base, &now, content);
            (rebased.text, rebased.conflicts)
        }
        (Some(content), _) => (content.clone(), Vec::new()),
    };
    let is_draft = record.published_at.is_none() || row.content.is_none();
    let changed = if is_draft { Vec::new() } else { changed(&now, &body) };
    let mut body = parsed(body)?;
    if !is_insider && body.visibility > reach.level.max(Visibility::Public) {
        // It was for fewer readers than the initiative is now.
        return Err(ApiError::not_found("revision"));
    }
    if let Some(parent) = &body.parent
        && row.content.is_some()
        && !sees_parent(conn, reach, parent).await?
    {
        body.parent = None;
    }
    let comments = if is_insider { comments::of(conn, row.id).await? } else { Vec::new() };
    let people = names_of(conn, if is_insider { row.people() } else { Vec::new() }).await?;
    let person = |id: Option<Uuid>| id.and_then(|id| people.get(&id).cloned());
    let writers = row.writers().into_iter().filter_map(|id| person(Some(id))).collect();
    let is_officer = account.is_some_and(|account| account.role.is_officer());
    let may_act = is_insider && account.is_some_and(|account| account.role.is_author());
    let actions = RevisionAction::allowed(row.state(), is_officer).filter(|_| may_act).collect();
    Ok(Revision {
        id: row.id,
        number: row.number,
        state: row.state(),
        stands: stands(&row, is_insider),
        text: body,
        changed,
        conflicts,
        note: row.note.clone().filter(|_| is_insider),
        credits: credits::of(conn, row.id).await?,
        writers,
        submitted_by: person(row.submitted_by),
        submitted_at: row.submitted_at.filter(|_| is_insider),
        claimed_by: person(row.claimed_by),
        decided_by: person(row.decided_by),
        reason: row.reason.clone().filter(|_| is_insider),
        publish_at: row.publish_at.filter(|_| is_insider),
        published_at: row.published_at,
        comments,
        actions,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
        row,
        record: RecordThen {
            name: format!("{}/revisions/{number}", record.slug),
            version: record.version,
            steward: record.steward.council.as_ref().map(|council| council.id),
        },
        initiative: InitiativeRef { id: record.id, slug: record.slug.clone(), title: record.title.clone() },
    })
}

/// True if the caller sees the initiative that a text names as its parent.
async fn sees_parent(conn: &mut AsyncPgConnection, reach: Reach, parent: &str) -> Result<bool, ApiError> {
    match references::find_id(conn, Resource::Initiative, parent).await? {
        Some(id) => references::sees(conn, reach, id).await,
        None => Ok(false),
    }
}

/// Revisions of an initiative that the caller can see.
fn seen(reach: Reach, record: &Initiative) -> revisions::BoxedQuery<'static, Pg> {
    let query = revisions::table.filter(revisions::initiative_id.eq(record.id)).into_boxed();
    if is_insider(reach, record) {
        return query;
    }
    let levels = [Visibility::Public, Visibility::Members, Visibility::Officers, Visibility::Private];
    let levels: Vec<String> =
        levels.into_iter().filter(|level| *level <= reach.level).map(|level| text(&level)).collect();
    // What was for fewer readers than the initiative is now stays for them.
    let was_for = sql::<Bool>("(revisions.content IS NULL OR revisions.content ->> 'visibility' = ANY (")
        .bind::<Array<Text>, _>(levels)
        .sql("))");
    query
        .filter(revisions::state.eq_any([RevisionState::Published, RevisionState::Superseded].map(Word)))
        .filter(was_for)
}

/// The number of the revision before another one, of those that the caller can see; `None` if it is the first.
pub async fn before(
    conn: &mut AsyncPgConnection,
    reach: Reach,
    record: &Initiative,
    number: i32,
) -> Result<Option<i32>, ApiError> {
    let earlier = seen(reach, record).filter(revisions::number.lt(number));
    Ok(earlier.select(max(revisions::number)).first(conn).await?)
}

/// Order of an initiative's revisions: the latest first.
pub const LATEST_FIRST: Order = Order::new("revisions.number", "integer", true);

/// One page of the revisions of an initiative that the caller can see.
pub async fn list(
    conn: &mut AsyncPgConnection,
    account: Option<&Account>,
    segment: &str,
    window: &Window,
) -> Result<Slice<RevisionSummary>, ApiError> {
    let reach = account.map_or(Reach::PUBLIC, Account::reach);
    let record = initiatives::store::locate(conn, reach, segment).await?;
    let is_insider = is_insider(reach, &record);
    let total = seen(reach, &record).select(count_star()).first(conn).await?;
    let mut query = seen(reach, &record);
    if let Some(beyond) = window.beyond("revisions.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((RevisionRow::as_select(), window.key()))
        .order(window.order("revisions.id"))
        .limit(window.fetch())
        .load::<(RevisionRow, String)>(conn)
        .await?;
    let slice = Slice::new(rows, total, window, |row| row.id);
    Ok(slice.with_rows(|rows| rows.into_iter().map(|row| summary(row, is_insider)).collect()))
}

fn summary(row: RevisionRow, is_insider: bool) -> RevisionSummary {
    RevisionSummary {
        number: row.number,
        state: row.state(),
        stands: stands(&row, is_insider),
        note: row.note.clone().filter(|_| is_insider),
        published_at: row.published_at,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// Where a revision stands, in plain words.
pub fn stands(row: &RevisionRow, is_insider: bool) -> String {
    let on = |at: Option<DateTime<Utc>>| at.map_or_else(String::new, |at| format!(" on {}", at.format("%-d %B %Y")));
    match row.state() {
        RevisionState::Draft => "Not submitted.".into(),
        RevisionState::Submitted => format!("Submitted{}. It waits for a network officer.", on(row.submitted_at)),
        RevisionState::InReview => format!("Submitted{}. A network officer reviews it.", on(row.submitted_at)),
        RevisionState::ChangesRequested => {
            "A network officer asks for changes. Read the reason and the comments, change it and submit it again."
                .into()
        }
        RevisionState::Approved => match row.publish_at {
            Some(at) => format!("Approved. It will be published on {} (UTC).", at.format("%-d %B %Y at %H:%M")),
            None => "Approved. A network officer will publish it.".into(),
        },
        RevisionState::Rejected => "Rejected. It will not be published. Read the reason.".into(),
        RevisionState::Discarded => "Discarded by its authors.".into(),
        RevisionState::Published if is_insider => format!("Published{}. Readers see it.", on(row.published_at)),
        RevisionState::Published => format!("Published{}.", on(row.published_at)),
        RevisionState::Superseded => format!("Published{}. A newer revision has replaced it.", on(row.published_at)),
    }
}
