//! Listening for changes: a dedicated connection on which PostgreSQL announces new rows in `changes`.
//!
//! The notification carries no data (see `publish_changes`, migration 000014). Several in a row may arrive as one. None
//! is lost between [`Db::listen`](super::Db::listen) and the end of the connection. So start listening before you read
//! `changes`, and you miss nothing.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use diesel_async::pooled_connection::PoolError;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_postgres::Client;

use super::CONNECT_TIMEOUT;
use super::connection::{CHECK_TIMEOUT, ConnectionManager, OpenConnection};
use super::hosts::{Hosts, bad_connection, connect};

/// The channel that the triggers notify.
const CHANNEL: &str = "registry_changes";
/// Statement timeout. Loading a large registry is one of the slowest statements.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(120);
/// Interval between checks that the server is alive. Together with [`CHECK_TIMEOUT`] less than two seconds.
const CHECK_INTERVAL: Duration = Duration::from_millis(800);

/// A connection outside the pool that receives notifications of changes. It serves queries as well.
///
/// Dropping it closes it.
pub struct Listener {
    /// Changes with each notification. It closes when the connection ends: at most two seconds after the server has
    /// stopped responding.
    pub changes: watch::Receiver<()>,
    link: OpenConnection,
    watch: AbortHandle,
}

impl ConnectionManager {
    /// Open a connection that listens for changes.
    pub(super) async fn listen(&self) -> Result<Listener, PoolError> {
        match self.runtime().spawn(Listener::open(Arc::clone(&self.hosts))).await {
            Ok(opened) => opened,
            Err(ended) => Err(PoolError::ConnectionError(bad_connection(&ended))),
        }
    }
}

impl Listener {
    /// Connect and listen. Call it within the runtime that is to drive the connection.
    async fn open(hosts: Arc<Hosts>) -> Result<Self, PoolError> {
        let opening = async {
            let (sender, changes) = watch::channel(());
            let mut link = OpenConnection::open(&hosts, CONNECT_TIMEOUT, Some(sender)).await?;
            let settings = format!("SET statement_timeout = {}; LISTEN {CHANNEL}", STATEMENT_TIMEOUT.as_millis());
            link.connection
                .batch_execute(&settings)
                .await
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            // Notifications arrive while the connection is idle, and a long query looks the same as a silent server. So
            // a second connection checks whether the server is alive.
            let (client, driver) = connect(&link.host, None).await.map_err(|error| bad_connection(&*error))?;
            let driver = tokio::spawn(driver).abort_handle();
            let watch = tokio::spawn(monitor(client, driver, link.driver())).abort_handle();
            Ok(Self { changes, link, watch })
        };
        match tokio::time::timeout(CONNECT_TIMEOUT, opening).await {
            Ok(opened) => opened.map_err(PoolError::ConnectionError),
            Err(elapsed) => Err(PoolError::ConnectionError(bad_connection(&elapsed))),
        }
    }
}

impl Deref for Listener {
    type Target = AsyncPgConnection;
    fn deref(&self) -> &AsyncPgConnection {
        &self.link.connection
    }
}

impl DerefMut for Listener {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.link.connection
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.watch.abort();
        self.link.driver().abort();
    }
}

/// Check at intervals that the server is alive. End the listening connection when it does not respond.
async fn monitor(client: Client, driver: AbortHandle, listening: AbortHandle) {
    let _driver = AbortOnDrop(driver);
    while !listening.is_finished() {
        tokio::time::sleep(CHECK_INTERVAL).await;
        if !matches!(tokio::time::timeout(CHECK_TIMEOUT, client.simple_query("")).await, Ok(Ok(_))) {
            log::warn!("PostgreSQL does not respond: no longer listening for changes");
            listening.abort();
        }
    }
}

/// Aborts a task when dropped.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
