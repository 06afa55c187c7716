//! One connection to PostgreSQL: how it is opened, and how it ends when its server has gone silent.
//!
//! A server that is gone says so: its socket closes. One that is frozen (a stopped machine, a network that swallows
//! everything) says nothing, and a query would wait for it for ever. A query that merely takes long looks the same from
//! here, so a second connection asks the server for a sign of life; silence there as well ends the first.

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

use super::PATIENCE;
use super::hosts::{Hosts, bad, cancel, is_alive};

/// How long a piece of work takes before the server is asked for a sign of life, and how long the answer may take. Together
/// no longer than [`PATIENCE`].
const PAUSE: Duration = Duration::from_millis(400);
pub(super) const SILENCE: Duration = Duration::from_millis(800);
/// A connection idle for longer than this is asked for a sign of life before it is handed out.
const IDLE: Duration = Duration::from_secs(1);

/// An open connection, and the task that moves its bytes.
pub struct Link {
    pub(super) connection: AsyncPgConnection,
    /// The one host that it leads to: another one's signs of life say nothing about this one.
    pub(super) host: Config,
    driver: AbortHandle,
    made: Instant,
    /// When the pool makes a new one in its place.
    ends: Instant,
}

/// Opens connections for the pool.
///
/// They live on the runtime that the pool was made in: a worker that is told to stop ends its own runtime, while another
/// worker may still finish a request on a connection that the first one happened to open.
pub struct Links {
    pub(super) hosts: Arc<Hosts>,
    runtime: Handle,
    /// How old a connection becomes, about.
    age: Duration,
    /// Connections made before are not used again.
    renewed: Mutex<Option<Instant>>,
}

/// A connection of one piece of work that takes long, outside of the pool and watched over like the pool's. Dropping it
/// ends it, and with it whatever the server still does for it.
pub struct Aside {
    link: Link,
    watch: AbortHandle,
    runtime: Handle,
}

/// A connection checked out of the pool; it goes back when dropped.
pub struct Connection {
    link: Object<Links>,
    watch: AbortHandle,
}

impl Link {
    /// Open a connection, with limits that hold for every statement. Notifications go to `heard`, which is dropped when the
    /// connection ends.
    pub(super) async fn open(
        hosts: &Hosts,
        patience: Duration,
        heard: Option<watch::Sender<()>>,
    ) -> ConnectionResult<Self> {
        let reached = hosts.reach(patience, heard).await.map_err(|error| bad(&*error))?;
        let (client, driver, host) = (reached.client, reached.driver, reached.host);
        let driver = tokio::spawn(async move {
            // Whoever waits for an answer hears that the connection is closed; why it closed is known only here.
            if let Err(error) = driver.await {
                log::debug!("a connection to PostgreSQL has ended: {}", bad(&error));
            }
        });
        let mut connection = AsyncPgConnection::try_from(client).await?;
        // Planning prepared statements again for each value was a third of PostgreSQL's work in a write. Generic plans do as
        // well: every statement finds few rows by an index, whatever its values are.
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

    /// The task that moves its bytes: aborting it ends the connection.
    pub(super) fn driver(&self) -> AbortHandle {
        self.driver.clone()
    }
}

impl Links {
    pub(super) fn new(url: &str, age: Duration) -> Self {
        Self { hosts: Arc::new(Hosts::new(url)), runtime: Handle::current(), age, renewed: Mutex::default() }
    }

    /// A link for one piece of work, which has been waited for `since` then; watched over until it goes back.
    pub(super) fn hand_out(&self, link: Object<Self>, since: Instant) -> Connection {
        let watching = look_after(link.host.clone(), link.driver.clone(), since + PAUSE);
        Connection { watch: self.runtime.spawn(watching).abort_handle(), link }
    }

    /// Open a link outside of the pool for one statement that may take this long.
    pub(super) async fn aside(&self, most: Duration) -> Result<Aside, PoolError> {
        let mut link = self.create().await?;
        let limit = format!("SET statement_timeout = {}", most.as_millis());
        link.connection.batch_execute(&limit).await.map_err(PoolError::QueryError)?;
        let watching = look_after(link.host.clone(), link.driver.clone(), Instant::now() + PAUSE);
        let watch = self.runtime.spawn(watching).abort_handle();
        Ok(Aside { link, watch, runtime: self.runtime.clone() })
    }

