//! Rows of suggestions, as a caller sees them: the author, the council that looks after the initiative, and network
//! officers.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::model::{NewSuggestion, Suggestion, SuggestionState, TakenInto};
use super::operations::{Operation, apply, touched};
use crate::access::account::Account;
use crate::db::enum_text::Word;
use crate::db::schema::{initiatives, revisions, suggestions};
use crate::error::ApiError;
use crate::http::input::Faults;
use crate::http::page::{Order, Slice, Window};
use crate::registry::initiatives::answer::{Initiative, InitiativeRef};
use crate::registry::initiatives::store::{load, visible};
use crate::registry::people::names_of;
use crate::registry::references;
use crate::registry::revisions::diff::in_words;
use crate::registry::revisions::store::{lock_open, lock_present};
use crate::registry::revisions::text::text_of;

/// Columns of a suggestion.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = suggestions, check_for_backend(Pg))]
pub struct SuggestionRow {
    id: Uuid,
    initiative_id: Uuid,
    author_id: Uuid,
    author_council_id: Option<Uuid>,
    state: Word<SuggestionState>,
    reason: String,
    operations: Value,
    base: Value,
    accepted: Vec<Option<i32>>,
    revision_id: Option<Uuid>,
    decided_by: Option<Uuid>,
    decided_at: Option<DateTime<Utc>>,
    reply: Option<String>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Which suggestions to list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// In these states; empty: in all.
    pub states: Vec<SuggestionState>,
    /// For this initiative; `None`: for all.
    pub initiative: Option<Uuid>,
    /// For initiatives that these councils look after; `None`: for all.
    pub councils: Option<Vec<Uuid>>,
    /// Made by the caller, or by others.
    pub mine: Option<bool>,
}

/// Order of a list: the latest first.
pub const LATEST_FIRST: Order = Order::new("suggestions.created_at", "timestamptz", true);

/// Most open suggestions of one user for one initiative, so that nobody buries a council in them.
const MOST_OPEN: i64 = 10;

type Joined = diesel::dsl::InnerJoin<suggestions::table, initiatives::table>;
type Boxed = diesel::dsl::IntoBoxed<'static, Joined, Pg>;

/// Suggestions that a caller sees: the caller's own, and those that the caller decides on, for initiatives that the
/// caller sees.
fn seen(account: &Account) -> Boxed {
    let query = suggestions::table.inner_join(initiatives::table).into_boxed();
    let query = query.filter(suggestions::initiative_id.eq_any(visible(account.reach()).select(initiatives::id)));
    let is_own = suggestions::author_id.eq(account.user_id);
    match account.bound_to() {
        None => query,
        Some(own) if account.role.is_author() => {
            query.filter(is_own.or(initiatives::steward_id.is_not_distinct_from(own)))
        }
        Some(_) => query.filter(is_own),
    }
}

fn filtered(account: &Account, wanted: &Wanted) -> Boxed {
    let mut query = seen(account);
    if !wanted.states.is_empty() {
        query = query.filter(suggestions::state.eq_any(wanted.states.iter().map(|one| Word(*one)).collect::<Vec<_>>()));
    }
    if let Some(initiative) = wanted.initiative {
        query = query.filter(suggestions::initiative_id.eq(initiative));
    }
    if let Some(councils) = &wanted.councils {
        query = query.filter(initiatives::steward_id.eq_any(councils.clone()));
    }
    match wanted.mine {
        Some(true) => query.filter(suggestions::author_id.eq(account.user_id)),
        Some(false) => query.filter(suggestions::author_id.ne(account.user_id)),
        None => query,
    }
}

