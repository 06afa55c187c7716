//! The store: a pool of connections to PostgreSQL, the migrations, and the private PostgreSQL.
//!
//! Nothing here knows HTTP. A store that is away, be it closed or frozen, is an error soon: callers answer 503 within two
//! seconds.

mod connection;
pub mod embedded;
pub mod enum_text;
mod hosts;
mod listen;
pub mod migrations;
pub mod open;
pub mod prepared;
#[expect(missing_docs, reason = "written by diesel; the tables explain their columns")]
pub mod schema;
pub mod tally;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use connection::{Aside, Connection};
use connection::{Link, Links};
use deadpool::managed::{BuildError, Pool, TimeoutType};
use diesel::sql_types::{BigInt, Text};
use diesel::{ConnectionResult, QueryResult};
use diesel_async::pooled_connection::deadpool::PoolError;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use hosts::Hosts;
pub use listen::Listener;
use prepared::Prepared;

/// How long a request waits for the store before it is told that the store is away.
const PATIENCE: Duration = Duration::from_millis(1200);

/// How long one attempt to connect outside of the pool may take, where no caller waits.
const LONG_PATIENCE: Duration = Duration::from_secs(5);
/// How old a connection of the pool becomes, give or take a tenth: so that it is not held to a host, a setting or a plan of
/// long ago, and the memory that it has gathered in the server is given back.
const AGE: Duration = Duration::from_secs(30 * 60);

/// The pool of connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Links>,
    history: History,
}

/// Which history the database has, as it was last looked at: see [`epoch`].
#[derive(Clone, Debug, Default)]
pub struct History(Arc<Mutex<Option<i64>>>);

impl History {
    /// The epoch; `None` until it is known.
    pub fn epoch(&self) -> Option<i64> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Note the epoch.
    pub fn note(&self, epoch: i64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(epoch);
    }
}

impl Db {
    /// A pool of at most `size` connections; none is opened before it is needed. Call it within the runtime that is to
    /// carry the connections, and that outlives their users.
    pub fn new(url: &str, size: usize) -> Result<Self, BuildError> {
        Self::renewing(url, size, AGE)
    }

    /// The same, with connections that become about so old.
    pub fn renewing(url: &str, size: usize, age: Duration) -> Result<Self, BuildError> {
        let pool = Pool::builder(Links::new(url, age))
            .max_size(size)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(Duration::from_millis(500)))
            .runtime(deadpool::Runtime::Tokio1)
            .build()?;
        Ok(Self { pool, history: History::default() })
    }

    /// Which history the database has.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Use none of the connections again that there are now: each is replaced before its next use.
    pub fn renew(&self) {
        self.pool.manager().renew();
    }

    /// Whether the database takes writes of those who connect now, within two seconds and without the pool.
    pub async fn takes_writes(&self) -> ConnectionResult<bool> {
        self.pool.manager().take_writes().await
    }

    /// Close every connection; nothing more can be had.
    pub fn close(&self) {
        self.pool.close();
    }

    /// True once the pool was closed.
    pub fn is_closed(&self) -> bool {
        self.pool.is_closed()
    }

    /// A connection, or an error within two seconds.
    pub async fn get(&self) -> Result<Connection, PoolError> {
        // The pool tries one idle connection after the other; the sum is bounded here.
        let since = Instant::now();
        match tokio::time::timeout(PATIENCE, self.pool.get()).await {
            Ok(answer) => Ok(self.pool.manager().hand_out(answer?, since)),
            Err(_) => Err(PoolError::Timeout(TimeoutType::Wait)),
        }
    }

    /// A connection outside of the pool for one statement that takes long, up to `most`. How many there are at a time is the
    /// caller's to bound.
    pub async fn aside(&self, most: Duration) -> Result<Aside, PoolError> {
        self.pool.manager().aside(most).await.map_err(PoolError::Backend)
    }

    /// A connection outside of the pool that hears of changes, for as long as an instance follows the database.
    pub async fn listen(&self) -> Result<Listener, PoolError> {
        self.pool.manager().listen().await.map_err(PoolError::Backend)
    }

    /// Do something that outlives the request that began it, where the connections live.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.pool.manager().runtime().spawn(work);
    }
}

/// Wait for the lock of this name, and hold it until the end of the transaction.
pub async fn lock(conn: &mut AsyncPgConnection, name: &str) -> QueryResult<()> {
    let query = Prepared::new("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))");
    query.bind::<Text, _>(name).execute(conn).await.map(drop)
}

/// Which history this is: another number where the database was restored or has lost its tail, so that places in the order
/// of commits mean something else. Of the cluster, of its timeline, which changes when a standby takes over or a backup is
/// recovered to a point in time, and of the table of changes, which a dump makes anew.
pub async fn epoch(conn: &mut AsyncPgConnection) -> QueryResult<i64> {
    let (epoch,) = Prepared::new(EPOCH).returning::<(BigInt,)>().get_result::<(i64,)>(conn).await?;
    Ok(epoch)
}

const EPOCH: &str =
    "SELECT hashtextextended(concat_ws('/', s.system_identifier, c.timeline_id, 'changes'::regclass::oid), 0)
    FROM pg_control_system() s, pg_control_checkpoint() c";

/// Forget the plans of statements that this connection has prepared. For a transaction that adds many rows: plans that were made
/// for small tables serve large ones badly, and nothing else renews them before its end.
pub async fn forget_plans(conn: &mut AsyncPgConnection) -> QueryResult<()> {
    conn.batch_execute("DISCARD PLANS").await
}

/// Open one connection outside the pool.
pub async fn establish(url: String) -> ConnectionResult<AsyncPgConnection> {
    Ok(Link::open(&Hosts::new(&url), LONG_PATIENCE, None).await?.connection)
}
