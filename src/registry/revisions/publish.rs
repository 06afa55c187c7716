//! Publishes revisions, and keeps the texts that they replace.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::store::{RevisionRow, add_writer};
use super::text::{rebase, text_of};
use super::workflow::{RevisionAction, RevisionState};
use crate::access::account::Account;
use crate::db::enum_text::{Word, text};
use crate::db::prepared::Prepared;
use crate::db::schema::revisions;
use crate::error::ApiError;
use crate::http::input::{Draft, Schemas};
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::{NewInitiative, State};
use crate::registry::initiatives::resolve::resolve;
use crate::registry::initiatives::write;

/// Who publishes a revision, and why.
#[derive(Clone, Copy, Debug, Default)]
pub struct Publisher<'a> {
    /// The officer; `None`: the service itself, or nobody had to decide.
    pub by: Option<Uuid>,
    /// Reason, for the authors.
    pub reason: Option<&'a str>,
}

/// Makes a revision, which the caller has locked, the text that readers see. `record` is the initiative with all its
/// members. False if that is not its current version.
///
/// 409 if the published text has changed meanwhile in the same members; what else has changed stays.
pub async fn publish(
    conn: &mut AsyncPgConnection,
    schemas: &Schemas,
    record: &Initiative,
    row: &RevisionRow,
    publisher: Publisher<'_>,
) -> Result<bool, ApiError> {
    let (is_current, at) = match (&row.content, &row.base) {
        (Some(content), Some(base)) => {
            let now = text_of(record)?;
            let merged = rebase(base, &now, content);
            if !merged.conflicts.is_empty() {
                return Err(ApiError::conflict(format!(
                    "Somebody has changed these members of the published text since: {}. The authors must look at them \
                     and send them again.",
                    merged.conflicts.join(", ")
                )));
            }
            let draft = Draft::<NewInitiative>::new(merged.text, schemas)?;
            let mut resolved = resolve(conn, None, draft, Some(record.id)).await?;
            resolved.is_own = row.is_by_council;
            let at = supersede(conn, record.id, &now).await?;
            (write::update(conn, record, &resolved).await?, at)
        }
        _ => (write::set_state(conn, record, State::Published).await?, Utc::now()),
    };
    if !is_current {
        return Ok(false);
    }
    let is_decision = publisher.by.is_some() || publisher.reason.is_some();
    let change = (
        revisions::state.eq(Word(RevisionState::Published)),
        revisions::content.eq(None::<Value>),
        revisions::base.eq(None::<Value>),
        revisions::publish_at.eq(None::<DateTime<Utc>>),
        revisions::published_at.eq(at),
        // On schedule, the decision of before stays.
        is_decision.then_some((revisions::decided_by.eq(publisher.by), revisions::reason.eq(publisher.reason))),
    );
    diesel::update(revisions::table.find(row.id)).set(change).execute(conn).await?;
    Ok(true)
}

const SUPERSEDE: &str = "
    UPDATE revisions SET state = 'superseded', content = $1, replaced_at = statement_timestamp()
    WHERE initiative_id = $2 AND state = 'published' RETURNING replaced_at";

/// Keeps the published text of an initiative before another replaces it. Returns when: the next text is published at the
/// same moment, so that at every moment readers saw one.
async fn supersede(conn: &mut AsyncPgConnection, initiative: Uuid, text: &Value) -> Result<DateTime<Utc>, ApiError> {
    let query = Prepared::new(SUPERSEDE).bind::<Jsonb, _>(text).bind::<SqlUuid, _>(initiative);
    Ok(query.returning::<Timestamptz>().get_result(conn).await?)
}

const FOLLOW: &str = "
    INSERT INTO revisions (initiative_id, number, state, writers, is_by_council, published_at)
    SELECT initiative_id, max(number) + 1, $1, $2, $3, $4
    FROM revisions WHERE initiative_id = $5 GROUP BY initiative_id";

/// Adds a revision for the present text of an initiative, with these writers. It is a draft unless it was published at a
/// moment.
async fn follow(
    conn: &mut AsyncPgConnection,
    initiative: Uuid,
    published_at: Option<DateTime<Utc>>,
    writers: Vec<Option<Uuid>>,
    is_by_council: bool,
) -> Result<(), ApiError> {
    let state = if published_at.is_some() { RevisionState::Published } else { RevisionState::Draft };
    Prepared::new(FOLLOW)
        .bind::<Text, _>(text(&state))
        .bind::<Array<Nullable<SqlUuid>>, _>(writers)
        .bind::<Bool, _>(is_by_council)
        .bind::<Nullable<Timestamptz>, _>(published_at)
        .bind::<SqlUuid, _>(initiative)
        .execute(conn)
        .await?;
    Ok(())
}

/// Checks that the present text of an initiative can be edited: 409 while it is being reviewed, rejected or archived.
pub fn check_edit(present: &RevisionRow, record: &Initiative, author: &Account) -> Result<(), ApiError> {
    match record.state {
        State::Draft if present.state() == RevisionState::Rejected => Err(ApiError::conflict(format!(
            "This text was rejected. To write another, begin a revision: POST /v1/initiatives/{}/revisions.",
            record.slug
        ))),
        State::Draft => RevisionAction::Edit.check(present.state(), author.role.is_officer()),
        State::Published => Ok(()),
        State::Archived => Err(ApiError::conflict("This initiative is archived. Restore it first.")),
    }
}

/// Keeps what an edit of the present text replaced: a published text becomes a superseded revision.
pub async fn keep_edit(
    conn: &mut AsyncPgConnection,
    present: &RevisionRow,
    before: &Initiative,
    author: &Account,
) -> Result<(), ApiError> {
    if before.state == State::Draft {
        return add_writer(conn, present.id, author).await;
    }
    let at = supersede(conn, before.id, &text_of(before)?).await?;
    let by_council = author.bound_to().is_some();
    follow(conn, before.id, Some(at), vec![Some(author.user_id)], by_council).await
}

/// Keeps the published text of an initiative that becomes a draft again. Its writers stay the draft's, unless somebody
/// else has approved it.
pub async fn keep_unpublished(
    conn: &mut AsyncPgConnection,
    present: &RevisionRow,
    record: &Initiative,
) -> Result<(), ApiError> {
    let mut writers = present.writers();
    if present.decided_by.is_some_and(|officer| !writers.contains(&officer)) {
        // What another person has approved is everybody's to publish again.
        writers.clear();
    }
    let writers = writers.into_iter().map(Some).collect();
    supersede(conn, record.id, &text_of(record)?).await?;
    follow(conn, record.id, None, writers, present.is_by_council).await
}

const FREEZE: &str = "
    UPDATE revisions SET content = $1 WHERE initiative_id = $2 AND content IS NULL AND state IN ('rejected', 'discarded')";

/// Keeps the rejected text of an unpublished initiative before another is written in its place.
pub async fn keep_rejected(conn: &mut AsyncPgConnection, record: &Initiative) -> Result<(), ApiError> {
    let query = Prepared::new(FREEZE).bind::<Jsonb, _>(text_of(record)?).bind::<SqlUuid, _>(record.id);
    query.execute(conn).await?;
    Ok(())
}

/// 409 if an open revision stands in the way of what is to happen to the initiative.
pub fn check_no_open(open: Option<&RevisionRow>) -> Result<(), ApiError> {
    match open {
        None => Ok(()),
        Some(open) => Err(ApiError::conflict(format!(
            "Revision {} is being worked on. Publish, reject or discard it first.",
            open.number
        ))),
    }
}
