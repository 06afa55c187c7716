//! Publishes approved revisions when their time comes.
//!
//! Each is published in a transaction of its own, so one that cannot be published does not stop the others: it goes back
//! to the network officers with the reason. Several instances can run this at once: a revision is locked, and looked at
//! again then.

use std::time::Duration;

use actix_web::ResponseError;
use chrono::Utc;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::access::keys::Keys;
use crate::access::reach::Reach;
use crate::audit::action::Action;
use crate::audit::store::{record, record_side_effects};
use crate::audit::subject::{Actor, Subject};
use crate::db::Db;
use crate::error::ApiError;
use crate::http::input::Schemas;
use crate::letters::events::{Letters, RevisionEvent};
use crate::registry::initiatives::store::find;
use crate::registry::pre_election::store::Current;
use crate::registry::revisions::publish::{Publisher, publish};
use crate::registry::revisions::store::{Decision, decide, due, lock_open};
use crate::registry::revisions::workflow::RevisionState;

/// Delay between two looks at the clock: a publication is at most this late.
const EVERY: Duration = Duration::from_secs(15);

/// Publishes what is due for as long as it is awaited. Never returns.
pub async fn watch(db: &Db, keys: &Keys, schemas: &Schemas, letters: &Letters) {
    loop {
        match publish_due(db, keys, schemas, letters).await {
            Ok(published) if published > 0 => log::info!("revisions that were published on schedule: {published}"),
            Ok(_) => {}
            Err(error) => log::warn!("scheduled revisions were not published, and will be tried again: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Publishes the revisions whose time has come. Returns their number.
pub async fn publish_due(db: &Db, keys: &Keys, schemas: &Schemas, letters: &Letters) -> Result<usize, ApiError> {
    let due = due_now(&mut *db.get().await?).await?;
    let mut published = 0;
    for (revision, initiative) in due {
        let publish = async |conn: &mut AsyncPgConnection| {
            publish_one(conn, keys, schemas, letters, (revision, initiative)).await
        };
        let outcome = db.transaction(publish).await;
        match outcome {
            Ok(true) => published += 1,
            Ok(false) => {}
            Err(error) if error.status_code().is_server_error() => return Err(error),
            Err(error) => {
                log::warn!("the scheduled revision {revision} cannot be published: {error}");
                db.transaction(async |conn| give_back(conn, letters, revision, &error).await).await?;
            }
        }
    }
    Ok(published)
}

/// Revisions that are due, with their initiatives. What a pre-election period holds waits for its end, and is not read
/// until then.
async fn due_now(conn: &mut AsyncPgConnection) -> Result<Vec<(Uuid, Uuid)>, ApiError> {
    let due = due(conn).await?;
    let stewards: Vec<Uuid> = due.iter().filter_map(|(.., steward)| *steward).collect();
    let periods = Current::load(conn, Utc::now().date_naive(), &stewards).await?;
    let free = due.into_iter().filter(|(.., steward)| periods.holding(*steward).is_none());
    Ok(free.map(|(revision, initiative, _)| (revision, initiative)).collect())
}

/// False if there is nothing to publish any more.
async fn publish_one(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    schemas: &Schemas,
    letters: &Letters,
    (revision, initiative): (Uuid, Uuid),
) -> Result<bool, ApiError> {
    let Some(open) = lock_open(conn, initiative).await? else { return Ok(false) };
    if open.id != revision || open.publish_at.is_none_or(|at| at > Utc::now()) {
        return Ok(false);
    }
    let before = find(conn, Reach::ALL, initiative).await?;
    if !publish(conn, schemas, &before, &open, Publisher::default()).await? {
        return Ok(false);
    }
    letters.about_revision(conn, RevisionEvent::Published, revision, None).await?;
    let after = find(conn, Reach::ALL, initiative).await?;
    // The events come last: other writers wait for them until the transaction ends.
    let actor = Actor::COMMAND_LINE;
    record(conn, keys, &actor, Action::InitiativePublish, Subject::changed(&before, &after)).await?;
    record_side_effects(conn, keys, &actor, &[initiative]).await?;
    Ok(true)
}

/// Returns a revision that cannot be published to the network officers, with the reason.
async fn give_back(
    conn: &mut AsyncPgConnection,
    letters: &Letters,
    revision: Uuid,
    error: &ApiError,
) -> Result<(), ApiError> {
    let reason = format!("It could not be published on schedule. {error}");
    let reason: String = reason.chars().filter(|c| !c.is_control()).take(2000).collect();
    let decision = Decision { state: RevisionState::Submitted, by: None, reason: Some(&reason), publish_at: None };
    decide(conn, revision, &decision).await?;
    letters.about_revision(conn, RevisionEvent::NotPublished, revision, None).await
}