/// One page of the suggestions that the caller sees.
pub async fn list(
    conn: &mut AsyncPgConnection,
    account: &Account,
    wanted: &Wanted,
    window: &Window,
) -> Result<Slice<Suggestion>, ApiError> {
    let total = filtered(account, wanted).select(count_star()).first(conn).await?;
    let mut query = filtered(account, wanted);
    if let Some(beyond) = window.beyond("suggestions.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((SuggestionRow::as_select(), window.key()))
        .order(window.order("suggestions.id"))
        .limit(window.fetch())
        .load::<(SuggestionRow, String)>(conn)
        .await?;
    let mut slice = Slice::new(rows, total, window, |row| row.id);
    let rows = std::mem::take(&mut slice.rows);
    let shown = show(conn, account, rows).await?;
    Ok(slice.with_rows(|_| shown))
}

/// A suggestion that the caller sees; otherwise 404.
pub async fn find(conn: &mut AsyncPgConnection, account: &Account, id: Uuid) -> Result<Suggestion, ApiError> {
    let rows: Vec<SuggestionRow> =
        seen(account).filter(suggestions::id.eq(id)).select(SuggestionRow::as_select()).load(conn).await?;
    show(conn, account, rows).await?.pop().ok_or_else(|| ApiError::not_found("suggestion"))
}

/// A suggestion that the caller sees, with its initiative locked until the end of the transaction: writers of one
/// initiative wait for each other at its revision, before they lock anything else.
pub async fn locate(conn: &mut AsyncPgConnection, account: &Account, id: Uuid) -> Result<Suggestion, ApiError> {
    let initiative: Option<Uuid> =
        suggestions::table.find(id).select(suggestions::initiative_id).first(conn).await.optional()?;
    let initiative = initiative.ok_or_else(|| ApiError::not_found("suggestion"))?;
    if lock_open(conn, initiative).await?.is_none() {
        lock_present(conn, initiative).await?;
    }
    suggestions::table.find(id).select(suggestions::id).for_update().first::<Uuid>(conn).await?;
    find(conn, account, id).await
}

async fn show(
    conn: &mut AsyncPgConnection,
    account: &Account,
    rows: Vec<SuggestionRow>,
) -> Result<Vec<Suggestion>, ApiError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.initiative_id).collect();
    let records = load(conn, account.reach(), &ids).await?;
    let records: HashMap<Uuid, (Initiative, Value)> = records
        .into_iter()
        .map(|record| text_of(&record).map(|text| (record.id, (record, text))))
        .collect::<Result<_, _>>()?;
    let people = names_of(conn, rows.iter().flat_map(|row| [Some(row.author_id), row.decided_by]).flatten().collect());
    let people = people.await?;
    let councils: Vec<Uuid> = rows.iter().filter_map(|row| row.author_council_id).collect();
    let councils = references::councils_by_id(conn, &councils).await?;
    let taken: Vec<(Uuid, i32, i32)> = revisions::table
        .filter(revisions::id.eq_any(rows.iter().filter_map(|row| row.revision_id).collect::<Vec<_>>()))
        .select((revisions::id, revisions::number, revisions::version))
        .load(conn)
        .await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in rows {
        let (Some((record, text)), Some(author)) = (records.get(&row.initiative_id), people.get(&row.author_id)) else {
            continue;
        };
        let operations: Vec<Operation> = serde_json::from_value(row.operations.clone()).map_err(ApiError::internal)?;
        let every: Vec<(usize, &Operation)> = operations.iter().enumerate().collect();
        let after = apply(&row.base, &every, &mut Faults::default())?.unwrap_or_default();
        let taken_into = taken.iter().find(|(id, ..)| Some(*id) == row.revision_id);
        let outdated = outdated(&operations, &row.base, text);
        let one = Suggestion {
            id: row.id,
            initiative: InitiativeRef { id: record.id, slug: record.slug.clone(), title: record.title.clone() },
            council: record.steward.council.clone(),
            state: row.state.0,
            stands: stands(&row, record.steward.council.is_some(), taken_into.map(|(_, number, _)| *number)),
            in_words: in_words(&row.base, &after),
            outdated: if row.state.0 == SuggestionState::Open { outdated } else { Vec::new() },
            actions: Vec::new(),
            base: row.base,
            operations,
            author: author.clone(),
            author_council: row.author_council_id.and_then(|id| councils.get(&id).cloned()),
            accepted: row.accepted.into_iter().flatten().collect(),
            revision: taken_into.map(|(_, number, _)| *number),
            decided_by: row.decided_by.and_then(|id| people.get(&id).cloned()),
            decided_at: row.decided_at,
            reason: row.reason,
            reply: row.reply,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
            taken_into: taken_into.map(|(id, number, version)| TakenInto {
                id: *id,
                version: *version,
                name: format!("{}/revisions/{number}", record.slug),
            }),
        };
        shown.push(one.with_actions(account));
    }
    Ok(shown)
}

