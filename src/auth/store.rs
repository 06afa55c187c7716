//! Sessions and refresh tokens.

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::schema::{refresh_tokens, sessions, users};
use crate::db::word::Word;
use crate::error::ApiError;
use crate::users::model::Role;

/// Who is behind a valid session, as the rights stand now.
#[derive(Clone, Debug, Queryable)]
pub struct SessionOwner {
    /// The user.
    pub user_id: Uuid,
    /// What the user may do.
    pub role: Word<Role>,
    /// For whom.
    pub council_id: Option<Uuid>,
}

/// The owner of a session that has not ended.
pub async fn session_owner(conn: &mut AsyncPgConnection, session: Uuid) -> Result<Option<SessionOwner>, ApiError> {
    Ok(sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(session))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(Utc::now()))
        .filter(users::status.eq("active"))
        .select((users::id, users::role, users::council_id))
        .first(conn)
        .await
        .optional()?)
}

/// What signing in needs of an account: id and password hash, of an active user only.
pub async fn password_of(conn: &mut AsyncPgConnection, email: &str) -> Result<Option<(Uuid, String)>, ApiError> {
    Ok(users::table
        .filter(users::email.eq(email.to_lowercase()))
        .filter(users::status.eq("active"))
        .select((users::id, users::password_hash))
        .first(conn)
        .await
        .optional()?)
}

/// True while a user is active and has this password hash; neither changes before the transaction ends.
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

/// Begin a session with its first refresh token.
pub async fn begin_session(
    conn: &mut AsyncPgConnection,
    user: Uuid,
    days: u16,
    hash: Vec<u8>,
) -> Result<Uuid, ApiError> {
    let session = Uuid::now_v7();
    let now = Utc::now();
    // Sessions long over are of no use to anyone; each sign-in sweeps the user's own.
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

/// Give a session another refresh token.
pub async fn add_refresh_token(conn: &mut AsyncPgConnection, session: Uuid, hash: Vec<u8>) -> Result<(), ApiError> {
    diesel::insert_into(refresh_tokens::table)
        .values((refresh_tokens::token_hash.eq(hash), refresh_tokens::session_id.eq(session)))
        .execute(conn)
        .await?;
    Ok(())
}

/// What became of a refresh token that was presented.
pub enum Refresh {
    /// Used now, for the first time.
    Used {
        /// Its session.
        session: Uuid,
    },
    /// Used before: somebody has a copy. The session has been ended.
    Reused {
        /// Its session.
        session: Uuid,
        /// Whose it was; `None` when it had ended before.
        owner: Option<SessionOwner>,
    },
    /// Not one of ours, or of a session that has ended.
    Unknown,
}

/// Use a refresh token up. Of two who present it at once, one wins and the other ends the session.
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

/// End one session and with it its tokens.
pub async fn end_session(conn: &mut AsyncPgConnection, session: Uuid) -> Result<(), ApiError> {
    diesel::update(sessions::table.filter(sessions::id.eq(session)).filter(sessions::ended_at.is_null()))
        .set(sessions::ended_at.eq(Utc::now()))
        .execute(conn)
        .await?;
    Ok(())
}

/// End every session of a user.
pub async fn end_sessions_of(conn: &mut AsyncPgConnection, user: Uuid) -> Result<(), ApiError> {
    diesel::update(sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::ended_at.is_null()))
        .set(sessions::ended_at.eq(Utc::now()))
        .execute(conn)
        .await?;
    Ok(())
}
