//! Hearing of changes: a connection of its own, on which PostgreSQL says that `changes` has new rows.
//!
//! The notification says no more than that (see `publish_changes`, migration 000014). Several in a row may be heard as one.
//! None is lost between [`Db::listen`](super::Db::listen) and the end of the connection: who listens first and then reads
//! `changes` misses nothing.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use diesel_async::pooled_connection::PoolError;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_postgres::Client;

use super::PATIENCE;
use super::connection::{Link, Links, SILENCE};
use super::hosts::{Hosts, bad, connect};

/// The channel on which triggers notify.
const CHANNEL: &str = "registry_changes";
/// How long one statement may take: loading a large registry is one of the longest.
const LONGEST: Duration = Duration::from_secs(120);
/// Time between two questions for a sign of life. With [`SILENCE`] less than two seconds.
const INTERVAL: Duration = Duration::from_millis(800);

/// A connection that hears of changes, outside of the pool. It serves queries as well.
///
/// Dropping it closes it.
pub struct Listener {
    /// Changed with each notification; closed when the connection has ended, at the latest two seconds after the server has
    /// stopped answering.
    pub changes: watch::Receiver<()>,
    link: Link,
    watch: AbortHandle,
}

impl Links {
    /// Open a connection that hears of changes.
    pub(super) async fn listen(&self) -> Result<Listener, PoolError> {
        match self.runtime().spawn(Listener::open(Arc::clone(&self.hosts))).await {
            Ok(opened) => opened,
            Err(ended) => Err(PoolError::ConnectionError(bad(&ended))),
        }
    }
}

impl Listener {
    /// Connect and listen. Call it within the runtime that is to carry the connection.
    async fn open(hosts: Arc<Hosts>) -> Result<Self, PoolError> {
        let opening = async {
            let (sender, changes) = watch::channel(());
            let mut link = Link::open(&hosts, PATIENCE, Some(sender)).await?;
            let settings = format!("SET statement_timeout = {}; LISTEN {CHANNEL}", LONGEST.as_millis());
            link.connection
                .batch_execute(&settings)
                .await
                .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            // Notifications come while the connection is idle, and a long query looks the same as silence. So a second
            // connection asks whether the server is alive.
            let (asking, driver) = connect(&link.host, None).await.map_err(|error| bad(&*error))?;
            let asked = tokio::spawn(driver).abort_handle();
            let watch = tokio::spawn(watch_over(asking, asked, link.driver())).abort_handle();
            Ok(Self { changes, link, watch })
        };
        match tokio::time::timeout(PATIENCE, opening).await {
            Ok(opened) => opened.map_err(PoolError::ConnectionError),
            Err(elapsed) => Err(PoolError::ConnectionError(bad(&elapsed))),
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

/// Ask the server for a sign of life again and again; end the listening connection when none comes.
async fn watch_over(asking: Client, asked: AbortHandle, listening: AbortHandle) {
    let _asked = Ended(asked);
    while !listening.is_finished() {
        tokio::time::sleep(INTERVAL).await;
        if !matches!(tokio::time::timeout(SILENCE, asking.simple_query("")).await, Ok(Ok(_))) {
            log::warn!("PostgreSQL gives no sign of life: changes are no longer heard of");
            listening.abort();
        }
    }
}

/// Ends a task when it is dropped.
struct Ended(AbortHandle);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.abort();
    }
}
