//! Moves councils on when their days come: a shadow council takes over, and a council that was abolished ends.
//!
//! It also finds out who looks after the initiatives of abolished councils, should that have been missed.
//!
//! The stage is a stored fact, like any other, so that every copy of the registry hears of it. This task writes it, at
//! the start and after each midnight (UTC). Several instances can run it at once.

use std::time::Duration;

use chrono::{NaiveDate, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use crate::access::keys::Keys;
use crate::access::reach::Reach;
use crate::audit::action::Action;
use crate::audit::store::record;
use crate::audit::subject::{Actor, Subject};
use crate::db::Db;
use crate::error::ApiError;
use crate::registry::councils::lifetime::today;
use crate::registry::councils::model::Council;
use crate::registry::councils::store;
use crate::registry::stewards;

/// Longest delay until the next look at the calendar, so that a changed clock is noticed.
const AT_LEAST_EVERY: Duration = Duration::from_secs(3600);
/// Delay after an error.
const RETRY_DELAY: Duration = Duration::from_secs(60);

/// Moves councils on for as long as it is awaited. Never returns.
pub async fn watch(db: &Db, keys: &Keys) {
    loop {
        let delay = match move_on(db, keys).await {
            Ok(()) => until_midnight().min(AT_LEAST_EVERY),
            Err(error) => {
                log::warn!("the stages of councils were not moved on, and will be in a minute: {error}");
                RETRY_DELAY
            }
        };
        tokio::time::sleep(delay).await;
    }
}

async fn move_on(db: &Db, keys: &Keys) -> Result<(), ApiError> {
    let moved = take_effect(&mut *db.get().await?, keys, today()).await?;
    if !moved.is_empty() {
        log::info!("councils that took over or ended today: {}", moved.join(", "));
    }
    Ok(())
}

fn until_midnight() -> Duration {
    let now = Utc::now();
    let midnight = now.date_naive().succ_opt().and_then(|day| day.and_hms_opt(0, 0, 1));
    let left = midnight.map(|midnight| midnight.and_utc() - now);
    left.and_then(|left| left.to_std().ok()).unwrap_or(AT_LEAST_EVERY)
}

/// Writes the stage that each council has on a day, and returns the slugs of those that it moved on. Each leaves an
/// event.
pub async fn take_effect(conn: &mut AsyncPgConnection, keys: &Keys, day: NaiveDate) -> Result<Vec<String>, ApiError> {
    conn.transaction(async |conn| {
        let mut moved = Vec::new();
        for before in store::due(conn, day).await? {
            if store::move_on(conn, &before, day).await? {
                moved.push((store::find(conn, Reach::ALL, before.id).await?, before));
            }
        }
        let ids: Vec<Uuid> = moved.iter().map(|(after, _): &(Council, Council)| after.id).collect();
        if !ids.is_empty() {
            stewards::restate(conn, &ids).await?;
        }
        stewards::restate_all(conn).await?;
        // The events come last: other writers wait for them until the transaction ends.
        for (after, before) in &moved {
            record(conn, keys, &Actor::COMMAND_LINE, Action::CouncilUpdate, Subject::changed(before, after)).await?;
        }
        Ok(moved.into_iter().map(|(after, _)| after.slug).collect())
    })
    .await
}
