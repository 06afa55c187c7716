//! Makes the release of each quarter when the quarter has ended.
//!
//! A service that was off then makes it when it starts, within a fortnight. Several instances can run this at once: one of
//! them makes the release.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::access::keys::Keys;
use crate::audit::action::{Action, RecordKind};
use crate::audit::store::record;
use crate::audit::subject::{Actor, Subject};
use crate::db::Db;
use crate::error::ApiError;
use crate::formats::releases::archive::Contents;
use crate::formats::releases::make;
use crate::openapi::Document;
use crate::read_model::follower::ReadModel;
use crate::read_model::snapshot::Snapshot;
use crate::registry::releases::model::due;
use crate::registry::releases::store;

/// Delay between two looks at the calendar.
const EVERY: Duration = Duration::from_secs(60);

/// Makes what is due for as long as it is awaited. Never returns.
pub async fn watch(db: &Db, keys: &Keys, model: &ReadModel, document: &Arc<Document>, address: Option<String>) {
    loop {
        tokio::time::sleep(EVERY).await;
        // Until the records are in memory, there is nothing to release.
        let Some(snapshot) = model.snapshot() else { continue };
        match make_due(db, keys, snapshot, document, address.as_deref(), Utc::now()).await {
            Ok(Some(name)) => log::info!("the release {name} was made"),
            Ok(None) => {}
            Err(error) => log::warn!("the release of the quarter was not made, and will be in a minute: {error}"),
        }
    }
}

/// Makes the release that is due at a time. Returns its name; `None` if none is due, or if it is there or was there.
pub async fn make_due(
    db: &Db,
    keys: &Keys,
    snapshot: Arc<Snapshot>,
    document: &Arc<Document>,
    address: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<String>, ApiError> {
    let Some(quarter) = due(now) else { return Ok(None) };
    let contents = Contents {
        snapshot,
        document: Arc::clone(document),
        name: quarter.name.clone(),
        made_at: now,
        address: address.map(|url| url.trim_end_matches('/').to_owned()),
    };
    db.transaction(async |conn| {
        if !store::has_content(conn, &quarter).await? {
            return Ok(None);
        }
        let Some(id) = make(conn, contents, None).await? else { return Ok(None) };
        let made = Subject { name: Some(&quarter.name), before: None, ..Subject::of(RecordKind::Release, id, 1) };
        record(conn, keys, &Actor::COMMAND_LINE, Action::ReleaseCreate, made).await?;
        Ok(Some(quarter.name.clone()))
    })
    .await
}
