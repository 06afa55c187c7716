//! Queries of webhooks.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{IssuedWebhook, NewWebhook, Webhook, WebhookTopic};
use super::signature::Secret;
use crate::access::keys::Keys;
use crate::db::enum_text::Word;
use crate::db::prepared::Prepared;
use crate::db::schema::webhooks;
use crate::error::ApiError;
use crate::http::page::{Slice, Window};
use crate::registry::references;

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks, check_for_backend(Pg))]
struct Row {
    id: Uuid,
    council_id: Option<Uuid>,
    url: String,
    topics: Vec<Option<Word<WebhookTopic>>>,
    description: Option<String>,
    is_active: bool,
    failing_since: Option<DateTime<Utc>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

async fn to_models(conn: &mut AsyncPgConnection, rows: Vec<Row>) -> Result<Vec<Webhook>, ApiError> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.council_id).collect();
    let councils = references::councils_by_id(conn, &ids).await?;
    let to_model = |row: Row| Webhook {
        id: row.id,
        council: row.council_id.and_then(|id| councils.get(&id).cloned()),
        url: row.url,
        topics: row.topics.into_iter().flatten().map(|topic| topic.0).collect(),
        description: row.description,
        is_active: row.is_active,
        failing_since: row.failing_since,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    };
    Ok(rows.into_iter().map(to_model).collect())
}

/// The webhooks of a council; `None`: all.
fn of(council: Option<Uuid>) -> webhooks::BoxedQuery<'static, Pg> {
    let query = webhooks::table.into_boxed();
    match council {
        Some(council) => query.filter(webhooks::council_id.eq(council)),
        None => query,
    }
}

/// One page of the webhooks of a council, or of all.
pub async fn list(
    conn: &mut AsyncPgConnection,
    council: Option<Uuid>,
    window: &Window,
) -> Result<Slice<Webhook>, ApiError> {
    let total = of(council).select(count_star()).first(conn).await?;
    let mut query = of(council);
    if let Some(beyond) = window.beyond("webhooks.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((Row::as_select(), window.key()))
        .order(window.order("webhooks.id"))
        .limit(window.fetch())
        .load::<(Row, String)>(conn)
        .await?;
    let mut slice = Slice::new(rows, total, window, |row| row.id);
    let models = to_models(conn, std::mem::take(&mut slice.rows)).await?;
    Ok(slice.with_rows(|_| models))
}

/// A webhook of a council, or of any.
pub async fn find(conn: &mut AsyncPgConnection, council: Option<Uuid>, id: Uuid) -> Result<Webhook, ApiError> {
    let row = of(council).filter(webhooks::id.eq(id)).select(Row::as_select()).first(conn).await.optional()?;
    let found = to_models(conn, row.into_iter().collect()).await?.pop();
    found.ok_or_else(|| ApiError::not_found("webhook"))
}

/// How many webhooks a council has, or the network with `None`.
pub async fn count(conn: &mut AsyncPgConnection, council: Option<Uuid>) -> Result<i64, ApiError> {
    let own = webhooks::table.filter(webhooks::council_id.is_not_distinct_from(council));
    Ok(own.select(count_star()).first(conn).await?)
}

/// Creates a webhook of a council, or of the network. The answer alone has its secret.
pub async fn create(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    council: Option<Uuid>,
    new: &NewWebhook,
) -> Result<IssuedWebhook, ApiError> {
    let (id, secret) = (Uuid::now_v7(), Secret::generate());
    let row = (
        webhooks::id.eq(id),
        webhooks::council_id.eq(council),
        webhooks::url.eq(&*new.url),
        webhooks::topics.eq(words(&new.topics)),
        webhooks::description.eq(new.description.as_deref()),
        webhooks::is_active.eq(new.is_active),
        webhooks::secret.eq(secret.seal(keys)),
    );
    diesel::insert_into(webhooks::table).values(row).execute(conn).await?;
    Ok(IssuedWebhook { secret: secret.reveal(), webhook: find(conn, None, id).await? })
}

/// Gives a webhook another secret. The former one signs nothing any more.
pub async fn rotate(conn: &mut AsyncPgConnection, keys: &Keys, id: Uuid) -> Result<IssuedWebhook, ApiError> {
    let secret = Secret::generate();
    diesel::update(webhooks::table.find(id)).set(webhooks::secret.eq(secret.seal(keys))).execute(conn).await?;
    Ok(IssuedWebhook { secret: secret.reveal(), webhook: find(conn, None, id).await? })
}

/// Changes a webhook, and forgets its failures. False if this is not its current version.
pub async fn update(
    conn: &mut AsyncPgConnection,
    current: &Webhook,
    council: Option<Uuid>,
    update: &NewWebhook,
) -> Result<bool, ApiError> {
    let target = webhooks::table.find(current.id).filter(webhooks::version.eq(current.version));
    let change = (
        webhooks::council_id.eq(council),
        webhooks::url.eq(&*update.url),
        webhooks::topics.eq(words(&update.topics)),
        webhooks::description.eq(update.description.as_deref()),
        webhooks::is_active.eq(update.is_active),
        webhooks::failing_since.eq(None::<DateTime<Utc>>),
    );
    Ok(diesel::update(target).set(change).execute(conn).await? == 1)
}

/// Deletes a webhook with its deliveries. False if this is not its current version.
pub async fn delete(conn: &mut AsyncPgConnection, current: &Webhook) -> Result<bool, ApiError> {
    let target = webhooks::table.find(current.id).filter(webhooks::version.eq(current.version));
    Ok(diesel::delete(target).execute(conn).await? == 1)
}

/// Notes that a webhook works. Nothing is written while it goes on working.
pub async fn note_success(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    let failing = webhooks::table.find(id).filter(webhooks::failing_since.is_not_null());
    diesel::update(failing).set(webhooks::failing_since.eq(None::<DateTime<Utc>>)).execute(conn).await?;
    Ok(())
}

/// A bit less than the time between the first attempt to deliver a message and the last. So the last one switches a
/// webhook off that has taken nothing since.
const NOTE_FAILURE: &str = "
    UPDATE webhooks SET failing_since = coalesce(failing_since, statement_timestamp()),
        is_active = NOT $1 AND coalesce(failing_since >= statement_timestamp() - interval '68 hours', true)
    WHERE id = $2 AND is_active
        AND (failing_since IS NULL OR $3 OR failing_since < statement_timestamp() - interval '68 hours')
    RETURNING NOT is_active";

/// Notes that a webhook fails. `is_gone`: its receiver says that it is gone for good. True if that switched it off.
pub async fn note_failure(conn: &mut AsyncPgConnection, id: Uuid, is_gone: bool) -> Result<bool, ApiError> {
    let query = Prepared::new(NOTE_FAILURE).bind::<Bool, _>(is_gone).bind::<SqlUuid, _>(id).bind::<Bool, _>(is_gone);
    let is_off: Option<(bool,)> = query.returning::<(Bool,)>().get_result(conn).await.optional()?;
    Ok(is_off.is_some_and(|(is_off,)| is_off))
}

fn words(topics: &[WebhookTopic]) -> Vec<Option<Word<WebhookTopic>>> {
    topics.iter().map(|topic| Some(Word(*topic))).collect()
}
