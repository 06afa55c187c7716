//! Queries of messages to webhooks.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{DeliveryQuery, WebhookDelivery, WebhookDeliveryState, WebhookTopic};
use crate::db::enum_text::{Word, text};
use crate::db::prepared::Prepared;
use crate::db::schema::webhook_deliveries as rows;
use crate::error::ApiError;
use crate::http::page::{Slice, Window};

/// Longest error that is kept, in characters.
const LONGEST_ERROR: usize = 300;

fn filtered(webhook: Uuid, query: &DeliveryQuery) -> rows::BoxedQuery<'static, Pg> {
    let found = rows::table.into_boxed().filter(rows::webhook_id.eq(webhook));
    match query.state.as_slice() {
        [] => found,
        states => found.filter(rows::state.eq_any(states.iter().map(|one| Word(*one)).collect::<Vec<_>>())),
    }
}

/// One page of the deliveries to a webhook.
pub async fn list(
    conn: &mut AsyncPgConnection,
    webhook: Uuid,
    query: &DeliveryQuery,
    window: &Window,
) -> Result<Slice<WebhookDelivery>, ApiError> {
    let total = filtered(webhook, query).select(count_star()).first(conn).await?;
    let mut found = filtered(webhook, query);
    if let Some(beyond) = window.beyond("webhook_deliveries.id") {
        found = found.filter(beyond);
    }
    let found = found
        .select((WebhookDelivery::as_select(), window.key()))
        .order(window.order("webhook_deliveries.id"))
        .limit(window.fetch())
        .load::<(WebhookDelivery, String)>(conn)
        .await?;
    Ok(Slice::new(found, total, window, |row| row.id))
}

/// Leaves a test message for a webhook.
pub async fn test(conn: &mut AsyncPgConnection, webhook: Uuid) -> Result<WebhookDelivery, ApiError> {
    let row = diesel::insert_into(rows::table).values(rows::webhook_id.eq(webhook));
    Ok(row.returning(WebhookDelivery::as_returning()).get_result(conn).await?)
}

/// Lets a delivery wait again, as if nobody had tried it yet. 404 if the webhook has no such delivery, 409 if it waits
/// already.
pub async fn replay(conn: &mut AsyncPgConnection, webhook: Uuid, id: Uuid) -> Result<WebhookDelivery, ApiError> {
    let target = rows::table.find(id).filter(rows::webhook_id.eq(webhook));
    let state: Option<Word<WebhookDeliveryState>> =
        target.select(rows::state).for_update().first(conn).await.optional()?;
    match state.map(|state| state.0) {
        None => return Err(ApiError::not_found("delivery")),
        Some(WebhookDeliveryState::Waiting) => {
            return Err(ApiError::conflict("This delivery is waiting already, and will be tried again."));
        }
        Some(_) => {}
    }
    let change = (
        rows::state.eq(Word(WebhookDeliveryState::Waiting)),
        rows::attempts.eq(0),
        rows::next_attempt_at.eq(Utc::now()),
    );
    Ok(diesel::update(target).set(change).returning(WebhookDelivery::as_returning()).get_result(conn).await?)
}

/// A message that is to be delivered now.
pub struct Due {
    /// Id of the delivery.
    pub id: Uuid,
    /// The webhook.
    pub webhook: Uuid,
    /// What it tells of, and the record; `None`: it is a test.
    pub about: Option<(WebhookTopic, Uuid)>,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// Number of this attempt, from 1.
    pub attempts: i32,
    /// True if it tells of a record that the public no longer sees.
    pub is_hidden: bool,
    /// Address of the webhook.
    pub url: String,
    /// Its secret, sealed.
    pub secret: String,
}

