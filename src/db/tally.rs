//! Usage counts: collected in memory and saved every few seconds, so that a read does not cause a write.
//!
//! A killed process loses the counts since the last save, which are a few seconds of statistics.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::Db;
use crate::error::ApiError;

/// How often the counts are saved.
pub const PERIOD: Duration = Duration::from_secs(10);
/// Maximum number of different keys between two saves. The limit is needed because callers choose the keys.
const MAX_KEYS: usize = 10_000;

/// Counts since the last save.
pub struct Tally<K> {
    counts: Mutex<HashMap<K, Count>>,
    /// One save at a time, because they update the same rows.
    writing: tokio::sync::Mutex<()>,
}

/// A key whose use is counted.
pub trait Counted: Eq + Hash + Send + Sized {
    /// Add the counts to those in the database.
    fn add(
        conn: &mut AsyncPgConnection,
        counts: &HashMap<Self, Count>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
}

/// Number of uses, and the time of the last.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// Number of uses.
    pub times: i64,
    /// Time of the last use.
    pub last_at: DateTime<Utc>,
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self { counts: Mutex::default(), writing: tokio::sync::Mutex::default() }
    }
}

impl<K: Counted> Tally<K> {
    /// Count one use.
    pub fn count(&self, key: K) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() < MAX_KEYS || counts.contains_key(&key) {
            let now = Utc::now();
            let count = counts.entry(key).or_insert(Count { times: 0, last_at: now });
            count.times += 1;
            count.last_at = now;
        }
    }

    /// Save the counts. If that fails, they stay in memory for the next save.
    pub async fn write_down(&self, db: &Db) -> Result<(), ApiError> {
        let _writing = self.writing.lock().await;
        let counts = std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner));
        if counts.is_empty() {
            return Ok(());
        }
        let written = async { K::add(&mut *db.get().await?, &counts).await }.await;
        if written.is_err() {
            let mut newer = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, count) in counts {
                newer.entry(key).and_modify(|newer| newer.times += count.times).or_insert(count);
            }
        }
        written
    }
}
