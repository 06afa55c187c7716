//! Withdrawing a record: the parameters of `DELETE`, the change and the answer afterwards, the same for every resource.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::error::ApiError;

/// Reason for withdrawing a record.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Withdrawal {
    /// Reason, shown to the public in place of the record. One line of at most 300 characters.
    #[param(min_length = 1, max_length = 300, pattern = r"^[^\x00-\x1f\x7f-\x9f]*$", example = "Entered twice")]
    reason: Option<String>,
}

impl Withdrawal {
    /// The reason, if one was given.
    pub fn reason(self) -> Option<String> {
        self.reason
    }
}

/// What is left of a withdrawn record.
#[derive(QueryableByName)]
struct Left {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    withdrawn_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    withdrawn_reason: Option<String>,
}

/// The error for a record of this table that cannot be read: 404, with the public reason if it was withdrawn. `what`
/// names the record for people.
pub async fn missing(
    conn: &mut AsyncPgConnection,
    table: &'static str,
    what: &'static str,
    id: Uuid,
) -> Result<ApiError, ApiError> {
    let query = format!("SELECT withdrawn_at, withdrawn_reason FROM {table} WHERE id = $1");
    let left: Option<Left> = sql_query(query).bind::<SqlUuid, _>(id).get_result(conn).await.optional()?;
    Ok(match left {
        Some(Left { withdrawn_at: Some(on), withdrawn_reason }) => {
            ApiError::withdrawn(what, on, withdrawn_reason.as_deref())
        }
        _ => ApiError::not_found(what),
    })
}

/// Withdraws a record of this table and leaves a tombstone; false if `version` is not current.
pub async fn withdraw(
    conn: &mut AsyncPgConnection,
    table: &'static str,
    id: Uuid,
    version: i32,
    reason: Option<&str>,
) -> Result<bool, ApiError> {
    let change = format!(
        "UPDATE {table} SET withdrawn_at = $1, withdrawn_reason = $2
         WHERE id = $3 AND version = $4 AND withdrawn_at IS NULL"
    );
    let change = sql_query(change)
        .bind::<Timestamptz, _>(Utc::now())
        .bind::<Nullable<Text>, _>(reason)
        .bind::<SqlUuid, _>(id)
        .bind::<Integer, _>(version);
    Ok(change.execute(conn).await? == 1)
}
