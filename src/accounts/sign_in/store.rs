//! Sessions and refresh tokens.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::access::role::Role;
use crate::access::scope::Scope;
use crate::audit::action::Action;
use crate::db::enum_text::{Word, text};
use crate::db::schema::{
    api_key_secrets, api_keys, audit_events, external_identities, refresh_tokens, sessions, users,
};
use crate::error::ApiError;
use crate::http::client_address;

diesel::define_sql_function! {
    /// PostgreSQL's 64-bit hash of a text.
    fn hashtextextended(text: Text, seed: BigInt) -> BigInt;
}

/// Owner of a valid session or identity, with current rights.
#[derive(Clone, Debug, Queryable)]
pub struct SessionOwner {
    /// Id of the user.
    pub user_id: Uuid,
    /// Role of the user.
    pub role: Word<Role>,
    /// Council of the user.
    pub council_id: Option<Uuid>,
    /// The identity, hashed; `None` for a session.
    pub proof: Option<i64>,
}

/// Owner of a session that has not ended.
pub async fn session_owner(conn: &mut AsyncPgConnection, session: Uuid) -> Result<Option<SessionOwner>, ApiError> {
    Ok(sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(session))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(Utc::now()))
        .filter(users::status.eq("active"))
        .select((users::id, users::role, users::council_id, None::<i64>.into_sql::<Nullable<BigInt>>()))
        .first(conn)
        .await
        .optional()?)
}

/// A key that has neither expired nor been revoked, with its owner's current rights.
#[derive(Queryable)]
pub struct KeyOwner {
    /// Id of the key.
    pub key_id: Uuid,
    /// HMAC of the secret.
    pub hash: Vec<u8>,
    /// Scopes of the key.
    pub scopes: Vec<Option<Word<Scope>>>,
    /// Web origins from which browsers can use it; empty: no restriction.
    pub origins: Vec<Option<String>>,
    /// Networks from which it can be used; empty: no restriction.
    pub networks: Vec<Option<String>>,
    /// The owner's role when the secret was issued.
    pub role_then: Word<Role>,
    /// The owner's council when the secret was issued.
    pub council_then: Option<Uuid>,
    /// Id of the owner.
    pub user_id: Uuid,
    /// The owner's role.
    pub role: Word<Role>,
    /// The owner's council.
    pub council_id: Option<Uuid>,
    /// The prefix of the secret, hashed.
    pub proof: i64,
}

/// The key with this prefix, if the key is valid and its owner active.
pub async fn key_owner(conn: &mut AsyncPgConnection, prefix: &str) -> Result<Option<KeyOwner>, ApiError> {
    let now = Utc::now();
    Ok(api_key_secrets::table
        .inner_join(api_keys::table.inner_join(users::table))
        .filter(api_key_secrets::prefix.eq(prefix))
        .filter(api_key_secrets::valid_until.is_null().or(api_key_secrets::valid_until.gt(now)))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.gt(now))
        .filter(users::status.eq("active"))
        .select((
            api_keys::id,
            api_key_secrets::hash,
            api_keys::scopes,
            api_keys::origins,
            api_keys::networks,
            api_key_secrets::owner_role,
            api_key_secrets::owner_council_id,
            users::id,
            users::role,
            users::council_id,
            hashtextextended(api_key_secrets::prefix, 0),
        ))
        .first(conn)
        .await
        .optional()?)
}

/// The active user for a subject of another issuer.
pub async fn identity_owner(
    conn: &mut AsyncPgConnection,
    issuer: &str,
    subject: &str,
) -> Result<Option<SessionOwner>, ApiError> {
    Ok(external_identities::table
        .inner_join(users::table)
        .filter(external_identities::issuer.eq(issuer))
        .filter(external_identities::subject.eq(subject))
        .filter(users::status.eq("active"))
        .select((
            users::id,
            users::role,
            users::council_id,
            hashtextextended(external_identities::issuer.concat(" ").concat(external_identities::subject), 0)
                .nullable(),
        ))
        .first(conn)
        .await
        .optional()?)
}

/// Id and password hash of an active user, for signing in.
pub async fn password_of(conn: &mut AsyncPgConnection, email: &str) -> Result<Option<(Uuid, String)>, ApiError> {
    Ok(users::table
        .filter(users::email.eq(email.to_lowercase()))
        .filter(users::status.eq("active"))
        .filter(users::password_hash.is_not_null())
        .select((users::id, users::password_hash.assume_not_null()))
        .first(conn)
        .await
        .optional()?)
}

