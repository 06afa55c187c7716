//! One connection to PostgreSQL: how it is opened, and how it ends when its server has gone silent.
//!
//! A server that is gone says so: its socket closes. One that is frozen (a stopped machine, a network that swallows
//! everything) says nothing, and a query would wait for it for ever. A query that merely takes long looks the same from
//! here, so a second connection asks the server for a sign of life; silence there as well ends the first.

use std::error::Error;
use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use deadpool::managed::{Manager, Metrics, Object, RecycleError, RecycleResult};
use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::{PoolError, PoolableConnection};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::PATIENCE;
use super::listen::Listener;
use crate::tls;

/// How long a piece of work takes before the server is asked for a sign of life, and how long the answer may take. Together
/// no longer than [`PATIENCE`].
const PAUSE: Duration = Duration::from_millis(400);
pub(super) const SILENCE: Duration = Duration::from_millis(800);
/// A connection idle for longer than this is asked for a sign of life before it is handed out.
const IDLE: Duration = Duration::from_secs(1);

pub(super) type Driver = BoxFuture<'static, Result<(), tokio_postgres::Error>>;

/// An open connection, and the task that moves its bytes.
pub struct Link {
    pub(super) connection: AsyncPgConnection,
    driver: AbortHandle,
}

/// Opens connections for the pool.
///
/// They live on the runtime that the pool was made in: a worker that is told to stop ends its own runtime, while another
/// worker may still finish a request on a connection that the first one happened to open.
pub struct Links {
    url: String,
    runtime: Handle,
}

/// A connection of one piece of work that takes long, outside of the pool and watched over like the pool's. Dropping it
/// ends it, and with it whatever the server still does for it.
pub struct Aside {
    link: Link,
    url: String,
    watch: AbortHandle,
    runtime: Handle,
}

/// A connection checked out of the pool; it goes back when dropped.
pub struct Connection {
    link: Object<Links>,
    watch: AbortHandle,
}

impl Link {
    /// Open a connection, with limits that hold for every statement.
    pub async fn open(url: &str) -> ConnectionResult<Self> {
        Self::hearing(url, None).await
    }

    /// Open a connection whose notifications go to `heard`, which is dropped when the connection ends.
    pub(super) async fn hearing(url: &str, heard: Option<watch::Sender<()>>) -> ConnectionResult<Self> {
        let (client, driver) = connect(url, heard).await.map_err(|error| bad(&*error))?;
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
        Ok(Self { connection, driver: driver.abort_handle() })
    }

    /// The task that moves its bytes: aborting it ends the connection.
    pub(super) fn driver(&self) -> AbortHandle {
        self.driver.clone()
    }
}

impl Links {
    pub(super) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), runtime: Handle::current() }
    }

    /// A link for one piece of work, which has been waited for `since` then; watched over until it goes back.
    pub(super) fn hand_out(&self, link: Object<Self>, since: Instant) -> Connection {
        let watch = self.runtime.spawn(look_after(self.url.clone(), link.driver.clone(), since + PAUSE)).abort_handle();
        Connection { link, watch }
    }
}

impl Links {
    /// Open a link outside of the pool for one statement that may take this long.
    pub(super) async fn aside(&self, most: Duration) -> Result<Aside, PoolError> {
        let mut link = self.create().await?;
        let limit = format!("SET statement_timeout = {}", most.as_millis());
        link.connection.batch_execute(&limit).await.map_err(PoolError::QueryError)?;
        let watching = look_after(self.url.clone(), link.driver.clone(), Instant::now() + PAUSE);
        let watch = self.runtime.spawn(watching).abort_handle();
        Ok(Aside { link, url: self.url.clone(), watch, runtime: self.runtime.clone() })
    }

