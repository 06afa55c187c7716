//! Usage counts of API keys.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;

use super::store;
use super::store::KeyUse;
use crate::db::tally::{Count, Counted, Tally};
use crate::error::ApiError;

/// Requests with API keys since the last write to the database.
pub type Usage = Tally<KeyUse>;

impl Counted for KeyUse {
    async fn add(conn: &mut AsyncPgConnection, counts: &HashMap<Self, Count>) -> Result<(), ApiError> {
        store::add_usage(conn, counts).await
    }
}
