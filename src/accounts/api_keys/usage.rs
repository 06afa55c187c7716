//! How often keys are used.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::store;
use crate::db::tally::{Count, Counted, Tally};
use crate::error::ApiError;

/// Requests of keys since they were last written down.
pub type Usage = Tally<KeyUse>;

/// What is counted: a key, on a day, at an endpoint (method and route).
pub type KeyUse = (Uuid, NaiveDate, String);

impl Counted for KeyUse {
    async fn add(conn: &mut AsyncPgConnection, counts: &HashMap<Self, Count>) -> Result<(), ApiError> {
        store::add_usage(conn, counts).await
    }
}
