//! Queries of API keys. None of them selects the hash of a secret; `identify` compares it.

use std::collections::HashMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use diesel::dsl::{count_star, max, sql};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Timestamptz};
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::key;
use super::model::{ApiKey, ApiKeyUpdate, DayUsage, IssuedKey, KeyStatus, KeyUsage, NewApiKey, Owner};
use crate::access::account::Account;
use crate::access::keys::Keys;
use crate::access::role::Role;
use crate::access::scope::Scope;
use crate::db::enum_text::Word;
use crate::db::schema::{api_key_secrets, api_key_usage, api_keys, users};
use crate::db::tally::Count;
use crate::error::ApiError;
use crate::http::page::{Slice, Window};

/// Keys that a caller can read or change.
#[derive(Clone, Copy, Debug)]
pub enum KeyAccess {
    /// All keys.
    All,
    /// The caller's own keys, and those of everybody who is bound to a council.
    Council {
        /// Id of the caller.
        user: Uuid,
        /// Id of the council.
        council: Uuid,
    },
    /// The caller's own keys.
    Own(Uuid),
}

impl KeyAccess {
    /// True when the caller has access to the key.
    pub fn has(self, key: &ApiKey) -> bool {
        match self {
            Self::All => true,
            Self::Council { user, council } => key.owner.id == user || key.owner.council_id == Some(council),
            Self::Own(user) => key.owner.id == user,
        }
    }
}

/// Filters of the list of keys.
#[derive(Default)]
pub struct KeyFilter {
    /// Any of these users.
    pub owners: Vec<Uuid>,
    /// Any of these statuses.
    pub statuses: Vec<KeyStatus>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    owner_id: Uuid,
    name: String,
    scopes: Vec<Option<Word<Scope>>>,
    origins: Vec<Option<String>>,
    networks: Vec<Option<String>>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    rotated_at: Option<DateTime<Utc>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn accessible(access: KeyAccess) -> api_keys::BoxedQuery<'static, diesel::pg::Pg> {
    let query = api_keys::table.into_boxed();
    match access {
        KeyAccess::All => query,
        KeyAccess::Council { user, council } => {
            let bound = users::table.filter(users::council_id.eq(council)).select(users::id);
            query.filter(api_keys::owner_id.eq(user).or(api_keys::owner_id.eq_any(bound)))
        }
        KeyAccess::Own(user) => query.filter(api_keys::owner_id.eq(user)),
    }
}

fn filtered(access: KeyAccess, filter: &KeyFilter) -> api_keys::BoxedQuery<'static, diesel::pg::Pg> {
    let mut query = accessible(access);
    if !filter.owners.is_empty() {
        query = query.filter(api_keys::owner_id.eq_any(filter.owners.clone()));
    }
    let now = Utc::now();
    let without = |status: KeyStatus| !filter.statuses.is_empty() && !filter.statuses.contains(&status);
    if without(KeyStatus::Revoked) {
        query = query.filter(api_keys::revoked_at.is_null());
    }
    if without(KeyStatus::Expired) {
        query = query.filter(api_keys::revoked_at.is_not_null().or(api_keys::expires_at.gt(now)));
    }
    if without(KeyStatus::Active) {
        query = query.filter(api_keys::revoked_at.is_not_null().or(api_keys::expires_at.le(now)));
    }
    query
}

