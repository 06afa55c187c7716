//! How often something happens: counted in memory, written down every few seconds, so that a read costs no write.
//!
//! What was counted since the last time is lost when the process is killed: a few seconds of a statistic.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::Db;
use crate::error::ApiError;

/// How often the counts are written down.
pub const PERIOD: Duration = Duration::from_secs(10);
/// Different things that are counted until they are written down: more are not, as callers choose what there is.
const MOST: usize = 10_000;

/// Counts since they were last written down.
pub struct Tally<K> {
    counts: Mutex<HashMap<K, Count>>,
    /// One writes at a time: the rows are the same.
    writing: tokio::sync::Mutex<()>,
}

/// What is counted.
pub trait Counted: Eq + Hash + Send + Sized {
    /// Add counts to those in the database.
    fn add(
        conn: &mut AsyncPgConnection,
        counts: &HashMap<Self, Count>,
    ) -> impl Future<Output = Result<(), ApiError>> + Send;
}

/// How often, and when last.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// Times.
    pub times: i64,
    /// The last of them.
    pub last_at: DateTime<Utc>,
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self { counts: Mutex::default(), writing: tokio::sync::Mutex::default() }
    }
}

impl<K: Counted> Tally<K> {
    /// Count once.
    pub fn count(&self, key: K) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() < MOST || counts.contains_key(&key) {
            let now = Utc::now();
            let count = counts.entry(key).or_insert(Count { times: 0, last_at: now });
            count.times += 1;
            count.last_at = now;
        }
    }

    /// Write the counts down; what cannot be written is kept for the next time.
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
