//! Who hears of what a council looks after.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::access::role::Role;
use crate::accounts::users::model::UserStatus;
use crate::db::enum_text::Word;
use crate::db::schema::users;
use crate::error::ApiError;

/// E-mail addresses of a council's active users with one of the roles `theirs` or, of what no council looks after, of the
/// network officers with one of the roles `officers`. Without `by`, who did what the letter tells of.
pub async fn keepers(
    conn: &mut AsyncPgConnection,
    council: Option<Uuid>,
    theirs: &[Role],
    officers: &[Role],
    by: Option<Uuid>,
) -> Result<Vec<String>, ApiError> {
    let roles = if council.is_some() { theirs } else { officers };
    let roles: Vec<_> = roles.iter().map(|role| Word(*role)).collect();
    let wanted = users::table
        .filter(users::status.eq(Word(UserStatus::Active)))
        .filter(users::role.eq_any(roles))
        // Network officers are of no council.
        .filter(users::council_id.is_not_distinct_from(council))
        .filter(users::id.ne_all(by))
        .order(users::id)
        .select(users::email);
    Ok(wanted.load(conn).await?)
}
