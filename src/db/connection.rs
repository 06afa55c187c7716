//! One connection to PostgreSQL: opening it, and ending it when the server stops responding.
//!
//! When a server goes down, its socket closes. A frozen server (a stopped machine, a network that drops every packet)
//! sends nothing, and a query would wait indefinitely. A slow query looks the same from here. So a second connection
//! checks whether the server is alive, and if it is not, the first connection is ended.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, Object, RecycleError, RecycleResult};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::{PoolError, PoolableConnection};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_postgres::{Config, SimpleQueryMessage};

use super::CONNECT_TIMEOUT;
use super::hosts::{Hosts, bad_connection, cancel, is_alive};

/// Time before the first check that the server is alive, and the timeout of the check. Together they are no longer than
/// [`CONNECT_TIMEOUT`].
const CHECK_INTERVAL: Duration = Duration::from_millis(400);
pub(super) const CHECK_TIMEOUT: Duration = Duration::from_millis(800);
/// The pool checks a connection that has been idle for longer than this before reuse.
const CHECK_AFTER_IDLE: Duration = Duration::from_secs(1);

/// An open connection and its driver task, which does the input and output.
pub struct OpenConnection {
    pub(super) connection: AsyncPgConnection,
    /// The one host that it is connected to. Checks go to this host only.
    pub(super) host: Config,
    driver: AbortHandle,
    made: Instant,
    /// When the pool replaces it.
    ends: Instant,
}

/// Opens connections for the pool.
///
/// They are driven by the runtime that created the pool. A stopping worker ends its own runtime, while another worker
/// may still be using a connection that the first one opened.
pub struct ConnectionManager {
    pub(super) hosts: Arc<Hosts>,
    runtime: Handle,
    /// Maximum age of a connection, approximately.
    age: Duration,
    /// Connections opened before this are not reused.
    renewed: Mutex<Option<Instant>>,
}

/// A connection outside the pool for one slow piece of work, monitored like a pooled one. Dropping it cancels its query
/// and closes it.
pub struct DedicatedConnection {
    link: OpenConnection,
    watch: AbortHandle,
    runtime: Handle,
}

/// A connection from the pool. Dropping it returns it.
pub struct Connection {
    link: Object<ConnectionManager>,
    watch: AbortHandle,
}

impl OpenConnection {
    /// Open a connection with settings that apply to every statement.
    ///
    /// `notifications` changes with each notification. It is dropped when the connection ends.
    pub(super) async fn open(
        hosts: &Hosts,
        limit: Duration,
        notifications: Option<watch::Sender<()>>,
    ) -> ConnectionResult<Self> {
        let reached = hosts.reach(limit, notifications).await.map_err(|error| bad_connection(&*error))?;
        let (client, driver, host) = (reached.client, reached.driver, reached.host);
        let driver = tokio::spawn(async move {
            // Users of the connection only learn that it closed. The cause is known only here.
            if let Err(error) = driver.await {
                log::debug!("a connection to PostgreSQL has ended: {}", bad_connection(&error));
            }
        });
        let mut connection = AsyncPgConnection::try_from(client).await?;
        // Planning prepared statements again for each value took a third of PostgreSQL's time for a write. Generic
        // plans do as well: every statement finds few rows by an index, whatever the values.
        connection
            .batch_execute(
                "SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'; SET TIME ZONE 'UTC'; \
                 SET jit = off; SET work_mem = '16MB'; SET plan_cache_mode = force_generic_plan",
            )
            .await
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        let made = Instant::now();
        Ok(Self { connection, host, driver: driver.abort_handle(), made, ends: made })
    }

    /// The driver task. Aborting it ends the connection.
    pub(super) fn driver(&self) -> AbortHandle {
        self.driver.clone()
    }
}

impl ConnectionManager {
    pub(super) fn new(url: &str, age: Duration) -> Self {
        Self { hosts: Arc::new(Hosts::new(url)), runtime: Handle::current(), age, renewed: Mutex::default() }
    }

    /// Hand out a connection that the caller has waited for since `since`. It is monitored until it is returned.
    pub(super) fn hand_out(&self, link: Object<Self>, since: Instant) -> Connection {
        let monitoring = monitor(link.host.clone(), link.driver.clone(), since + CHECK_INTERVAL);
        Connection { watch: self.runtime.spawn(monitoring).abort_handle(), link }
    }

    /// Open a connection outside the pool with this statement timeout.
    pub(super) async fn dedicated(&self, most: Duration) -> Result<DedicatedConnection, PoolError> {
        let mut link = self.create().await?;
        let limit = format!("SET statement_timeout = {}", most.as_millis());
        link.connection.batch_execute(&limit).await.map_err(PoolError::QueryError)?;
        let monitoring = monitor(link.host.clone(), link.driver.clone(), Instant::now() + CHECK_INTERVAL);
        let watch = self.runtime.spawn(monitoring).abort_handle();
        Ok(DedicatedConnection { link, watch, runtime: self.runtime.clone() })
    }

    /// Do not reuse any current connection.
    pub(super) fn renew(&self) {
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is_renewed(&self, link: &OpenConnection) -> bool {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|renewed| link.made <= renewed)
    }

