//! Writes and reads the audit trail. Queries leave out events that the caller cannot see.

use std::collections::HashMap;

use chrono::{SubsecRound, Utc};
use data_encoding::HEXLOWER;
use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::join;
use uuid::Uuid;

use super::action::{Action, RecordKind};
use super::chain::{EventRow, Head};
use super::model::{AuditEvent, AuditQuery, AuditedRecord, ChainPlace, Origin};
use super::subject::{Actor, Subject};
use crate::access::keys::Keys;
use crate::db::enum_text::text;
use crate::db::prepared::{Prepared, all_done};
use crate::db::schema::{audit_events, audit_head};
use crate::error::{ApiError, request_id};
use crate::http::page::{Slice, Window};
use crate::registry::councils::model::CouncilRef;
use crate::registry::people::{Person, names_of};
use crate::registry::references;

/// Adds an event to the chain. Call it at the end of the transaction. From here to its end, all other writers wait, so
/// waiting for another lock after this call could cause a deadlock.
///
/// Checks the actor's rights again, because here they are certain. A change of rights leaves an event too, so it comes
/// either before or after this one. 401 if the rights have changed since the request was identified.
pub async fn record(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    actor: &Actor,
    action: Action,
    subject: Subject<'_>,
) -> Result<(), ApiError> {
    let head = audit_head::table.select(Head::as_select()).for_update().first(conn).await.optional()?;
    let head = head.ok_or_else(|| ApiError::internal("the audit trail has no head"))?;
    let event = EventRow {
        id: Uuid::now_v7(),
        sequence: head.sequence + 1,
        // In the precision of the column, so that the hash is the same when the event is read back.
        created_at: Utc::now().trunc_subsecs(6),
        origin: text(&actor.origin),
        actor_id: actor.user,
        session_id: actor.session,
        key_id: actor.key,
        address: actor.address.map(|address| address.to_string()),
        action: text(&action),
        resource: text(&subject.kind),
        record_id: subject.id,
        record_name: subject.name.map(str::to_owned),
        council_id: subject.council,
        version_before: subject.before,
        version_after: subject.after,
        request_id: (actor.origin != Origin::CommandLine).then(request_id),
        head_digest: head.digest(),
        previous_hash: head.hash,
        hash: Vec::new(),
        sealed_with: String::new(),
        seal: Vec::new(),
    };
    let event = event.sealed(keys);
    let end = Head::at(&event, keys);
    let conn: &AsyncPgConnection = conn;
    let (mut first, mut second, mut third) = (conn, conn, conn);
    let moved = Prepared::new(MOVE_HEAD)
        .bind::<BigInt, _>(end.sequence)
        .bind::<Bytea, _>(end.hash)
        .bind::<Nullable<Text>, _>(end.sealed_with)
        .bind::<Nullable<Bytea>, _>(end.seal)
        .execute(&mut first);
    let added = diesel::insert_into(audit_events::table).values(event).execute(&mut second);
    let standing = has_same_rights(&mut third, actor);
    // Run these together, because all other writers wait meanwhile.
    let (moved, added, standing) = join!(moved, added, standing);
    all_done([moved, added])?;
    match standing? {
        true => Ok(()),
        false => Err(ApiError::bad_credentials(
            "Your session or key has ended, or your rights have changed, since you sent this. Nothing was changed. \
             Sign in again.",
        )),
    }
}

/// Other records that this transaction changed, such as components of an initiative or users of a merged theme. Each
/// change of a record leaves one row in `pending_changes` and increases its version by one.
const SIDE_EFFECTS: &str = "
    WITH noted AS (
        SELECT resource, record_id, count(*)::integer AS times FROM pending_changes
        WHERE record_id <> ALL ($1) GROUP BY resource, record_id
    ), records AS (
        SELECT 'theme' AS resource, id, slug, NULL::uuid AS council_id, version FROM themes
        UNION ALL SELECT 'initiative', id, slug, steward_id, version FROM initiatives
    )
    SELECT n.resource, r.id, r.slug, r.council_id, r.version - n.times, r.version
    FROM noted n JOIN records r ON r.resource = n.resource AND r.id = n.record_id ORDER BY n.resource, r.id";

