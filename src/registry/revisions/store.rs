//! Rows of revisions, and their moves through the workflow. A caller locks a revision before anything else that a write
//! needs, so writers of one initiative wait for each other here.

use chrono::{DateTime, Utc};
use diesel::dsl::max;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Jsonb, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::workflow::{RevisionAction, RevisionState};
use crate::access::account::Account;
use crate::access::role::Role;
use crate::db::enum_text::Word;
use crate::db::prepared::Prepared;
use crate::db::schema::revisions;
use crate::error::ApiError;
use crate::http::input::Faults;
use crate::registry::initiatives::answer::Initiative;

/// Columns of a revision.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = revisions, check_for_backend(Pg))]
pub struct RevisionRow {
    /// Id.
    pub id: Uuid,
    /// The initiative.
    pub initiative_id: Uuid,
    /// Number within the initiative.
    pub number: i32,
    state: Word<RevisionState>,
    /// The text; `None`: the present text of the initiative.
    pub content: Option<Value>,
    /// The published text that the author started from.
    pub base: Option<Value>,
    /// What changes and why.
    pub note: Option<String>,
    writers: Vec<Option<Uuid>>,
    /// True if a user of the council that looks after the initiative wrote it.
    pub is_by_council: bool,
    pub(super) submitted_by: Option<Uuid>,
    /// When it was submitted.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Officer who reviews it.
    pub claimed_by: Option<Uuid>,
    pub(super) decided_by: Option<Uuid>,
    pub(super) reason: Option<String>,
    /// When it is to be published.
    pub publish_at: Option<DateTime<Utc>>,
    /// When readers first saw it.
    pub published_at: Option<DateTime<Utc>>,
    pub(super) version: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

impl RevisionRow {
    /// Its state.
    pub fn state(&self) -> RevisionState {
        self.state.0
    }

    /// Users who wrote it.
    pub fn writers(&self) -> Vec<Uuid> {
        self.writers.iter().copied().flatten().collect()
    }

    /// Refuses a decision while another officer reviews it: 409. A network admin may always decide.
    pub fn check_reviewer(&self, officer: &Account) -> Result<(), ApiError> {
        let is_others = self.state() == RevisionState::InReview && self.claimed_by != Some(officer.user_id);
        if is_others && officer.role != Role::NetworkAdmin {
            return Err(ApiError::conflict(
                "Another network officer reviews this revision. To take over, claim it first.",
            ));
        }
        Ok(())
    }

    /// Refuses an approval by somebody who wrote some of it: 403. Network admins may approve their own text, but must
    /// give a reason: 422.
    pub fn check_approver(&self, officer: &Account, has_reason: bool) -> Result<(), ApiError> {
        self.check_reviewer(officer)?;
        if !self.writers.contains(&Some(officer.user_id)) || (officer.role == Role::NetworkAdmin && has_reason) {
            return Ok(());
        }
        if officer.role != Role::NetworkAdmin {
            return Err(ApiError::forbidden("You wrote some of this text. Another network officer must approve it."));
        }
        let mut faults = Faults::default();
        let detail = "is missing; you wrote some of this text, so say why you approve it yourself";
        faults.add("/reason", "required", detail);
        faults.finish()
    }

    /// People that it names.
    pub(super) fn people(&self) -> Vec<Uuid> {
        let others = [self.submitted_by, self.claimed_by, self.decided_by];
        self.writers.iter().copied().chain(others).flatten().collect()
    }
}

/// Locks a revision until the end of the transaction.
async fn lock(
    conn: &mut AsyncPgConnection,
    query: revisions::BoxedQuery<'static, Pg>,
) -> Result<Option<RevisionRow>, ApiError> {
    // Boxed queries cannot lock. So lock by id, and read it then: it can have changed until the lock was free.
    let Some(id) = query.select(revisions::id).first::<Uuid>(conn).await.optional()? else { return Ok(None) };
    let locked = revisions::table.find(id).select(RevisionRow::as_select()).for_update();
    Ok(locked.first(conn).await.optional()?)
}

/// Locks the revision with a number of an initiative, if there is one.
pub async fn lock_numbered(conn: &mut AsyncPgConnection, initiative: Uuid, number: i32) -> Result<(), ApiError> {
    lock(conn, numbered(initiative, number)).await?;
    Ok(())
}

/// The revision with a number of an initiative.
pub fn numbered(id: Uuid, number: i32) -> revisions::BoxedQuery<'static, Pg> {
    revisions::table.filter(revisions::initiative_id.eq(id)).filter(revisions::number.eq(number)).into_boxed()
}

