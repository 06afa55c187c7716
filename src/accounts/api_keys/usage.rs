//! How often keys are used.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;

use super::store;
use super::store::KeyUse;
use crate::db::tally::{Count, Counted, Tally};
use crate::error::ApiError;

/// Requests of keys since they were last written down.
pub type Usage = Tally<KeyUse>;

impl Counted for KeyUse {
    async fn add(conn: &mut AsyncPgConnection, counts: &HashMap<Self, Count>) -> Result<(), ApiError> {
        store::add_usage(conn, counts).await
    }
}
