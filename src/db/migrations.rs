//! The migrations, compiled in, run at start under a lock so that two instances may start at once.

use diesel::migration::MigrationVersion;
use diesel_async::{AsyncMigrationHarness, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
/// Any number that nobody else takes: "ccin" in ASCII.
const LOCK: i64 = 0x6363_696e;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Bring the database up to date. Returns the versions that were applied, oldest first.
///
/// Needs a multi-threaded runtime: the migrations run under `block_in_place`.
pub async fn run(url: &str) -> Result<Vec<String>, Error> {
    with_harness(url, |harness| {
        let applied = harness.run_pending_migrations(MIGRATIONS)?;
        Ok(applied.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

/// Take every migration back, newest first: the database is as empty as it was before the first.
pub async fn revert_all(url: &str) -> Result<Vec<String>, Error> {
    with_harness(url, |harness| {
        let reverted = harness.revert_all_migrations(MIGRATIONS)?;
        Ok(reverted.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

async fn with_harness<T>(
    url: &str,
    work: impl FnOnce(&mut AsyncMigrationHarness<diesel_async::AsyncPgConnection>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut connection = super::establish(url.to_owned()).await?;
    connection
        .batch_execute(&format!(
            "SET statement_timeout = 0; SET client_min_messages = warning; SELECT pg_advisory_lock({LOCK})"
        ))
        .await?;
    let mut harness = AsyncMigrationHarness::new(connection);
    let done = work(&mut harness);
    // Closing the connection gives the lock back, whatever happened.
    drop(harness);
    done
}
