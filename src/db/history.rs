//! The history of the database: whether a position in the order of commits, read earlier, still means the same.
//!
//! A database that was restored, or has lost its latest commits, gives the numbers of the lost changes to others. Two
//! things reveal it:
//!
//! - The *epoch* changes when a dump is restored, and on failover and point-in-time recovery.
//! - The *starts* reveal a lost tail: a data folder that was copied while nothing ran and is put back later. Each
//!   process records its start with the position that it found. A position names the latest start before it. If that
//!   start is missing, or a later one found a lower position, the position is from a lost tail.

use std::sync::{Arc, Mutex, PoisonError};

use diesel::QueryResult;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::prepared::Prepared;

/// The last known epoch, for callers without a connection.
#[derive(Clone, Debug, Default)]
pub struct History(Arc<Mutex<Option<i64>>>);

impl History {
    /// The epoch; `None` until it is known.
    pub fn epoch(&self) -> Option<i64> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Record the epoch.
    pub fn note(&self, epoch: i64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(epoch);
    }
}

/// Where in the history a position was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Era {
    /// The epoch: see [`epoch`].
    pub epoch: i64,
    /// Mark of the latest start; 0 before the first.
    pub start: i64,
}

/// The current epoch: a hash of the cluster; of its timeline, which changes on failover and point-in-time recovery; and
/// of the `changes` table, which restoring a dump creates again.
pub async fn epoch(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    const EPOCH: &str =
        "SELECT hashtextextended(concat_ws('/', s.system_identifier, c.timeline_id, 'changes'::regclass::oid), 0)
        FROM pg_control_system() s, pg_control_checkpoint() c";
    let (epoch,) = Prepared::new(EPOCH).returning::<(BigInt,)>().get_result::<(i64,)>(conn).await?;
    Ok(epoch)
}

/// The current era.
pub async fn era(conn: &mut AsyncPgConnection) -> QueryResult<Era> {
    const LATEST: &str = "SELECT coalesce((SELECT mark FROM starts ORDER BY number DESC LIMIT 1), 0)";
    let epoch = epoch(conn).await?;
    let (start,) = Prepared::new(LATEST).returning::<(BigInt,)>().get_result::<(i64,)>(conn).await?;
    Ok(Era { epoch, start })
}

/// True if a position that was read in this era still names the same change.
pub async fn is_kept(conn: &mut AsyncPgConnection, era: Era, position: i64) -> QueryResult<bool> {
    const KEPT: &str = "WITH asked (mark, position) AS (SELECT $1::bigint, $2::bigint),
        since AS (SELECT 0 AS number FROM asked WHERE mark = 0 UNION ALL SELECT number FROM starts JOIN asked USING (mark))
        SELECT EXISTS (SELECT FROM since, asked WHERE NOT EXISTS (
            SELECT FROM starts later WHERE later.number > since.number AND later.position < asked.position))";
    if epoch(conn).await? != era.epoch {
        return Ok(false);
    }
    let query = Prepared::new(KEPT).bind::<BigInt, _>(era.start).bind::<BigInt, _>(position);
    let (kept,) = query.returning::<(Bool,)>().get_result::<(bool,)>(conn).await?;
    Ok(kept)
}

/// Record that a process starts to write to this database.
///
/// While another process writes, nothing is recorded: the database was not put back under a running process. The lock
/// is that of `changes`, so that no change gets a position between the look at the last one and the record.
pub async fn begin(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    const LOCK: &str = "SELECT pg_try_advisory_xact_lock(hashtextextended('changes', 0))";
    const RECORD: &str = "INSERT INTO starts (position) SELECT coalesce(max(position), 0) FROM changes";
    conn.transaction(async |conn| {
        let (is_free,) = Prepared::new(LOCK).returning::<(Bool,)>().get_result::<(bool,)>(conn).await?;
        if is_free {
            Prepared::new(RECORD).execute(conn).await?;
        }
        Ok(())
    })
    .await
}
