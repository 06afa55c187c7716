//! Queries of users. Rows contain the password hash, so they never leave the service as they are.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{Identity, User, UserStatus, UserUpdate};
use crate::access::role::Role;
use crate::accounts::sign_in::store::end_sessions_of;
use crate::db::enum_text::Word;
use crate::db::schema::{external_identities, users};
use crate::error::ApiError;
use crate::http::page::{Slice, Window};
use crate::registry::references;

/// A user as stored, with the password hash.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct UserRow {
    /// Id.
    pub id: Uuid,
    /// E-mail address.
    pub email: String,
    /// Display name.
    pub name: Option<String>,
    /// Role.
    pub role: Word<Role>,
    /// Council.
    pub council_id: Option<Uuid>,
    /// Status.
    pub status: Word<UserStatus>,
    /// Argon2id hash in PHC format; none for a user who never signs in with a password.
    pub password_hash: Option<String>,
    /// Version.
    pub version: i32,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
}

/// Filters of the list of users.
#[derive(Default)]
pub struct UserFilter {
    /// Any of these roles.
    pub roles: Vec<Role>,
    /// This status.
    pub status: Option<UserStatus>,
    /// Bound to any of these councils.
    pub councils: Option<Vec<Uuid>>,
}

fn filtered(filter: &UserFilter) -> users::BoxedQuery<'static, diesel::pg::Pg> {
    let mut query = users::table.into_boxed();
    if !filter.roles.is_empty() {
        query = query.filter(users::role.eq_any(filter.roles.iter().map(|role| Word(*role)).collect::<Vec<_>>()));
    }
    if let Some(status) = filter.status {
        query = query.filter(users::status.eq(Word(status)));
    }
    if let Some(councils) = &filter.councils {
        query = query.filter(users::council_id.eq_any(councils.clone()));
    }
    query
}

/// One page of users.
pub async fn list(conn: &mut AsyncPgConnection, filter: &UserFilter, window: &Window) -> Result<Slice<User>, ApiError> {
    let total = filtered(filter).select(count_star()).first(conn).await?;
    let mut query = filtered(filter);
    if let Some(beyond) = window.beyond("users.id") {
        query = query.filter(beyond);
    }
    let rows = query
        .select((UserRow::as_select(), window.key()))
        .order(window.order("users.id"))
        .limit(window.fetch())
        .load::<(UserRow, String)>(conn)
        .await?;
    let mut slice = Slice::new(rows, total, window, |row| row.id);
    let users = to_models(conn, std::mem::take(&mut slice.rows)).await?;
    Ok(slice.of(users))
}

/// Users with their councils and identities, in the same order.
async fn to_models(conn: &mut AsyncPgConnection, rows: Vec<UserRow>) -> Result<Vec<User>, ApiError> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.council_id).collect();
    let councils = references::councils_by_id(conn, &ids).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut identities = identities_of(conn, &ids).await?;
    let model = |row: UserRow| {
        let council = row.council_id.and_then(|id| councils.get(&id).cloned());
        let identities = identities.remove(&row.id).unwrap_or_default();
        to_model(row, council, identities)
    };
    Ok(rows.into_iter().map(model).collect())
}

/// Identities of some users, in a fixed order.
async fn identities_of(conn: &mut AsyncPgConnection, users: &[Uuid]) -> Result<HashMap<Uuid, Vec<Identity>>, ApiError> {
    use external_identities as one;
    let rows: Vec<(Uuid, String, String)> = one::table
        .filter(one::user_id.eq_any(users))
        .order((one::issuer, one::subject))
        .select((one::user_id, one::issuer, one::subject))
        .load(conn)
        .await?;
    let mut found = HashMap::<Uuid, Vec<Identity>>::new();
    for (user, issuer, subject) in rows {
        found.entry(user).or_default().push(Identity { issuer, subject });
    }
    Ok(found)
}

/// Replaces the identities of a user.
async fn set_identities(conn: &mut AsyncPgConnection, user: Uuid, identities: &[Identity]) -> Result<(), ApiError> {
    use external_identities::{issuer, subject, user_id};
    diesel::delete(external_identities::table.filter(user_id.eq(user))).execute(conn).await?;
    let rows: Vec<_> =
        identities.iter().map(|one| (issuer.eq(&one.issuer), subject.eq(&one.subject), user_id.eq(user))).collect();
    diesel::insert_into(external_identities::table).values(rows).execute(conn).await?;
    Ok(())
}