/// One page of keys.
pub async fn list(
    conn: &mut AsyncPgConnection,
    access: KeyAccess,
    filter: &KeyFilter,
    window: &Window,
) -> Result<Slice<ApiKey>, ApiError> {
    let total = filtered(access, filter).select(count_star()).first(conn).await?;
    let mut query = filtered(access, filter);
    if let Some(beyond) = window.beyond("api_keys.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((Row::as_select(), window.key()))
        .order(window.order("api_keys.id"))
        .limit(window.fetch())
        .load::<(Row, String)>(conn)
        .await?;
    let mut slice = Slice::new(rows, total, window, |row| row.id);
    let models = to_models(conn, std::mem::take(&mut slice.rows)).await?;
    Ok(slice.with_rows(|_| models))
}

/// One key, if the caller has access to it.
pub async fn find(conn: &mut AsyncPgConnection, access: KeyAccess, id: Uuid) -> Result<ApiKey, ApiError> {
    let row = accessible(access).filter(api_keys::id.eq(id)).select(Row::as_select()).first(conn).await.optional()?;
    let rows = row.into_iter().collect();
    to_models(conn, rows).await?.pop().ok_or_else(|| ApiError::not_found("API key"))
}

/// Makes models of rows, with three statements for any number of rows.
async fn to_models(conn: &mut AsyncPgConnection, rows: Vec<Row>) -> Result<Vec<ApiKey>, ApiError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let owners: Vec<Uuid> = rows.iter().map(|row| row.owner_id).collect();
    let owners: Vec<Owner> = users::table
        .filter(users::id.eq_any(owners))
        .select((users::id, users::name, users::council_id))
        .load(conn)
        .await?;
    let owners: HashMap<Uuid, Owner> = owners.into_iter().map(|owner| (owner.id, owner)).collect();
    let now = Utc::now();
    let secrets: Vec<(Uuid, String, Option<DateTime<Utc>>)> = api_key_secrets::table
        .filter(api_key_secrets::key_id.eq_any(&ids))
        .filter(api_key_secrets::valid_until.is_null().or(api_key_secrets::valid_until.gt(now)))
        .select((api_key_secrets::key_id, api_key_secrets::prefix, api_key_secrets::valid_until))
        .load(conn)
        .await?;
    let used: HashMap<Uuid, Option<DateTime<Utc>>> = api_key_usage::table
        .filter(api_key_usage::key_id.eq_any(&ids))
        .group_by(api_key_usage::key_id)
        .select((api_key_usage::key_id, max(api_key_usage::last_at)))
        .load(conn)
        .await?
        .into_iter()
        .collect();
    let show = |row: Row| {
        let own = || secrets.iter().filter(|(key, ..)| *key == row.id);
        ApiKey {
            prefix: own().find(|(.., until)| until.is_none()).map(|(_, prefix, _)| prefix.clone()),
            overlap_until: own().filter_map(|(.., until)| *until).max(),
            last_used_at: used.get(&row.id).copied().flatten(),
            owner: owners.get(&row.owner_id).cloned().unwrap_or_default(),
            status: match row.revoked_at {
                Some(_) => KeyStatus::Revoked,
                None if row.expires_at <= now => KeyStatus::Expired,
                None => KeyStatus::Active,
            },
            id: row.id,
            name: row.name,
            scopes: row.scopes.into_iter().flatten().map(|scope| scope.0).collect(),
            origins: row.origins.into_iter().flatten().collect(),
            networks: row.networks.into_iter().flatten().collect(),
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            rotated_at: row.rotated_at,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    };
    Ok(rows.into_iter().map(show).collect())
}

/// Number of active keys of a user.
pub async fn count_active(conn: &mut AsyncPgConnection, owner: Uuid) -> Result<i64, ApiError> {
    let filter = KeyFilter { owners: vec![owner], statuses: vec![KeyStatus::Active] };
    Ok(filtered(KeyAccess::All, &filter).select(count_star()).first(conn).await?)
}

/// Creates a key without a secret; [`issue`] gives it one.
pub async fn create(conn: &mut AsyncPgConnection, owner: Uuid, new: &NewApiKey) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    let scopes: std::collections::BTreeSet<Scope> = new.scopes.iter().copied().collect();
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(id),
            api_keys::owner_id.eq(owner),
            api_keys::name.eq(&*new.name),
            api_keys::scopes.eq(scopes.into_iter().map(Word).collect::<Vec<_>>()),
            api_keys::origins.eq(&new.origins),
            api_keys::networks.eq(&new.networks),
            api_keys::expires_at.eq(new.expires_at()),
        ))
        .execute(conn)
        .await?;
    Ok(id)
}

/// Gives a key a new secret and returns it. Only this response contains the whole key. The secret's rights are limited
/// to those that its owner has now. If somebody else, `by`, issued it, they are limited to that user's rights too;
/// otherwise `by` is `None`.
pub async fn issue(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    id: Uuid,
    by: Option<&Account>,
) -> Result<IssuedKey, ApiError> {
    let secret = key::ApiKey::generate();
    let (Word(role), council): (Word<Role>, Option<Uuid>) = api_keys::table
        .inner_join(users::table)
        .filter(api_keys::id.eq(id))
        .select((users::role, users::council_id))
        .first(conn)
        .await?;
    let role = by.map_or(role, |by| role.min(by.role));
    let council = council.filter(|own| by.is_none_or(|by| by.role.is_officer() || by.council_id == Some(*own)));
    diesel::insert_into(api_key_secrets::table)
        .values((
            api_key_secrets::prefix.eq(secret.prefix()),
            api_key_secrets::key_id.eq(id),
            api_key_secrets::hash.eq(secret.hash(keys)),
            api_key_secrets::owner_role.eq(Word(role)),
            api_key_secrets::owner_council_id.eq(council),
        ))
        .execute(conn)
        .await?;
    Ok(IssuedKey { key: secret.reveal().into(), api_key: find(conn, KeyAccess::All, id).await? })
}

