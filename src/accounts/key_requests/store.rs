//! Queries of requests for API keys.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{KeyRequest, NewKeyRequest, RequestStatus};
use crate::db::enum_text::Word;
use crate::db::prepared::Prepared;
use crate::db::schema::key_requests;
use crate::error::ApiError;
use crate::http::client_address::network;
use crate::http::page::{Slice, Window};

#[derive(Queryable, Selectable)]
#[diesel(table_name = key_requests, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    name: String,
    email: String,
    affiliation: String,
    purpose: String,
    status: Word<RequestStatus>,
    reason: Option<String>,
    decided_at: Option<DateTime<Utc>>,
    key_id: Option<Uuid>,
    claim_until: Option<DateTime<Utc>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for KeyRequest {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            affiliation: row.affiliation,
            purpose: row.purpose,
            status: row.status.0,
            reason: row.reason,
            decided_at: row.decided_at,
            api_key: row.key_id,
            claim_until: row.claim_until,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Limits for pending requests.
pub struct Bounds {
    /// Maximum in total.
    pub most: i64,
    /// Maximum from one IPv4 address or IPv6 network.
    pub most_of_an_address: i64,
    /// Days after which a pending request is deleted.
    pub days: i64,
}

/// Creates a request. Returns `None`, and changes nothing, if one is pending for the same e-mail address. Deletes
/// requests that have been pending too long. 429 if there are too many pending requests, in total or from the address.
pub async fn create(
    conn: &mut AsyncPgConnection,
    new: &NewKeyRequest,
    from: Option<IpAddr>,
    bounds: &Bounds,
) -> Result<Option<Uuid>, ApiError> {
    let pending = key_requests::status.eq(Word(RequestStatus::Pending));
    let lapsed = key_requests::created_at.lt(Utc::now() - Duration::days(bounds.days));
    diesel::delete(key_requests::table.filter(pending).filter(lapsed)).execute(conn).await?;
    let waiting: i64 = filtered(&[RequestStatus::Pending]).select(count_star()).first(conn).await?;
    let (theirs,) = Prepared::new(WAITING_FROM)
        .bind::<Text, _>(format!("{}/{}", network(from), if network(from).is_ipv6() { 64 } else { 32 }))
        .returning::<(BigInt,)>()
        .get_result::<(i64,)>(conn)
        .await?;
    if theirs >= bounds.most_of_an_address {
        return Err(ApiError::too_many("Too many requests from your address are waiting. Try again tomorrow.", 86_400));
    }
    if waiting >= bounds.most {
        return Err(ApiError::too_many("Too many requests are waiting. Try again tomorrow.", 86_400));
    }
    let id = Uuid::now_v7();
    let entered = diesel::insert_into(key_requests::table)
        .values((
            key_requests::id.eq(id),
            key_requests::name.eq(&*new.name),
            key_requests::email.eq(new.email.to_lowercase()),
            key_requests::affiliation.eq(&*new.affiliation),
            key_requests::purpose.eq(&*new.purpose),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok((entered == 1).then_some(id))
}

/// Counts pending requests from a network. The addresses are in the audit trail.
const WAITING_FROM: &str = "SELECT count(*) FROM key_requests r JOIN audit_events e ON e.record_id = r.id
    WHERE r.status = 'pending' AND e.action = 'key_request.create' AND e.address::inet <<= $1::inet";

fn filtered(statuses: &[RequestStatus]) -> key_requests::BoxedQuery<'static, diesel::pg::Pg> {
    let query = key_requests::table.into_boxed();
    match statuses {
        [] => query,
        _ => query.filter(key_requests::status.eq_any(statuses.iter().map(|one| Word(*one)).collect::<Vec<_>>())),
    }
}

/// One page of requests.
pub async fn list(
    conn: &mut AsyncPgConnection,
    statuses: &[RequestStatus],
    window: &Window,
) -> Result<Slice<KeyRequest>, ApiError> {
    let total = filtered(statuses).select(count_star()).first(conn).await?;
    let mut query = filtered(statuses);
    if let Some(beyond) = window.beyond("key_requests.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((Row::as_select(), window.key()))
        .order(window.order("key_requests.id"))
        .limit(window.fetch())
        .load::<(Row, String)>(conn)
        .await?;
    let slice = Slice::new(rows, total, window, |row| row.id);
    Ok(slice.with_rows(|rows| rows.into_iter().map(KeyRequest::from).collect()))
}

/// One request.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<KeyRequest, ApiError> {
    let row = key_requests::table.find(id).select(Row::as_select()).first(conn).await.optional()?;
    row.map(KeyRequest::from).ok_or_else(|| ApiError::not_found("request for a key"))
}

/// A pending request, locked until the end of the transaction.
pub async fn find_pending(conn: &mut AsyncPgConnection, id: Uuid) -> Result<KeyRequest, ApiError> {
    let row: Option<Row> =
        key_requests::table.find(id).select(Row::as_select()).for_update().first(conn).await.optional()?;
    match row.map(KeyRequest::from) {
        Some(request) if request.status == RequestStatus::Pending => Ok(request),
        Some(_) => Err(ApiError::conflict("This request has already been decided.")),
        None => Err(ApiError::not_found("request for a key")),
    }
}

/// Decision about a request.
pub struct Decision<'a> {
    /// Granted or refused.
    pub status: RequestStatus,
    /// Id of the network officer.
    pub by: Uuid,
    /// Reason for a refusal.
    pub reason: Option<&'a str>,
    /// The granted key, the hash of the token that collects it, and the end of the token.
    pub key: Option<(Uuid, Vec<u8>, DateTime<Utc>)>,
}

/// Records the decision about a request that [`find_pending`] has locked.
pub async fn decide(conn: &mut AsyncPgConnection, id: Uuid, decision: Decision<'_>) -> Result<(), ApiError> {
    let (key, hash, until) = match decision.key {
        Some((key, hash, until)) => (Some(key), Some(hash), Some(until)),
        None => (None, None, None),
    };
    diesel::update(key_requests::table.find(id))
        .set((
            key_requests::status.eq(Word(decision.status)),
            key_requests::decided_by.eq(decision.by),
            key_requests::decided_at.eq(Utc::now()),
            key_requests::reason.eq(decision.reason),
            key_requests::key_id.eq(key),
            key_requests::claim_hash.eq(hash),
            key_requests::claim_until.eq(until),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Uses up a token. Returns the request and the key that it collects, if the token is valid.
pub async fn claim(conn: &mut AsyncPgConnection, hash: &[u8]) -> Result<Option<(Uuid, Uuid)>, ApiError> {
    let good =
        key_requests::table.filter(key_requests::claim_hash.eq(hash)).filter(key_requests::claim_until.gt(Utc::now()));
    let claimed: Option<(Uuid, Option<Uuid>)> = diesel::update(good)
        .set((
            key_requests::status.eq(Word(RequestStatus::Claimed)),
            key_requests::claim_hash.eq(None::<Vec<u8>>),
            key_requests::claim_until.eq(None::<DateTime<Utc>>),
        ))
        .returning((key_requests::id, key_requests::key_id))
        .get_result(conn)
        .await
        .optional()?;
    Ok(claimed.and_then(|(request, key)| Some((request, key?))))
}