/// Adds an event for each further record that this transaction changed. `recorded` has the ids of those that already
/// have an event. Call it at the end of the transaction, like [`record`].
pub async fn record_side_effects(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    actor: &Actor,
    recorded: &[Uuid],
) -> Result<(), ApiError> {
    type Row = (String, Uuid, String, Option<Uuid>, i32, i32);
    let rows: Vec<Row> = Prepared::new(SIDE_EFFECTS)
        .bind::<Array<SqlUuid>, _>(recorded.to_vec())
        .returning::<(Text, SqlUuid, Text, Nullable<SqlUuid>, Integer, Integer)>()
        .load(conn)
        .await?;
    for (resource, id, name, council, before, after) in rows {
        let (kind, action) = match resource.as_str() {
            "theme" => (RecordKind::Theme, Action::ThemeFollow),
            _ => (RecordKind::Initiative, Action::InitiativeFollow),
        };
        let subject =
            Subject { kind, id: Some(id), name: Some(&name), council, before: Some(before), after: Some(after) };
        record(conn, keys, actor, action, subject).await?;
    }
    Ok(())
}

/// The error for a trail that another key sealed. Its text tells the operator how to solve this.
#[derive(Debug, thiserror::Error)]
#[error(
    "the audit trail of this database is sealed with the signing key {trail}, but this is the key {here}. Use the key \
     that belongs to the database: set CCIN_SIGNING_KEY, or put it in the data folder as signing-key.pem. If that key is \
     lost or must be replaced, run `ccin-registry audit adopt-key` to continue the trail with this one; all users must \
     then sign in again"
)]
pub struct WrongSigningKey {
    trail: String,
    here: String,
}

/// Refuses a key that did not seal the trail. Events sealed with two keys in turn would look forged, and tokens signed
/// with one key would not work with the other.
pub async fn check_key(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let sealed_with: Option<Option<String>> =
        audit_head::table.select(audit_head::sealed_with).first(conn).await.optional()?;
    match sealed_with.flatten() {
        Some(trail) if trail != keys.kid => Err(WrongSigningKey { trail, here: keys.kid.clone() }.into()),
        _ => Ok(()),
    }
}

const MOVE_HEAD: &str = "UPDATE audit_head SET sequence = $1, hash = $2, sealed_with = $3, seal = $4";

/// True while an actor still has the rights that it had when its request was identified.
async fn has_same_rights(conn: &mut &AsyncPgConnection, actor: &Actor) -> QueryResult<bool> {
    let Some((user, standing)) = actor.user.zip(actor.standing) else { return Ok(true) };
    let query = Prepared::new(HAS_SAME_RIGHTS)
        .bind::<SqlUuid, _>(user)
        .bind::<Text, _>(text(&standing.role))
        .bind::<Nullable<SqlUuid>, _>(standing.council_id)
        .bind::<Nullable<SqlUuid>, _>(actor.session)
        .bind::<Nullable<SqlUuid>, _>(actor.key)
        .bind::<Nullable<BigInt>, _>(standing.proof);
    let (has_same_rights,) = query.returning::<(Bool,)>().get_result::<(bool,)>(conn).await?;
    Ok(has_same_rights)
}

/// Ignores changes by this transaction itself, because people demote themselves, sign out and revoke the key that they
/// use. (`xmin` is the transaction that wrote a row.)
const HAS_SAME_RIGHTS: &str = "SELECT
    EXISTS (SELECT FROM users u WHERE u.id = actor.id AND (u.xmin = pg_current_xact_id()::xid
        OR u.status = 'active' AND u.role = actor.role AND u.council_id IS NOT DISTINCT FROM actor.council
        AND (actor.proof IS NULL OR actor.key IS NOT NULL OR EXISTS (SELECT FROM external_identities i
            WHERE i.user_id = u.id AND hashtextextended(i.issuer || ' ' || i.subject, 0) = actor.proof))))
    AND (actor.session IS NULL OR EXISTS (SELECT FROM sessions s WHERE s.id = actor.session
        AND (s.xmin = pg_current_xact_id()::xid OR s.ended_at IS NULL AND s.expires_at > clock_timestamp())))
    AND (actor.key IS NULL OR EXISTS (SELECT FROM api_keys k WHERE k.id = actor.key
        AND (k.xmin = pg_current_xact_id()::xid OR k.revoked_at IS NULL AND k.expires_at > clock_timestamp()
            AND EXISTS (SELECT FROM api_key_secrets s
                WHERE s.key_id = k.id AND hashtextextended(s.prefix, 0) = actor.proof
                AND (s.valid_until IS NULL OR s.valid_until > clock_timestamp())))))
    FROM (SELECT $1::uuid AS id, $2::text AS role, $3::uuid AS council, $4::uuid AS session, $5::uuid AS key,
        $6::bigint AS proof) actor";