/// Updates a key; false if the version was not current.
pub async fn update(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    change: &ApiKeyUpdate,
) -> Result<bool, ApiError> {
    let changed = diesel::update(api_keys::table.find(id).filter(api_keys::version.eq(version)))
        .set((
            api_keys::name.eq(&*change.name),
            api_keys::origins.eq(&change.origins),
            api_keys::networks.eq(&change.networks),
        ))
        .execute(conn)
        .await?;
    Ok(changed == 1)
}

/// Ends every secret of a key after the overlap, or at its own end if that is earlier. False if the key is not active.
pub async fn retire_secrets(conn: &mut AsyncPgConnection, id: Uuid, overlap: Duration) -> Result<bool, ApiError> {
    let now = Utc::now();
    let key = api_keys::table.find(id).filter(api_keys::revoked_at.is_null()).filter(api_keys::expires_at.gt(now));
    if diesel::update(key).set(api_keys::rotated_at.eq(now)).execute(conn).await? != 1 {
        return Ok(false);
    }
    let own = api_key_secrets::table.filter(api_key_secrets::key_id.eq(id));
    diesel::delete(own.filter(api_key_secrets::valid_until.le(now))).execute(conn).await?;
    let ends = now + overlap;
    diesel::update(own.filter(api_key_secrets::valid_until.is_null().or(api_key_secrets::valid_until.gt(ends))))
        .set(api_key_secrets::valid_until.eq(ends))
        .execute(conn)
        .await?;
    Ok(true)
}

/// Revokes a key for good; false if the version was not current.
pub async fn revoke(conn: &mut AsyncPgConnection, id: Uuid, version: i32) -> Result<bool, ApiError> {
    let current = api_keys::table.find(id).filter(api_keys::version.eq(version));
    let now = Utc::now();
    let revoked_at = sql::<Nullable<Timestamptz>>("coalesce(revoked_at, ").bind::<Timestamptz, _>(now).sql(")");
    Ok(diesel::update(current).set(api_keys::revoked_at.eq(revoked_at)).execute(conn).await? == 1)
}

/// Unit of usage: a key, a day and an endpoint (method and route).
pub type KeyUse = (Uuid, NaiveDate, String);

/// Adds to the usage counts. Writes rows in a fixed order, so that two instances cannot deadlock.
pub async fn add_usage(conn: &mut AsyncPgConnection, counts: &HashMap<KeyUse, Count>) -> Result<(), ApiError> {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(counted, _)| *counted);
    // A statement can have 65,535 parameters at most.
    for chunk in counts.chunks(1000) {
        let row = |((key, day, endpoint), count): &(&KeyUse, &Count)| {
            (
                api_key_usage::key_id.eq(*key),
                api_key_usage::day.eq(*day),
                api_key_usage::endpoint.eq(endpoint.clone()),
                api_key_usage::requests.eq(count.times),
                api_key_usage::last_at.eq(count.last_at),
            )
        };
        diesel::insert_into(api_key_usage::table)
            .values(chunk.iter().map(row).collect::<Vec<_>>())
            .on_conflict((api_key_usage::key_id, api_key_usage::day, api_key_usage::endpoint))
            .do_update()
            .set((
                api_key_usage::requests.eq(api_key_usage::requests + excluded(api_key_usage::requests)),
                api_key_usage::last_at.eq(sql::<Timestamptz>("greatest(api_key_usage.last_at, excluded.last_at)")),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Usage of a key in the last 90 days.
pub async fn usage(conn: &mut AsyncPgConnection, id: Uuid) -> Result<KeyUsage, ApiError> {
    let of_key = api_key_usage::table.filter(api_key_usage::key_id.eq(id));
    let last_used_at = of_key.select(max(api_key_usage::last_at)).first(conn).await?;
    let data: Vec<DayUsage> = of_key
        .filter(api_key_usage::day.gt((Utc::now() - Duration::days(90)).date_naive()))
        .order((api_key_usage::day.desc(), api_key_usage::endpoint))
        .select((api_key_usage::day, api_key_usage::endpoint, api_key_usage::requests))
        .load(conn)
        .await?;
    Ok(KeyUsage { last_used_at, data })
}
