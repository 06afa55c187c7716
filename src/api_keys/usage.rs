//! How often keys are used: counted in memory, written down every few seconds, so that a read costs no write.
//!
//! What was counted since the last time is lost when the process is killed: a few seconds of a statistic.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::store;
use crate::db::Db;
use crate::error::ApiError;

/// How often the counts are written down.
pub const PERIOD: Duration = Duration::from_secs(10);

/// Counts since they were last written down. Bounded: endpoints are routes, and keys are those that were let in.
#[derive(Default)]
pub struct Usage {
    counts: Mutex<HashMap<Counted, Count>>,
    /// One writes at a time: the rows are the same.
    writing: tokio::sync::Mutex<()>,
}

/// What is counted: a key, on a day, at an endpoint.
pub type Counted = (Uuid, NaiveDate, String);

/// How often, and when last.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// Requests.
    pub requests: i64,
    /// The last of them.
    pub last_at: DateTime<Utc>,
}

impl Usage {
    /// Count one request. `endpoint` is method and route.
    pub fn count(&self, key: Uuid, endpoint: String) {
        let now = Utc::now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((key, now.date_naive(), endpoint)).or_insert(Count { requests: 0, last_at: now });
        count.requests += 1;
        count.last_at = now;
    }

    /// Write the counts down; what cannot be written is kept for the next time.
    pub async fn write_down(&self, db: &Db) -> Result<(), ApiError> {
        let _writing = self.writing.lock().await;
        let counts = std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        if counts.is_empty() {
            return Ok(());
        }
        let written = async { store::add_usage(&mut *db.get().await?, &counts).await }.await;
        if written.is_err() {
            let mut newer = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            for (counted, count) in counts {
                newer.entry(counted).and_modify(|newer| newer.requests += count.requests).or_insert(count);
            }
        }
        written
    }
}