/// Part of the trail that a caller can read.
#[derive(Clone, Copy, Debug)]
pub struct ReadScope {
    /// Council whose events the caller can read. `None` for all events, with addresses and positions in the chain.
    pub council: Option<Uuid>,
}

fn filtered(scope: ReadScope, query: &AuditQuery) -> audit_events::BoxedQuery<'static, Pg> {
    let mut events = audit_events::table.into_boxed();
    if let Some(council) = scope.council {
        events = events.filter(audit_events::council_id.eq(council));
    }
    if !query.actor.is_empty() {
        events = events.filter(audit_events::actor_id.eq_any(query.actor.clone()));
    }
    if !query.key.is_empty() {
        events = events.filter(audit_events::key_id.eq_any(query.key.clone()));
    }
    if !query.action.is_empty() {
        events = events.filter(audit_events::action.eq_any(query.action.iter().map(text).collect::<Vec<_>>()));
    }
    if !query.resource.is_empty() {
        events = events.filter(audit_events::resource.eq_any(query.resource.iter().map(text).collect::<Vec<_>>()));
    }
    if !query.record.is_empty() {
        events = events.filter(audit_events::record_id.eq_any(query.record.clone()));
    }
    if let Some(since) = query.since {
        events = events.filter(audit_events::created_at.ge(since));
    }
    if let Some(until) = query.until {
        events = events.filter(audit_events::created_at.lt(until));
    }
    if let Some(request) = &query.request_id {
        events = events.filter(audit_events::request_id.eq(request.clone()));
    }
    events
}

/// One page of the trail.
pub async fn list(
    conn: &mut AsyncPgConnection,
    scope: ReadScope,
    query: &AuditQuery,
    window: &Window,
) -> Result<Slice<AuditEvent>, ApiError> {
    let total = filtered(scope, query).select(count_star()).first(conn).await?;
    let mut events = filtered(scope, query);
    if let Some(beyond) = window.beyond("audit_events.id") {
        events = events.filter(beyond);
    }
    let rows = events
        .select((EventRow::as_select(), window.key()))
        .order(window.order("audit_events.id"))
        .limit(window.fetch())
        .load::<(EventRow, String)>(conn)
        .await?;
    let slice = Slice::new(rows, total, window, |row: &EventRow| row.id);
    let councils: Vec<Uuid> = slice.rows.iter().filter_map(|row| row.council_id).collect();
    let councils = references::councils_by_id(conn, &councils).await?;
    let actors = names_of(conn, slice.rows.iter().filter_map(|row| row.actor_id).collect()).await?;
    Ok(slice.with_rows(|rows| rows.into_iter().map(|row| to_model(row, scope, &councils, &actors)).collect()))
}

fn to_model(
    row: EventRow,
    scope: ReadScope,
    councils: &HashMap<Uuid, CouncilRef>,
    actors: &HashMap<Uuid, Person>,
) -> AuditEvent {
    let sees_all = scope.council.is_none();
    AuditEvent {
        id: row.id,
        created_at: row.created_at,
        origin: row.origin,
        actor: row.actor_id.map(|id| actors.get(&id).cloned().unwrap_or(Person { id, name: None })),
        session: row.session_id,
        key: row.key_id,
        address: row.address.filter(|_| sees_all),
        action: row.action,
        record: AuditedRecord { resource: row.resource, id: row.record_id, slug: row.record_name },
        council: row.council_id.and_then(|id| councils.get(&id).cloned()),
        version_before: row.version_before,
        version_after: row.version_after,
        request_id: row.request_id,
        // The chain stays hidden too: an address could be computed from a hash and the hash before it.
        chain: sees_all.then(|| ChainPlace { sequence: row.sequence, hash: HEXLOWER.encode(&row.hash) }),
    }
}