    /// Open a connection that hears of changes.
    pub(super) async fn listen(&self) -> Result<Listener, PoolError> {
        match self.runtime.spawn(Listener::open(self.url.clone())).await {
            Ok(opened) => opened,
            Err(ended) => Err(PoolError::ConnectionError(bad(&ended))),
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
        let (token, url) = (self.link.connection.cancel_token(), self.url.clone());
        let driver = self.link.driver.clone();
        self.runtime.spawn(async move {
            let _ = tokio::time::timeout(PATIENCE, cancel(&url, token)).await;
            driver.abort();
        });
    }
}

impl Manager for Links {
    type Type = Link;
    type Error = PoolError;

    async fn create(&self) -> Result<Link, PoolError> {
        let url = self.url.clone();
        // Bounded here too: the task goes on when the pool has given up.
        let opening = self.runtime.spawn(async move { tokio::time::timeout(PATIENCE, Link::open(&url)).await });
        let opened = match opening.await {
            Ok(Ok(opened)) => opened,
            Ok(Err(elapsed)) => Err(bad(&elapsed)),
            Err(ended) => Err(bad(&ended)),
        };
        opened.map_err(PoolError::ConnectionError)
    }

    async fn recycle(&self, link: &mut Link, metrics: &Metrics) -> RecycleResult<PoolError> {
        if link.connection.is_broken() {
            return Err(RecycleError::message("the connection is broken"));
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
async fn look_after(url: String, driver: AbortHandle, mut next: Instant) {
    loop {
        tokio::time::sleep_until(next.into()).await;
        if !matches!(tokio::time::timeout(SILENCE, is_alive(&url)).await, Ok(true)) {
            log::warn!("PostgreSQL gives no sign of life: ending a connection to it");
            driver.abort();
            return;
        }
        next = Instant::now() + PAUSE;
    }
}

/// True for a server that answers, be it with a refusal.
async fn is_alive(url: &str) -> bool {
    match connect(url, None).await {
        Ok(_) => true,
        Err(error) => error.downcast_ref().is_some_and(|error: &tokio_postgres::Error| error.as_db_error().is_some()),
    }
}

/// Connect: TLS as the URL's `sslmode` asks. Notifications go to `heard`.
pub(super) async fn connect(
    url: &str,
    heard: Option<watch::Sender<()>>,
) -> Result<(Client, Driver), Box<dyn Error + Send + Sync>> {
    let mut config: Config = url.parse()?;
    config.application_name("ccin-registry").connect_timeout(PATIENCE).keepalives_idle(Duration::from_secs(30));
    if is_plain(&config) {
        let (client, connection) = config.connect(NoTls).await?;
        Ok((client, drive(connection, heard).boxed()))
    } else {
        let (client, connection) = config.connect(MakeRustlsConnect::new(tls::client()?)).await?;
        Ok((client, drive(connection, heard).boxed()))
    }
}

/// Move the bytes of a connection until it ends.
async fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    heard: Option<watch::Sender<()>>,
) -> Result<(), tokio_postgres::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        if let (AsyncMessage::Notification(_), Some(heard)) = (message?, &heard) {
            heard.send_replace(());
        }
    }
    Ok(())
}

/// Ask the server to give up what it does for a connection.
async fn cancel(url: &str, token: CancelToken) -> Result<(), Box<dyn Error + Send + Sync>> {
    if is_plain(&url.parse()?) {
        Ok(token.cancel_query(NoTls).await?)
    } else {
        Ok(token.cancel_query(MakeRustlsConnect::new(tls::client()?)).await?)
    }
}

/// True where no TLS is asked for, or none is possible.
fn is_plain(config: &Config) -> bool {
    config.get_ssl_mode() == tokio_postgres::config::SslMode::Disable
        || config.get_hosts().iter().all(|host| !matches!(host, tokio_postgres::config::Host::Tcp(_)))
}

/// An error with what is behind it: by itself the driver's says no more than "db error".
pub(super) fn bad(error: &dyn Error) -> ConnectionError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    ConnectionError::BadConnection(text)
}
