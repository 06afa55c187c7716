//! The migrations, compiled in, run at start under a lock so that two instances may start at once.

use std::collections::BTreeSet;
use std::pin::pin;
use std::time::Duration;

use diesel::ConnectionResult;
use diesel::dsl::sql;
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::LONG_PATIENCE;
use super::connection::Link;
use super::hosts::Hosts;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
/// Any number that nobody else takes: "ccin" in ASCII.
const LOCK: i64 = 0x6363_696e;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// When somebody who waits should hear why.
const WORTH_A_WORD: Duration = Duration::from_millis(1500);
/// How long to wait before a database that gave no answer is asked again.
const RETRY: Duration = Duration::from_millis(500);

/// Bring the database up to date. Returns the versions that were applied, oldest first.
///
/// Waits for a database that is silent, and for another process that holds the lock, and says so. A database of a newer
/// program is refused.
///
/// Needs a multi-threaded runtime: the migrations run under `block_in_place`.
pub async fn run(url: &str) -> Result<Vec<String>, Error> {
    with_lock(url, async |mut connection| {
        if pending(&mut connection).await? == 0 {
            // Nothing is written: the database may be read-only.
            return Ok(Vec::new());
        }
        let mut harness = AsyncMigrationHarness::new(connection);
        let applied = harness.run_pending_migrations(MIGRATIONS)?;
        Ok(applied.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

/// Take every migration back, newest first: the database is as empty as it was before the first.
pub async fn revert_all(url: &str) -> Result<Vec<String>, Error> {
    with_lock(url, async |connection| {
        let mut harness = AsyncMigrationHarness::new(connection);
        let reverted = harness.revert_all_migrations(MIGRATIONS)?;
        Ok(reverted.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

/// Do something with a connection that holds the lock. Closing the connection gives the lock back, whatever happens.
async fn with_lock<T>(url: &str, work: impl AsyncFnOnce(AsyncPgConnection) -> Result<T, Error>) -> Result<T, Error> {
    let mut connection = aloud("the database, which does not answer", connect(url)).await?;
    connection.batch_execute("SET statement_timeout = 0; SET client_min_messages = warning").await?;
    let lock = format!("SELECT pg_advisory_lock({LOCK})");
    let holder = format!("another process that brings the database up to date (it holds the advisory lock {LOCK})");
    aloud(&holder, connection.batch_execute(&lock)).await?;
    work(connection).await
}

/// Connect, again and again while nothing answers. One that answers with a refusal is an error at once.
async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let hosts = Hosts::new(url);
    loop {
        match Link::open(&hosts, LONG_PATIENCE, None).await {
            Err(_) if hosts.were_silent() => tokio::time::sleep(RETRY).await,
            opened => return Ok(opened?.connection),
        }
    }
}

/// Wait for something, and say so when it takes long.
async fn aloud<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    match tokio::time::timeout(WORTH_A_WORD, &mut work).await {
        Ok(done) => done,
        Err(_) => {
            log::warn!("waiting for {what}");
            let done = work.await;
            log::info!("no longer waiting for {what}");
            done
        }
    }
}

/// How many migrations the database lacks. One that it has and this program does not know is an error.
async fn pending(connection: &mut AsyncPgConnection) -> Result<usize, Error> {
    let known: BTreeSet<String> = MigrationSource::<Pg>::migrations(&MIGRATIONS)?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    let exists = diesel::select(sql::<Bool>("to_regclass('__diesel_schema_migrations') IS NOT NULL"));
    if !exists.get_result(connection).await? {
        return Ok(known.len());
    }
    let applied = sql::<Text>("SELECT version::text FROM __diesel_schema_migrations ORDER BY version");
    let applied: BTreeSet<String> = applied.load(connection).await?.into_iter().collect();
    let unknown: Vec<&str> = applied.difference(&known).map(String::as_str).collect();
    if unknown.is_empty() {
        return Ok(known.difference(&applied).count());
    }
    Err(format!(
        "it belongs to a newer version of this program than {}: it has migrations that this one does not know ({}). Start the \
         newer program, or go back to a copy of the database from before it was brought up to date",
        env!("CARGO_PKG_VERSION"),
        unknown.join(", ")
    )
    .into())
}