/// States of a revision that is being worked on. An initiative has at most one.
pub const OPEN: [RevisionState; 5] = [
    RevisionState::Draft,
    RevisionState::Submitted,
    RevisionState::InReview,
    RevisionState::ChangesRequested,
    RevisionState::Approved,
];

/// The open revision of an initiative, locked until the end of the transaction.
pub async fn lock_open(conn: &mut AsyncPgConnection, initiative: Uuid) -> Result<Option<RevisionRow>, ApiError> {
    let states = OPEN.map(Word);
    let open = revisions::table.filter(revisions::initiative_id.eq(initiative)).filter(revisions::state.eq_any(states));
    // Somebody else can have closed it until the lock was free.
    Ok(lock(conn, open.into_boxed()).await?.filter(|row| OPEN.contains(&row.state())))
}

/// The revision whose text is the present text of an initiative, locked until the end of the transaction.
pub async fn lock_present(conn: &mut AsyncPgConnection, initiative: Uuid) -> Result<RevisionRow, ApiError> {
    let present = revisions::table
        .filter(revisions::initiative_id.eq(initiative))
        .filter(revisions::content.is_null())
        .order(revisions::number.desc());
    lock(conn, present.into_boxed()).await?.ok_or_else(|| ApiError::internal("the initiative has no present revision"))
}

/// Who writes a text.
#[derive(Clone, Debug)]
pub struct Writers {
    users: Vec<Uuid>,
    /// True if one of them is of the council that looks after the initiative.
    is_council: bool,
}

impl Writers {
    /// With a user whose suggestion they take over.
    pub fn and(mut self, user: Uuid) -> Self {
        self.users.push(user);
        self.users.dedup();
        self
    }
}

impl From<&Account> for Writers {
    fn from(author: &Account) -> Self {
        Self { users: vec![author.user_id], is_council: author.bound_to().is_some() }
    }
}

/// Begins a revision. `texts` are its text and the published text, which it starts from; `None`: the draft of an
/// unpublished initiative.
pub async fn begin(
    conn: &mut AsyncPgConnection,
    record: &Initiative,
    texts: Option<(&Value, &Value)>,
    note: Option<&str>,
    writers: Writers,
) -> Result<i32, ApiError> {
    let last: Option<i32> = revisions::table
        .filter(revisions::initiative_id.eq(record.id))
        .select(max(revisions::number))
        .first(conn)
        .await?;
    let number = last.unwrap_or_default() + 1;
    diesel::insert_into(revisions::table)
        .values((
            revisions::initiative_id.eq(record.id),
            revisions::number.eq(number),
            revisions::state.eq(Word(RevisionState::Draft)),
            revisions::content.eq(texts.map(|(text, _)| text)),
            revisions::base.eq(texts.map(|(_, base)| base)),
            revisions::note.eq(note),
            revisions::writers.eq(writers.users.into_iter().map(Some).collect::<Vec<_>>()),
            revisions::is_by_council.eq(writers.is_council),
        ))
        .execute(conn)
        .await?;
    Ok(number)
}

const EDIT: &str = "
    UPDATE revisions SET content = $1, base = $2, is_by_council = is_by_council OR $3,
        writers = writers || ARRAY(SELECT one FROM unnest($4) AS one WHERE one <> ALL (writers))
    WHERE id = $5";

