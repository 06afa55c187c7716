//! Applies suggestions to texts: when one is made, and when it is taken over into a revision.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::model::Suggestion;
use super::operations::{Operation, apply, only, touched};
use super::store::outdated;
use crate::access::account::Account;
use crate::db::schema::revisions;
use crate::error::ApiError;
use crate::http::input::{Draft, Faults, Schemas};
use crate::registry::initiatives;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::{NewInitiative, State};
use crate::registry::initiatives::resolve::resolve;
use crate::registry::revisions::store::{Writers, begin, edit, lock_open, numbered};
use crate::registry::revisions::text::{new_base, rebase, text_of};
use crate::registry::revisions::workflow::RevisionAction;

/// Longest note of a revision, in characters.
const LONGEST_NOTE: usize = 1000;

/// Checks that a suggestion fits the published text of an initiative and leads to a valid one. Returns the text of the
/// members that it touches.
pub async fn check(
    conn: &mut AsyncPgConnection,
    schemas: &Schemas,
    record: &Initiative,
    operations: &[Operation],
) -> Result<Value, ApiError> {
    check_published(record)?;
    let text = text_of(record)?;
    let every: Vec<(usize, &Operation)> = operations.iter().enumerate().collect();
    // The council that accepts it must be able to write the text; its author need not.
    let changed = changed(conn, schemas, None, record, (&text, &every)).await?;
    if changed == text {
        let mut faults = Faults::default();
        faults.add("/operations", "no_change", "leave the text as it is");
        faults.finish()?;
    }
    Ok(only(&text, &touched(operations)))
}

/// Takes the chosen operations of a suggestion over into the open revision of its initiative, or into a new one. Returns
/// the revision's id. The author of the suggestion becomes one of its writers. The suggestion comes from
/// [`locate`](super::store::locate), which has locked the initiative.
///
/// 409 if somebody reviews the open revision, or if a member has changed since the suggestion was made.
pub async fn take_over(
    conn: &mut AsyncPgConnection,
    schemas: &Schemas,
    account: &Account,
    suggestion: &Suggestion,
    chosen: &[(usize, &Operation)],
) -> Result<Uuid, ApiError> {
    let id = suggestion.initiative.id;
    let open = lock_open(conn, id).await?;
    let record = initiatives::store::find(conn, account.reach(), id).await?;
    check_published(&record)?;
    let now = text_of(&record)?;
    let texts = open.as_ref().and_then(|open| open.content.as_ref().zip(open.base.as_ref()));
    let (text, base) = match texts {
        Some((content, base)) => {
            let merged = rebase(base, &now, content);
            let base = new_base(base, &now, &merged.conflicts, |_| false);
            (merged.text, base)
        }
        None => (now.clone(), now.clone()),
    };
    if let Some(open) = &open {
        RevisionAction::Edit.check(open.state(), account.role.is_officer())?;
    }
    let outdated = outdated(chosen.iter().map(|(_, operation)| *operation), &suggestion.base, &text);
    if !outdated.is_empty() {
        return Err(ApiError::conflict(format!(
            "Somebody has changed these members of the text since the suggestion was made: {}. Accept its other \
             operations, or decline it and change the text yourself.",
            outdated.join(", ")
        )));
    }
    let changed = changed(conn, schemas, Some(account), &record, (&text, chosen)).await?;
    let writers = Writers::from(account).and(suggestion.author.id);
    Ok(match open {
        Some(open) => {
            edit(conn, open.id, (&changed, &base), writers).await?;
            open.id
        }
        None => {
            let number = begin(conn, &record, Some((&changed, &base)), Some(&note(suggestion)), writers).await?;
            numbered(id, number).select(revisions::id).first(conn).await?
        }
    })
}

fn check_published(record: &Initiative) -> Result<(), ApiError> {
    let why = match record.state {
        State::Published => return Ok(()),
        State::Draft => "is not published",
        State::Archived => "is archived: nobody keeps it up",
    };
    Err(ApiError::conflict(format!("This initiative {why}. Suggestions are for published initiatives.")))
}

fn note(suggestion: &Suggestion) -> String {
    let from = suggestion.author_council.as_ref().map(|council| format!(" ({})", council.name)).unwrap_or_default();
    let name = suggestion.author.name.as_deref().unwrap_or("a user");
    format!("Suggested by {name}{from}: {}", suggestion.reason).chars().take(LONGEST_NOTE).collect()
}

/// The text after the operations, if it is valid for this account; `None`: for whoever may write it.
async fn changed(
    conn: &mut AsyncPgConnection,
    schemas: &Schemas,
    account: Option<&Account>,
    record: &Initiative,
    (text, operations): (&Value, &[(usize, &Operation)]),
) -> Result<Value, ApiError> {
    let mut faults = Faults::default();
    let changed = apply(text, operations, &mut faults)?;
    faults.finish()?;
    let changed = changed.unwrap_or_default();
    let checked = match Draft::<NewInitiative>::new(changed.clone(), schemas) {
        Ok(draft) => resolve(conn, account, draft, Some(record.id)).await.map(|_| ()),
        Err(error) => Err(error),
    };
    checked.map_err(|error| in_operations(error, operations))?;
    Ok(changed)
}

/// Faults of a text as faults of the operations that led to it.
fn in_operations(error: ApiError, operations: &[(usize, &Operation)]) -> ApiError {
    let mut faults = Faults::default();
    for fault in error.faults() {
        let pointer = fault.pointer.as_deref().unwrap_or_default();
        let place = operations.iter().rev().find_map(|(position, operation)| {
            let within = pointer.strip_prefix(&operation.path)?;
            (within.is_empty() || within.starts_with('/')).then(|| format!("/operations/{position}/value{within}"))
        });
        let place = place.unwrap_or_else(|| "/operations".into());
        faults.add(place, &fault.code, format!("{pointer} {}", fault.detail));
    }
    faults.finish().err().unwrap_or(error)
}
