//! Sends the letters that are due.
//!
//! At least once: an attempt is counted, and the time of the next one set, before it is made. A service that stops
//! between handing over and writing that down sends the letter again, under the same message id. Several instances can
//! run this at once.

use std::time::Duration;

use super::mailer::{Failure, Mailer};
use super::store::{forget_old, mark_failed, mark_sent, take_due};
use crate::db::Db;
use crate::error::ApiError;

/// Delay between two looks at the table: a letter leaves at most this late.
const EVERY: Duration = Duration::from_secs(15);
/// Attempts before a letter is given up. The delays between them add up to about three days.
const MOST_ATTEMPTS: i32 = 20;

/// Sends what is due for as long as it is awaited. Never returns.
pub async fn watch(db: &Db, mailer: &Mailer) {
    if let Some(folder) = mailer.folder() {
        log::info!(
            "--smtp-url (CCIN_SMTP_URL) is not set: letters to people are written to {}, and nobody gets them",
            folder.display()
        );
    }
    loop {
        match send_due(db, mailer).await {
            Ok(sent) if sent > 0 => log::info!("letters sent: {sent}"),
            Ok(_) => {}
            Err(error) => log::warn!("letters were not sent, and will be tried again: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Sends the letters that are due, until one fails: what failed for one can fail for all. Returns their number.
pub async fn send_due(db: &Db, mailer: &Mailer) -> Result<usize, ApiError> {
    let mut sent = 0;
    // No connection is held while a letter is under way.
    while let Some(letter) = take_due(&mut *db.get().await?).await? {
        let (id, attempts) = (letter.id, letter.attempts);
        let (error, is_last) = match mailer.send(&letter).await {
            Ok(()) => {
                mark_sent(&mut *db.get().await?, id).await?;
                sent += 1;
                continue;
            }
            Err(Failure::Unsendable(error)) => (error, true),
            Err(Failure::NotNow(error)) => (error, attempts >= MOST_ATTEMPTS),
        };
        mark_failed(&mut *db.get().await?, id, &error, is_last).await?;
        match attempts {
            _ if is_last => log::error!("the letter {id} is given up after {attempts} attempts: {error}"),
            1 => log::warn!("the letter {id} could not be sent, and will be tried again: {error}"),
            _ => log::info!("attempt {attempts} to send the letter {id} failed: {error}"),
        }
        if !is_last {
            break;
        }
    }
    forget_old(&mut *db.get().await?).await?;
    Ok(sent)
}