/// Replaces the text of a revision that [`locate`] has locked.
pub async fn edit(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    (text, base): (&Value, &Value),
    writers: Writers,
) -> Result<(), ApiError> {
    Prepared::new(EDIT)
        .bind::<Jsonb, _>(text)
        .bind::<Jsonb, _>(base)
        .bind::<Bool, _>(writers.is_council)
        .bind::<Array<SqlUuid>, _>(writers.users)
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

const ADD_WRITER: &str = "
    UPDATE revisions SET writers = writers || $1, is_by_council = is_by_council OR $2
    WHERE id = $3 AND NOT (writers @> ARRAY[$4])";

/// Notes that a user has written some of a revision's text.
pub async fn add_writer(conn: &mut AsyncPgConnection, id: Uuid, author: &Account) -> Result<(), ApiError> {
    Prepared::new(ADD_WRITER)
        .bind::<SqlUuid, _>(author.user_id)
        .bind::<Bool, _>(author.bound_to().is_some())
        .bind::<SqlUuid, _>(id)
        .bind::<SqlUuid, _>(author.user_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Hands a revision to the network officers.
pub async fn submit(conn: &mut AsyncPgConnection, id: Uuid, by: Uuid, note: Option<&str>) -> Result<(), ApiError> {
    let change = (
        revisions::state.eq(Word(RevisionAction::Submit.leads_to())),
        note.map(|note| revisions::note.eq(note)),
        revisions::submitted_by.eq(by),
        revisions::submitted_at.eq(Utc::now()),
        revisions::claimed_by.eq(None::<Uuid>),
    );
    diesel::update(revisions::table.find(id)).set(change).execute(conn).await?;
    Ok(())
}

/// Takes a revision back, or gives it up: `action` is withdraw or discard.
pub async fn take_back(conn: &mut AsyncPgConnection, id: Uuid, action: RevisionAction) -> Result<(), ApiError> {
    let change = (
        revisions::state.eq(Word(action.leads_to())),
        revisions::claimed_by.eq(None::<Uuid>),
        revisions::publish_at.eq(None::<DateTime<Utc>>),
    );
    diesel::update(revisions::table.find(id)).set(change).execute(conn).await?;
    Ok(())
}

/// Gives a revision to the officer who reviews it.
pub async fn claim(conn: &mut AsyncPgConnection, id: Uuid, officer: Uuid) -> Result<(), ApiError> {
    let change = (revisions::state.eq(Word(RevisionAction::Claim.leads_to())), revisions::claimed_by.eq(officer));
    diesel::update(revisions::table.find(id)).set(change).execute(conn).await?;
    Ok(())
}

/// A decision of a network officer.
pub struct Decision<'a> {
    /// State that it leads to.
    pub state: RevisionState,
    /// The officer; `None`: the service itself.
    pub by: Option<Uuid>,
    /// Reason, for the authors.
    pub reason: Option<&'a str>,
    /// When an approved revision is to be published.
    pub publish_at: Option<DateTime<Utc>>,
}

/// Records a decision.
pub async fn decide(conn: &mut AsyncPgConnection, id: Uuid, decision: &Decision<'_>) -> Result<(), ApiError> {
    let change = (
        revisions::state.eq(Word(decision.state)),
        revisions::decided_by.eq(decision.by),
        revisions::reason.eq(decision.reason),
        revisions::publish_at.eq(decision.publish_at),
    );
    diesel::update(revisions::table.find(id)).set(change).execute(conn).await?;
    Ok(())
}

/// Revisions that are to be published by now, their initiatives, and the councils that look after these.
pub async fn due(conn: &mut AsyncPgConnection) -> Result<Vec<(Uuid, Uuid, Option<Uuid>)>, ApiError> {
    use crate::db::schema::initiatives as records;
    let due = revisions::table
        .inner_join(records::table)
        .filter(revisions::publish_at.le(Utc::now()))
        .filter(records::withdrawn_at.is_null())
        .order(revisions::publish_at)
        .select((revisions::id, revisions::initiative_id, records::steward_id));
    Ok(due.load(conn).await?)
}

/// Gives a revision a new version, because something that belongs to it has changed.
pub async fn touch(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    diesel::update(revisions::table.find(id)).set(revisions::id.eq(id)).execute(conn).await?;
    Ok(())
}
