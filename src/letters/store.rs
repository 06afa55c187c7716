//! Queries of letters.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text as SqlText, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{Letter, LetterQuery, LetterState};
use super::text::Text;
use crate::db::enum_text::Word;
use crate::db::prepared::Prepared;
use crate::db::schema::letters;
use crate::error::ApiError;
use crate::http::page::{Slice, Window};

/// Longest error that is kept, in characters.
const LONGEST_ERROR: usize = 300;

/// Leaves a letter for each recipient, to be sent when the transaction has been committed. `request`: the request for
/// a key that it answers.
pub async fn write(
    conn: &mut AsyncPgConnection,
    recipients: &[String],
    text: &Text,
    request: Option<Uuid>,
) -> Result<(), ApiError> {
    let (plain, html) = (text.plain(), text.html());
    let letter = |recipient| {
        (
            letters::id.eq(Uuid::now_v7()),
            letters::recipient.eq(recipient),
            letters::subject.eq(text.subject()),
            letters::plain.eq(&plain),
            letters::html.eq(&html),
            letters::request_id.eq(request),
        )
    };
    let rows: Vec<_> = recipients.iter().map(letter).collect();
    diesel::insert_into(letters::table).values(rows).execute(conn).await?;
    Ok(())
}

fn filtered(query: &LetterQuery) -> letters::BoxedQuery<'static, Pg> {
    let mut rows = letters::table.into_boxed();
    if !query.state.is_empty() {
        rows = rows.filter(letters::state.eq_any(query.state.iter().map(|one| Word(*one)).collect::<Vec<_>>()));
    }
    if let Some(recipient) = &query.recipient {
        rows = rows.filter(letters::recipient.eq(recipient.to_lowercase()));
    }
    rows
}

/// One page of letters.
pub async fn list(
    conn: &mut AsyncPgConnection,
    query: &LetterQuery,
    window: &Window,
) -> Result<Slice<Letter>, ApiError> {
    let total = filtered(query).select(count_star()).first(conn).await?;
    let mut rows = filtered(query);
    if let Some(beyond) = window.beyond("letters.id") {
        rows = rows.filter(beyond);
    }
    let rows = rows
        .select((Letter::as_select(), window.key()))
        .order(window.order("letters.id"))
        .limit(window.fetch())
        .load::<(Letter, String)>(conn)
        .await?;
    Ok(Slice::new(rows, total, window, |row| row.id))
}

/// One letter, locked until the end of the transaction.
pub async fn lock(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Letter, ApiError> {
    let found = letters::table.find(id).select(Letter::as_select()).for_update().first(conn).await.optional()?;
    found.ok_or_else(|| ApiError::not_found("letter"))
}

/// Lets a failed letter wait again, as if nobody had tried to send it yet.
pub async fn retry(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Letter, ApiError> {
    let change = (
        letters::state.eq(Word(LetterState::Waiting)),
        letters::attempts.eq(0),
        letters::next_attempt_at.eq(Utc::now()),
    );
    let retried = diesel::update(letters::table.find(id)).set(change).returning(Letter::as_returning());
    Ok(retried.get_result(conn).await?)
}

/// A letter that is to be sent now.
pub struct Due {
    /// Id.
    pub id: Uuid,
    /// E-mail address.
    pub recipient: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub plain: String,
    /// The same as HTML.
    pub html: Option<String>,
    /// Number of this attempt, from 1.
    pub attempts: i32,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// The delay doubles from one minute to six hours.
const TAKE: &str = "
    UPDATE letters SET attempts = attempts + 1, next_attempt_at = statement_timestamp()
        + least(interval '1 minute' * power(2, least(attempts, 20)), interval '6 hours')
    WHERE id = (
        SELECT id FROM letters WHERE state = 'waiting' AND next_attempt_at <= statement_timestamp()
        ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, recipient, subject, plain, html, attempts, created_at";

/// Takes the letter that has been due for longest. Counts the attempt and sets the time of the next one before it is
/// made: no other instance takes the letter meanwhile, and it is tried again if this one stops.
pub async fn take_due(conn: &mut AsyncPgConnection) -> Result<Option<Due>, ApiError> {
    type Columns = (SqlUuid, SqlText, SqlText, SqlText, Nullable<SqlText>, Integer, Timestamptz);
    type Row = (Uuid, String, String, String, Option<String>, i32, DateTime<Utc>);
    let taken: Option<Row> = Prepared::new(TAKE).returning::<Columns>().get_result(conn).await.optional()?;
    let due = |(id, recipient, subject, plain, html, attempts, created_at)| Due {
        id,
        recipient,
        subject,
        plain,
        html,
        attempts,
        created_at,
    };
    Ok(taken.map(due))
}

const SENT: &str = "
    UPDATE letters SET state = 'sent', sent_at = statement_timestamp(), next_attempt_at = NULL, last_error = NULL,
        plain = NULL, html = NULL
    WHERE id = $1 AND state <> 'sent'";

/// Records that a letter was sent, and drops its text.
pub async fn mark_sent(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    Prepared::new(SENT).bind::<SqlUuid, _>(id).execute(conn).await?;
    Ok(())
}

const ARRIVED: &str = "
    UPDATE letters SET state = 'sent', sent_at = statement_timestamp(), next_attempt_at = NULL, last_error = NULL,
        plain = NULL, html = NULL
    WHERE request_id = $1 AND state <> 'sent'";

/// Records that the letter which answers a request for a key has arrived: its token has come back.
pub async fn mark_arrived(conn: &mut AsyncPgConnection, request: Uuid) -> Result<(), ApiError> {
    Prepared::new(ARRIVED).bind::<SqlUuid, _>(request).execute(conn).await?;
    Ok(())
}

const NOT_SENT: &str = "
    UPDATE letters SET last_error = $1, state = CASE WHEN $2 THEN 'failed' ELSE state END,
        next_attempt_at = CASE WHEN NOT $3 THEN next_attempt_at END
    WHERE id = $4 AND state = 'waiting'";

/// Records an attempt that failed. `is_last`: the letter is not tried again.
pub async fn mark_failed(conn: &mut AsyncPgConnection, id: Uuid, error: &str, is_last: bool) -> Result<(), ApiError> {
    let error: String = error.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_ERROR).collect();
    Prepared::new(NOT_SENT)
        .bind::<SqlText, _>(error)
        .bind::<Bool, _>(is_last)
        .bind::<Bool, _>(is_last)
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

const FORGET: &str = "
    DELETE FROM letters WHERE state <> 'waiting' AND created_at < statement_timestamp() - interval '90 days'";

/// Deletes letters that nobody needs to look up any more: a recipient is personal data.
pub async fn forget_old(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    Prepared::new(FORGET).execute(conn).await?;
    Ok(())
}