/// The delay doubles from one minute to six hours. Up to a tenth of it is added by chance, so that what failed together
/// is not tried together.
const TAKE: &str = "
    UPDATE webhook_deliveries d SET attempts = d.attempts + 1, next_attempt_at = statement_timestamp()
        + least(interval '1 minute' * power(2, least(d.attempts, 20)), interval '6 hours') * (1 + random() / 10)
    FROM webhooks w
    WHERE w.id = d.webhook_id AND d.id IN (
        SELECT x.id FROM webhook_deliveries x JOIN webhooks o ON o.id = x.webhook_id AND o.is_active
        WHERE x.state = 'waiting' AND x.next_attempt_at <= statement_timestamp() AND x.webhook_id <> ALL ($1)
        ORDER BY x.next_attempt_at, x.id LIMIT $2 FOR UPDATE OF x SKIP LOCKED)
    RETURNING d.id, d.webhook_id, d.topic, d.record_id, d.occurred_at, d.attempts,
        d.topic LIKE 'initiative.%' AND d.topic <> 'initiative.withdrawn'
            AND NOT EXISTS (SELECT FROM initiatives i WHERE i.id = d.record_id AND audience_of(i) = 1),
        w.url, w.secret";

/// Takes up to `most` messages that are due, but none to these webhooks. Counts the attempt and sets the time of the next
/// one before it is made, as for letters.
pub async fn take_due(conn: &mut AsyncPgConnection, but: &[Uuid], most: i32) -> Result<Vec<Due>, ApiError> {
    type Columns =
        (SqlUuid, SqlUuid, Nullable<Text>, Nullable<SqlUuid>, Timestamptz, Integer, Nullable<Bool>, Text, Text);
    type Row = (Uuid, Uuid, Option<Word<WebhookTopic>>, Option<Uuid>, DateTime<Utc>, i32, Option<bool>, String, String);
    let query = Prepared::new(TAKE).bind::<Array<SqlUuid>, _>(but.to_vec()).bind::<Integer, _>(most);
    let taken: Vec<Row> = query.returning::<Columns>().load(conn).await?;
    let due = |(id, webhook, topic, record, occurred_at, attempts, is_hidden, url, secret): Row| Due {
        id,
        webhook,
        about: topic.map(|topic| topic.0).zip(record),
        occurred_at,
        attempts,
        is_hidden: is_hidden.unwrap_or_default(),
        url,
        secret,
    };
    Ok(taken.into_iter().map(due).collect())
}

/// How an attempt went.
#[derive(Debug)]
pub struct Outcome {
    /// Where the delivery stands now.
    pub state: WebhookDeliveryState,
    /// HTTP status of the answer, if there was one.
    pub status: Option<i16>,
    /// Why it failed.
    pub error: Option<String>,
}

const NOTE: &str = "
    UPDATE webhook_deliveries d SET last_status = n.status, last_error = n.error, state = n.state,
        next_attempt_at = CASE n.state WHEN 'waiting' THEN next_attempt_at END,
        delivered_at = CASE n.state WHEN 'delivered' THEN statement_timestamp() ELSE delivered_at END
    FROM (SELECT $1::smallint AS status, $2::text AS error, $3::text AS state) n
    WHERE d.id = $4 AND d.state = 'waiting'";

/// Records how an attempt went.
pub async fn note(conn: &mut AsyncPgConnection, id: Uuid, outcome: &Outcome) -> Result<(), ApiError> {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let error = outcome.error.as_ref().map(|error| error.chars().map(plain).take(LONGEST_ERROR).collect::<String>());
    Prepared::new(NOTE)
        .bind::<Nullable<SmallInt>, _>(outcome.status)
        .bind::<Nullable<Text>, _>(error)
        .bind::<Text, _>(text(&outcome.state))
        .bind::<SqlUuid, _>(id)
        .execute(conn)
        .await?;
    Ok(())
}

const FORGET: &str = "DELETE FROM webhook_deliveries WHERE created_at < statement_timestamp() - interval '30 days'";

/// Deletes what is too old to be replayed.
pub async fn forget_old(conn: &mut AsyncPgConnection) -> Result<(), ApiError> {
    Prepared::new(FORGET).execute(conn).await?;
    Ok(())
}
