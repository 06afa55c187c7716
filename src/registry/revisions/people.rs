//! Names of the people who take part in a review.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::Person;
use crate::db::schema::users;
use crate::error::ApiError;

/// Users by id, with their names.
pub async fn names_of(conn: &mut AsyncPgConnection, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Person>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Option<String>)> =
        users::table.filter(users::id.eq_any(ids)).select((users::id, users::name)).load(conn).await?;
    Ok(rows.into_iter().map(|(id, name)| (id, Person { id, name })).collect())
}