    /// Use none of the connections again that there are now.
    pub(super) fn renew(&self) {
        *self.renewed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is_renewed(&self, link: &Link) -> bool {
        self.renewed.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|renewed| link.made <= renewed)
    }

    /// Whether somebody who connects now may write. Asked on a connection of its own: the pool's may be busy, or older
    /// than a setting.
    pub(super) async fn take_writes(&self) -> ConnectionResult<bool> {
        let hosts = Arc::clone(&self.hosts);
        let asking = async move {
            let reached = match hosts.reach(PATIENCE, None).await.map_err(|error| bad(&*error)) {
                // By `target_session_attrs=read-write`, with which the driver itself asks.
                Err(error) if error.to_string().contains("does not allow writes") => return Ok(false),
                reached => reached?,
            };
            let driver = tokio::spawn(reached.driver).abort_handle();
            let told = reached.client.simple_query("SHOW transaction_read_only").await;
            driver.abort();
            let is_off = |message: &SimpleQueryMessage| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("off"));
            Ok(told.map_err(|error| bad(&error))?.iter().any(is_off))
        };
        match self.runtime.spawn(tokio::time::timeout(PATIENCE, asking)).await {
            Ok(Ok(told)) => told,
            Ok(Err(elapsed)) => Err(bad(&elapsed)),
            Err(ended) => Err(bad(&ended)),
        }
    }

    /// The runtime that carries the connections.
    pub(super) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Deref for Aside {
    type Target = AsyncPgConnection;
    fn deref(&self) -> &AsyncPgConnection {
        &self.link.connection
    }
}

impl DerefMut for Aside {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.link.connection
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.watch.abort();
        // A server that sorts, say, does not look whether its client is still there: it is told.
        let (token, host) = (self.link.connection.cancel_token(), self.link.host.clone());
        let driver = self.link.driver.clone();
        self.runtime.spawn(async move {
            let _ = tokio::time::timeout(PATIENCE, cancel(&host, token)).await;
            driver.abort();
        });
    }
}

impl Manager for Links {
    type Type = Link;
    type Error = PoolError;

    async fn create(&self) -> Result<Link, PoolError> {
        let hosts = Arc::clone(&self.hosts);
        // Bounded here too: the task goes on when the pool has given up.
        let opening = async move { tokio::time::timeout(PATIENCE, Link::open(&hosts, PATIENCE, None)).await };
        let opened = match self.runtime.spawn(opening).await {
            // Not all at the same time: those that were opened together would end together.
            Ok(Ok(Ok(link))) => {
                Ok(Link { ends: link.made + self.age.mul_f64(0.9 + 0.2 * rand::random::<f64>()), ..link })
            }
            Ok(Ok(failed)) => failed,
            Ok(Err(elapsed)) => Err(bad(&elapsed)),
            Err(ended) => Err(bad(&ended)),
        };
        opened.map_err(PoolError::ConnectionError)
    }

    async fn recycle(&self, link: &mut Link, metrics: &Metrics) -> RecycleResult<PoolError> {
        if link.connection.is_broken() {
            return Err(RecycleError::message("the connection is broken"));
        }
        if link.ends <= Instant::now() || self.is_renewed(link) {
            return Err(RecycleError::message("the connection has served its time"));
        }
        if metrics.last_used() > IDLE {
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

/// Ask the server for a sign of life again and again; end the connection when none comes.
async fn look_after(host: Config, driver: AbortHandle, mut next: Instant) {
    loop {
        tokio::time::sleep_until(next.into()).await;
        if !matches!(tokio::time::timeout(SILENCE, is_alive(&host)).await, Ok(true)) {
            log::warn!("PostgreSQL gives no sign of life: ending a connection to it");
            driver.abort();
            return;
        }
        next = Instant::now() + PAUSE;
    }
}