/// Members that some operations touch and that a text has no longer as in `base`.
pub fn outdated<'a>(operations: impl IntoIterator<Item = &'a Operation>, base: &Value, text: &Value) -> Vec<String> {
    touched(operations).into_iter().filter(|name| base[*name] != text[*name]).map(str::to_owned).collect()
}

fn stands(row: &SuggestionRow, has_council: bool, revision: Option<i32>) -> String {
    let on = row.decided_at.map_or_else(String::new, |at| format!(" on {}", at.format("%-d %B %Y")));
    let into = revision.map_or_else(String::new, |number| format!(" into revision {number}"));
    match row.state.0 {
        SuggestionState::Open if !has_council => "Open. A network officer decides.".into(),
        SuggestionState::Open => "Open. The council that looks after the initiative decides.".into(),
        SuggestionState::Accepted => format!("Accepted{on}. All changes were taken over{into}."),
        SuggestionState::PartlyAccepted => format!("Accepted in part{on}. Some changes were taken over{into}."),
        SuggestionState::Declined => format!("Declined{on}. Read the reply."),
        SuggestionState::Withdrawn => format!("Withdrawn by its author{on}."),
    }
}

/// Makes a suggestion. `base` has the texts of the members that it touches. 409 if this user has too many open ones.
pub async fn create(
    conn: &mut AsyncPgConnection,
    account: &Account,
    initiative: Uuid,
    (new, base): (&NewSuggestion, &Value),
) -> Result<Uuid, ApiError> {
    let open: i64 = suggestions::table
        .filter(suggestions::initiative_id.eq(initiative))
        .filter(suggestions::author_id.eq(account.user_id))
        .filter(suggestions::state.eq(Word(SuggestionState::Open)))
        .select(count_star())
        .first(conn)
        .await?;
    if open >= MOST_OPEN {
        return Err(ApiError::conflict(format!(
            "You have {MOST_OPEN} open suggestions for this initiative. Withdraw one, or wait for a decision."
        )));
    }
    let id = Uuid::now_v7();
    diesel::insert_into(suggestions::table)
        .values((
            suggestions::id.eq(id),
            suggestions::initiative_id.eq(initiative),
            suggestions::author_id.eq(account.user_id),
            suggestions::author_council_id.eq(account.council_id),
            suggestions::reason.eq(&*new.reason),
            suggestions::operations.eq(serde_json::to_value(&new.operations).map_err(ApiError::internal)?),
            suggestions::base.eq(base),
        ))
        .execute(conn)
        .await?;
    Ok(id)
}

/// How a suggestion ends.
#[derive(Debug, Default)]
pub struct Ending<'a> {
    /// State that it ends in.
    pub state: SuggestionState,
    /// User who decided; `None`: its author has withdrawn it.
    pub by: Option<Uuid>,
    /// Answer to the author.
    pub reply: Option<&'a str>,
    /// Positions of the operations that were accepted.
    pub accepted: Vec<i32>,
    /// Revision that they went into.
    pub revision: Option<Uuid>,
}

/// Ends a suggestion.
pub async fn end(conn: &mut AsyncPgConnection, id: Uuid, ending: Ending<'_>) -> Result<(), ApiError> {
    let change = (
        suggestions::state.eq(Word(ending.state)),
        suggestions::decided_by.eq(ending.by),
        suggestions::decided_at.eq(Utc::now()),
        suggestions::reply.eq(ending.reply),
        suggestions::accepted.eq(ending.accepted.into_iter().map(Some).collect::<Vec<_>>()),
        suggestions::revision_id.eq(ending.revision),
    );
    diesel::update(suggestions::table.find(id)).set(change).execute(conn).await?;
    Ok(())
}