/// True for an account that signed in from the network of an address within the last days, according to the audit
/// trail.
pub async fn has_signed_in_from(
    conn: &mut AsyncPgConnection,
    email: &str,
    address: IpAddr,
    days: u16,
) -> Result<bool, ApiError> {
    let recent = audit_events::table
        .inner_join(users::table.on(users::id.nullable().eq(audit_events::actor_id)))
        .filter(users::email.eq(email.to_lowercase()))
        .filter(audit_events::action.eq(text(&Action::SessionBegin)))
        .filter(audit_events::created_at.gt(Utc::now() - Duration::days(days.into())));
    // Same networks as in `client_address::network`: an IPv4 address, or an IPv6 /64.
    let network = format!("{}/{}", client_address::network(Some(address)), if address.is_ipv4() { 32 } else { 64 });
    let from = sql::<Bool>("audit_events.address::inet <<= ").bind::<Text, _>(network).sql("::inet");
    Ok(diesel::select(exists(recent.filter(from))).get_result(conn).await?)
}

/// True while a user is active and has this password hash. Locks both until the transaction ends.
pub async fn still_holds(conn: &mut AsyncPgConnection, user: Uuid, hash: &str) -> Result<bool, ApiError> {
    let held: Option<Uuid> = users::table
        .find(user)
        .filter(users::status.eq("active"))
        .filter(users::password_hash.eq(hash))
        .select(users::id)
        .for_share()
        .first(conn)
        .await
        .optional()?;
    Ok(held.is_some())
}

/// Creates a session with its first refresh token.
pub async fn begin_session(
    conn: &mut AsyncPgConnection,
    user: Uuid,
    days: u16,
    hash: Vec<u8>,
) -> Result<Uuid, ApiError> {
    let session = Uuid::now_v7();
    let now = Utc::now();
    // Delete the user's expired sessions at each sign-in; nothing needs them.
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::expires_at.lt(now)))
        .execute(conn)
        .await?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session),
            sessions::user_id.eq(user),
            sessions::expires_at.eq(now + Duration::days(days.into())),
        ))
        .execute(conn)
        .await?;
    add_refresh_token(conn, session, hash).await?;
    Ok(session)
}

/// Adds a new refresh token to a session.
pub async fn add_refresh_token(conn: &mut AsyncPgConnection, session: Uuid, hash: Vec<u8>) -> Result<(), ApiError> {
    diesel::insert_into(refresh_tokens::table)
        .values((refresh_tokens::token_hash.eq(hash), refresh_tokens::session_id.eq(session)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Result of using a refresh token.
pub enum Refresh {
    /// Used now, for the first time.
    Used {
        /// The session.
        session: Uuid,
    },
    /// Used before, so somebody has a copy. The session has been ended.
    Reused {
        /// The session.
        session: Uuid,
        /// Owner of the session; `None` if it had already ended.
        owner: Option<SessionOwner>,
    },
    /// Unknown token, or the session has ended.
    Unknown,
}

/// Uses up a refresh token. If two callers present it at the same time, the first one wins and the second ends the
/// session.
pub async fn use_refresh_token(conn: &mut AsyncPgConnection, hash: &[u8]) -> Result<Refresh, ApiError> {
    let known: Option<(Uuid, Option<DateTime<Utc>>)> = refresh_tokens::table
        .filter(refresh_tokens::token_hash.eq(hash))
        .select((refresh_tokens::session_id, refresh_tokens::used_at))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    match known {
        None => Ok(Refresh::Unknown),
        Some((session, Some(_))) => {
            let owner = session_owner(conn, session).await?;
            end_session(conn, session).await?;
            Ok(Refresh::Reused { session, owner })
        }
        Some((session, None)) => {
            diesel::update(refresh_tokens::table.filter(refresh_tokens::token_hash.eq(hash)))
                .set(refresh_tokens::used_at.eq(Utc::now()))
                .execute(conn)
                .await?;
            Ok(Refresh::Used { session })
        }
    }
}

/// Ends a session, and its tokens with it.
pub async fn end_session(conn: &mut AsyncPgConnection, session: Uuid) -> Result<(), ApiError> {
    diesel::update(sessions::table.filter(sessions::id.eq(session)).filter(sessions::ended_at.is_null()))
        .set(sessions::ended_at.eq(Utc::now()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends all sessions of a user.
pub async fn end_sessions_of(conn: &mut AsyncPgConnection, user: Uuid) -> Result<(), ApiError> {
    diesel::update(sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::ended_at.is_null()))
        .set(sessions::ended_at.eq(Utc::now()))
        .execute(conn)
        .await?;
    Ok(())
}