fn to_model(
    row: UserRow,
    council: Option<crate::registry::councils::model::CouncilRef>,
    identities: Vec<Identity>,
) -> User {
    User {
        id: row.id,
        email: row.email,
        name: row.name,
        role: row.role.0,
        council,
        status: row.status.0,
        identities,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

/// One user, with the password hash.
pub async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<UserRow, ApiError> {
    let found = users::table.find(id).select(UserRow::as_select()).first(conn).await.optional()?;
    found.ok_or_else(|| ApiError::not_found("user"))
}

/// One active user, with the password hash.
pub async fn find_active(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Option<UserRow>, ApiError> {
    let active = users::table.find(id).filter(users::status.eq(Word(UserStatus::Active)));
    Ok(active.select(UserRow::as_select()).first(conn).await.optional()?)
}

/// One user, as a model.
pub async fn show(conn: &mut AsyncPgConnection, id: Uuid) -> Result<User, ApiError> {
    let row = find(conn, id).await?;
    to_models(conn, vec![row]).await?.pop().ok_or_else(|| ApiError::not_found("user"))
}

/// Id of the user with an e-mail address.
pub async fn find_by_email(conn: &mut AsyncPgConnection, email: &str) -> Result<Option<Uuid>, ApiError> {
    Ok(users::table.filter(users::email.eq(email.to_lowercase())).select(users::id).first(conn).await.optional()?)
}

/// True when there are no users yet.
pub async fn is_empty(conn: &mut AsyncPgConnection) -> Result<bool, ApiError> {
    Ok(!diesel::select(diesel::dsl::exists(users::table.select(users::id))).get_result::<bool>(conn).await?)
}

/// Creates a user. Call it within a transaction, after finding the id of the `council`.
pub async fn create(
    conn: &mut AsyncPgConnection,
    user: &UserUpdate,
    council: Option<Uuid>,
    password_hash: Option<&str>,
) -> Result<Uuid, ApiError> {
    let id = Uuid::now_v7();
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::email.eq(user.email.to_lowercase()),
            users::name.eq(user.name.as_deref()),
            users::role.eq(Word(user.role)),
            users::council_id.eq(council),
            users::password_hash.eq(password_hash),
        ))
        .execute(conn)
        .await?;
    set_identities(conn, id, &user.identities).await?;
    Ok(id)
}

/// Replaces the properties that an admin can set; false if the version was not current. Disabling ends every session.
pub async fn update(
    conn: &mut AsyncPgConnection,
    id: Uuid,
    version: i32,
    user: &UserUpdate,
    council: Option<Uuid>,
) -> Result<bool, ApiError> {
    let changed = diesel::update(users::table.find(id).filter(users::version.eq(version)))
        .set((
            users::email.eq(user.email.to_lowercase()),
            users::name.eq(user.name.as_deref()),
            users::role.eq(Word(user.role)),
            users::council_id.eq(council),
            users::status.eq(Word(user.status)),
        ))
        .execute(conn)
        .await?;
    if changed == 1 {
        set_identities(conn, id, &user.identities).await?;
    }
    if changed == 1 && user.status == UserStatus::Disabled {
        end_sessions_of(conn, id).await?;
    }
    Ok(changed == 1)
}

/// Binds all users of a council to another one. The roles stay. Returns each user before and after, by e-mail address.
pub async fn move_all(conn: &mut AsyncPgConnection, from: Uuid, to: Uuid) -> Result<Vec<(User, User)>, ApiError> {
    let own = users::table.filter(users::council_id.eq(from)).order(users::email).select(UserRow::as_select());
    let before: Vec<UserRow> = own.for_update().load(conn).await?;
    let ids: Vec<Uuid> = before.iter().map(|user| user.id).collect();
    let before = to_models(conn, before).await?;
    diesel::update(users::table.filter(users::id.eq_any(&ids))).set(users::council_id.eq(to)).execute(conn).await?;
    let moved = users::table.filter(users::id.eq_any(&ids)).order(users::email).select(UserRow::as_select());
    let after = moved.load(conn).await?;
    let after = to_models(conn, after).await?;
    Ok(before.into_iter().zip(after).collect())
}

/// Sets a password and ends every session.
pub async fn set_password(conn: &mut AsyncPgConnection, id: Uuid, hash: &str) -> Result<(), ApiError> {
    diesel::update(users::table.find(id)).set(users::password_hash.eq(hash)).execute(conn).await?;
    end_sessions_of(conn, id).await
}

/// Disables a user and ends every session.
pub async fn disable(conn: &mut AsyncPgConnection, id: Uuid) -> Result<(), ApiError> {
    diesel::update(users::table.find(id)).set(users::status.eq(Word(UserStatus::Disabled))).execute(conn).await?;
    end_sessions_of(conn, id).await
}

/// Active network admins. The last one cannot be disabled or demoted.
pub async fn active_admins(conn: &mut AsyncPgConnection) -> Result<Vec<Uuid>, ApiError> {
    Ok(users::table
        .filter(users::role.eq(Word(Role::NetworkAdmin)))
        .filter(users::status.eq(Word(UserStatus::Active)))
        .order(users::id)
        .select(users::id)
        .for_update()
        .load(conn)
        .await?)
}
