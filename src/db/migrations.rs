//! The migrations, compiled in. They run at start under a lock, so that several instances can start together.

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

use super::LONG_CONNECT_TIMEOUT;
use super::connection::OpenConnection;
use super::hosts::Hosts;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");
/// Key of the advisory lock: "ccin" in ASCII.
const LOCK: i64 = 0x6363_696e;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A wait longer than this is logged.
const LOG_WAIT_AFTER: Duration = Duration::from_millis(1500);
/// Delay before trying again to connect to a database that did not respond.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Run the pending migrations. Returns the versions applied, oldest first.
///
/// Waits for a database that does not respond, and for another process that holds the lock, and logs both. Refuses a
/// database that a newer version of this program has migrated.
///
/// Needs a multi-threaded runtime: the migrations run under `block_in_place`.
pub async fn run(url: &str) -> Result<Vec<String>, Error> {
    with_lock(url, async |mut connection| {
        if pending(&mut connection).await? == 0 {
            // Write nothing: the database may be read-only.
            return Ok(Vec::new());
        }
        let mut harness = AsyncMigrationHarness::new(connection);
        let applied = harness.run_pending_migrations(MIGRATIONS)?;
        Ok(applied.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

/// Revert every migration, newest first. The database is then as empty as before the first.
pub async fn revert_all(url: &str) -> Result<Vec<String>, Error> {
    with_lock(url, async |connection| {
        let mut harness = AsyncMigrationHarness::new(connection);
        let reverted = harness.revert_all_migrations(MIGRATIONS)?;
        Ok(reverted.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

/// Run `work` with a connection that holds the lock. Closing the connection always releases the lock.
async fn with_lock<T>(url: &str, work: impl AsyncFnOnce(AsyncPgConnection) -> Result<T, Error>) -> Result<T, Error> {
    let mut connection = log_if_slow("the database, which does not answer", connect(url)).await?;
    connection.batch_execute("SET statement_timeout = 0; SET client_min_messages = warning").await?;
    let lock = format!("SELECT pg_advisory_lock({LOCK})");
    let holder = format!("another process that brings the database up to date (it holds the advisory lock {LOCK})");
    log_if_slow(&holder, connection.batch_execute(&lock)).await?;
    work(connection).await
}

/// Connect, and retry while no host responds. A refusal is an error at once.
async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let hosts = Hosts::new(url);
    loop {
        match OpenConnection::open(&hosts, LONG_CONNECT_TIMEOUT, None).await {
            Err(_) if hosts.were_silent() => tokio::time::sleep(RETRY_DELAY).await,
            opened => return Ok(opened?.connection),
        }
    }
}

/// Wait for `work`, and log the wait when it is long.
async fn log_if_slow<T>(what: &str, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    match tokio::time::timeout(LOG_WAIT_AFTER, &mut work).await {
        Ok(done) => done,
        Err(_) => {
            log::warn!("waiting for {what}");
            let done = work.await;
            log::info!("no longer waiting for {what}");
            done
        }
    }
}

/// The number of pending migrations. An applied migration that this program does not know is an error.
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
         newer program, or restore a copy of the database from before it was migrated",
        env!("CARGO_PKG_VERSION"),
        unknown.join(", ")
    )
    .into())
}
