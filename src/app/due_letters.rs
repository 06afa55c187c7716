//! Writes to the editors of councils each quarter: which records are due, with a one-time link to answer.
//!
//! A service that was off when the quarter ended does it when it starts, within a fortnight. Several instances can run
//! this at once: the database takes one letter for each recipient and quarter.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::access::keys::Keys;
use crate::accounts::due_links::store::{editors, forget_old};
use crate::api::due_letters::write_letter;
use crate::db::Db;
use crate::error::ApiError;
use crate::letters::events::Letters;
use crate::read_model::follower::ReadModel;
use crate::read_model::snapshot::Snapshot;
use crate::registry::releases::model::due;

/// Delay between two looks at the calendar. Each looks at the records of every editor who has no letter yet.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Writes what is due for as long as it is awaited. Never returns.
pub async fn watch(db: &Db, keys: &Keys, model: &ReadModel, letters: &Letters) {
    loop {
        // Until the records are in memory, nobody knows what is due.
        while !model.ready(EVERY).await {}
        let Some(snapshot) = model.snapshot() else { continue };
        match write_due(db, keys, &snapshot, letters, Utc::now()).await {
            Ok(0) => {}
            Ok(written) => log::info!("letters about records that are due: {written}"),
            Err(error) => log::warn!("letters about records that are due were not written, and will be: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Writes the letters that are due at a time. Returns their number.
pub async fn write_due(
    db: &Db,
    keys: &Keys,
    snapshot: &Snapshot,
    letters: &Letters,
    now: DateTime<Utc>,
) -> Result<usize, ApiError> {
    let Some(quarter) = due(now) else { return Ok(0) };
    let mut written = 0;
    let waiting = editors(&mut *db.get().await?, None, Some(&quarter.name)).await?;
    for editor in waiting {
        let write = db.transaction(async |conn| {
            write_letter(conn, keys, letters, snapshot, (&editor, Some(&quarter.name))).await
        });
        written += usize::from(write.await?);
    }
    if written > 0 {
        forget_old(&mut *db.get().await?).await?;
    }
    Ok(written)
}
