//! The database: a connection pool for PostgreSQL, the migrations, and the private PostgreSQL.
//!
//! This module knows nothing of HTTP. A database that is closed or frozen gives an error within two seconds, so that
//! callers can answer 503.

mod connection;
pub mod embedded;
pub mod enum_text;
pub mod history;
mod hosts;
mod listen;
pub mod migrations;
pub mod open;
pub mod prepared;
#[expect(missing_docs, reason = "written by diesel; the tables explain their columns")]
pub mod schema;
pub mod tally;

use std::time::{Duration, Instant};

pub use connection::{Connection, DedicatedConnection};
use connection::{ConnectionManager, OpenConnection};
use deadpool::managed::{BuildError, Pool, TimeoutType};
use diesel::result::Error as DatabaseError;
use diesel::sql_types::Text;
use diesel::{ConnectionResult, QueryResult};
use diesel_async::pooled_connection::deadpool::PoolError;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager};
use history::History;
use hosts::Hosts;
pub use listen::Listener;
use prepared::Prepared;

use crate::error::ApiError;

/// Timeout for getting a connection from the pool. After it, the request is answered with 503.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1200);

/// Timeout for one attempt to connect outside the pool, where no caller waits.
const LONG_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Maximum age of a pooled connection, give or take a tenth. Replacing connections releases server memory and picks up
/// new hosts, settings and plans.
const MAX_AGE: Duration = Duration::from_secs(30 * 60);

/// The pool of connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<ConnectionManager>,
    history: History,
}

impl Db {
    /// A pool of at most `size` connections, opened on demand. Call it within the runtime that is to drive the
    /// connections. That runtime must outlive their users.
    pub fn new(url: &str, size: usize) -> Result<Self, BuildError> {
        Self::renewing(url, size, MAX_AGE)
    }

    /// As [`Db::new`], with a maximum age for connections.
    pub fn renewing(url: &str, size: usize, age: Duration) -> Result<Self, BuildError> {
        let pool = Pool::builder(ConnectionManager::new(url, age))
            .max_size(size)
            .wait_timeout(Some(CONNECT_TIMEOUT))
            .create_timeout(Some(CONNECT_TIMEOUT))
            .recycle_timeout(Some(Duration::from_millis(500)))
            .runtime(deadpool::Runtime::Tokio1)
            .build()?;
        Ok(Self { pool, history: History::default() })
    }

    /// The known epoch of the database's history.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Retire all current connections: the pool replaces each before its next use.
    pub fn renew(&self) {
        self.pool.manager().renew();
    }

    /// True if a new connection can write. Answers within two seconds and does not use the pool.
    pub async fn takes_writes(&self) -> ConnectionResult<bool> {
        self.pool.manager().take_writes().await
    }

    /// Close every connection. Later calls to [`Db::get`] fail.
    pub fn close(&self) {
        self.pool.close();
    }

    /// True once the pool has been closed.
    pub fn is_closed(&self) -> bool {
        self.pool.is_closed()
    }

    /// A connection from the pool, or an error within two seconds.
    pub async fn get(&self) -> Result<Connection, PoolError> {
        // The pool tries idle connections one after another. This timeout bounds the total.
        let since = Instant::now();
        match tokio::time::timeout(CONNECT_TIMEOUT, self.pool.get()).await {
            Ok(answer) => Ok(self.pool.manager().hand_out(answer?, since)),
            Err(_) => Err(PoolError::Timeout(TimeoutType::Wait)),
        }
    }

    /// Runs `work` in a transaction: commits when it succeeds, rolls back when it fails.
    ///
    /// Like [`AsyncConnection::transaction`](diesel_async::AsyncConnection::transaction), for work that stays on one
    /// thread. So generic code can pass closures on without bounds on their futures.
    pub async fn transaction<T>(
        &self,
        work: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut conn = self.get().await?;
        AnsiTransactionManager::begin_transaction(&mut *conn).await?;
        match work(&mut *conn).await {
            Ok(done) => {
                AnsiTransactionManager::commit_transaction(&mut *conn).await?;
                Ok(done)
            }
            Err(error) => match AnsiTransactionManager::rollback_transaction(&mut *conn).await {
                // The connection is lost, and `error` tells why.
                Ok(()) | Err(DatabaseError::BrokenTransactionManager) => Err(error),
                Err(other) => Err(other.into()),
            },
        }
    }

    /// A connection outside the pool for one slow statement, with `most` as its statement timeout. The caller must
    /// limit how many exist at a time.
    pub async fn dedicated(&self, most: Duration) -> Result<DedicatedConnection, PoolError> {
        self.pool.manager().dedicated(most).await.map_err(PoolError::Backend)
    }

    /// A connection outside the pool that receives notifications of changes. The follower uses one.
    pub async fn listen(&self) -> Result<Listener, PoolError> {
        self.pool.manager().listen().await.map_err(PoolError::Backend)
    }

    /// Run a task on the runtime of the connections, so that it outlives the request that started it.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.pool.manager().runtime().spawn(work);
    }
}

/// Take the advisory lock of this name until the end of the transaction.
pub async fn lock(conn: &mut AsyncPgConnection, name: &str) -> QueryResult<()> {
    let query = Prepared::new("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))");
    query.bind::<Text, _>(name).execute(conn).await.map(drop)
}

/// Discard the cached plans of this connection's prepared statements. For a transaction that adds many rows: plans made
/// for small tables are slow on large ones, and PostgreSQL would not replace them before its end.
pub async fn forget_plans(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    conn.batch_execute("DISCARD PLANS").await
}

/// Open one connection outside the pool.
pub async fn establish(url: String) -> ConnectionResult<AsyncPgConnection> {
    Ok(OpenConnection::open(&Hosts::new(&url), LONG_CONNECT_TIMEOUT, None).await?.connection)
}
