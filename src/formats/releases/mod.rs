//! Releases: the whole public registry at one time, in one ZIP file that never changes.
//!
//! `archive` writes the file from one snapshot, with the columns and rows of exports. [`make`] keeps it in the database, in
//! parts, so that neither making nor serving it holds the whole file in memory.

pub mod archive;
mod readme;

use std::io::BufWriter;

use chrono::SubsecRound;
use data_encoding::HEXLOWER;
use diesel_async::AsyncPgConnection;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use self::archive::Contents;
use crate::error::ApiError;
use crate::formats::exports::parts::Parts;
use crate::registry::releases::store;

/// Size of a part in bytes.
const PART: usize = 1 << 20;

/// Makes a release in the transaction of `conn`, and returns its id. `None` if there is one with this name, or was one.
/// Of several instances that make it at once, one does.
pub async fn make(
    conn: &mut AsyncPgConnection,
    contents: Contents,
    reason: Option<&str>,
) -> Result<Option<Uuid>, ApiError> {
    if store::lock_name(conn, &contents.name).await? {
        return Ok(None);
    }
    // To the microsecond, as the database keeps it.
    let contents = Contents { made_at: contents.made_at.trunc_subsecs(6), ..contents };
    let (name, made_at) = (contents.name.clone(), contents.made_at);
    let id = Uuid::now_v7();
    let (sender, mut parts) = mpsc::channel(1);
    // If this task ends early, the thread finds nobody to write to, and ends too.
    let writing = spawn_blocking(move || archive::write(BufWriter::with_capacity(PART, Parts(sender)), &contents));
    let (mut digest, mut bytes, mut position) = (Sha256::new(), 0, 0);
    while let Some(part) = parts.recv().await {
        digest.update(&part);
        bytes += part.len() as i64;
        store::add_part(conn, id, position, &part).await?;
        position += 1;
    }
    let counts = writing.await.map_err(ApiError::internal)??;
    let sha256 = HEXLOWER.encode(&digest.finalize());
    let counts = serde_json::to_value(counts).map_err(ApiError::internal)?;
    store::create(conn, &store::NewRow { id, name: &name, reason, made_at, counts, bytes, sha256: &sha256 }).await?;
    Ok(Some(id))
}
