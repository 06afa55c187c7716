//! Users as other records name them.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::users;
use crate::error::ApiError;

/// A user who did something. The e-mail address is left out, because it is a contact detail.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    /// Id of the user.
    pub id: Uuid,
    /// Current name of the user.
    #[schema(required)]
    pub name: Option<String>,
}

/// Users by id, with their names.
pub async fn names_of(conn: &mut AsyncPgConnection, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Person>, ApiError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, Option<String>)> =
        users::table.filter(users::id.eq_any(ids)).select((users::id, users::name)).load(conn).await?;
    Ok(rows.into_iter().map(|(id, name)| (id, Person { id, name })).collect())
}