    /// True if a new connection can write. Uses its own connection: pooled ones may be busy, or older than a change of
    /// settings.
    pub(super) async fn take_writes(&self) -> ConnectionResult<bool> {
        let hosts = Arc::clone(&self.hosts);
        let check = async move {
            let reached = match hosts.reach(CONNECT_TIMEOUT, None).await.map_err(|error| bad_connection(&*error)) {
                // The driver's own check, for `target_session_attrs=read-write`.
                Err(error) if error.to_string().contains("does not allow writes") => return Ok(false),
                reached => reached?,
            };
            let driver = tokio::spawn(reached.driver).abort_handle();
            let answer = reached.client.simple_query("SHOW transaction_read_only").await;
            driver.abort();
            let is_off = |message: &SimpleQueryMessage| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("off"));
            Ok(answer.map_err(|error| bad_connection(&error))?.iter().any(is_off))
        };
        match self.runtime.spawn(tokio::time::timeout(CONNECT_TIMEOUT, check)).await {
            Ok(Ok(writable)) => writable,
            Ok(Err(elapsed)) => Err(bad_connection(&elapsed)),
            Err(ended) => Err(bad_connection(&ended)),
        }
    }

    /// The runtime that drives the connections.
    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Deref for DedicatedConnection {
    type Target = AsyncPgConnection;
    fn deref(&self) -> &AsyncPgConnection {
        &self.link.connection
    }
}

impl DerefMut for DedicatedConnection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.link.connection
    }
}

impl Drop for DedicatedConnection {
    fn drop(&mut self) {
        self.watch.abort();
        // A busy server does not notice that its client has gone, so the query is cancelled explicitly.
        let (token, host) = (self.link.connection.cancel_token(), self.link.host.clone());
        let driver = self.link.driver.clone();
        self.runtime.spawn(async move {
            let _ = tokio::time::timeout(CONNECT_TIMEOUT, cancel(&host, token)).await;
            driver.abort();
        });
    }
}

impl Manager for ConnectionManager {
    type Type = OpenConnection;
    type Error = PoolError;

    async fn create(&self) -> Result<OpenConnection, PoolError> {
        let hosts = Arc::clone(&self.hosts);
        // This needs its own timeout: the task continues after the pool has given up.
        let opening = async move {
            tokio::time::timeout(CONNECT_TIMEOUT, OpenConnection::open(&hosts, CONNECT_TIMEOUT, None)).await
        };
        let opened = match self.runtime.spawn(opening).await {
            // Spread the ages, so that connections opened together do not expire together.
            Ok(Ok(Ok(link))) => {
                Ok(OpenConnection { ends: link.made + self.age.mul_f64(0.9 + 0.2 * rand::random::<f64>()), ..link })
            }
            Ok(Ok(failed)) => failed,
            Ok(Err(elapsed)) => Err(bad_connection(&elapsed)),
            Err(ended) => Err(bad_connection(&ended)),
        };
        opened.map_err(PoolError::ConnectionError)
    }

    async fn recycle(&self, link: &mut OpenConnection, metrics: &Metrics) -> RecycleResult<PoolError> {
        if link.connection.is_broken() {
            return Err(RecycleError::message("the connection is broken"));
        }
        if link.ends <= Instant::now() || self.is_renewed(link) {
            return Err(RecycleError::message("the connection has reached its maximum age"));
        }
        if metrics.last_used() > CHECK_AFTER_IDLE {
            link.connection.batch_execute("SELECT 1").await.map_err(PoolError::QueryError)?;
        }
        Ok(())
    }
}

impl Deref for Connection {
    type Target = AsyncPgConnection;
    fn deref(&self) -> &AsyncPgConnection {
        &self.link.connection
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.link.connection
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// Check at intervals that the server is alive. End the connection when it does not respond.
async fn monitor(host: Config, driver: AbortHandle, mut next: Instant) {
    loop {
        tokio::time::sleep_until(next.into()).await;
        let responds = tokio::select! {
            biased;
            alive = is_alive(&host) => alive,
            () = patience(CHECK_TIMEOUT) => false,
        };
        if !responds {
            log::warn!("PostgreSQL does not respond: closing a connection to it");
            driver.abort();
            return;
        }
        next = Instant::now() + CHECK_INTERVAL;
    }
}

/// Waits for this long. Time in which the runtime stands still, because the machine or a worker is busy, hardly counts:
/// nobody could have heard the server then, and a good connection would be closed in the middle of a request.
async fn patience(limit: Duration) {
    const STEP: Duration = Duration::from_millis(50);
    for _ in 0..limit.as_millis() / STEP.as_millis() {
        tokio::time::sleep(STEP).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn time_in_which_the_runtime_stands_still_hardly_counts() {
        let start = Instant::now();
        let stands_still = async { std::thread::sleep(Duration::from_millis(300)) };
        tokio::join!(patience(Duration::from_millis(200)), stands_still);
        // One step has passed meanwhile, and three are left.
        assert!(start.elapsed() >= Duration::from_millis(450), "{:?}", start.elapsed());
    }
}
