//! The store: a pool of connections to PostgreSQL, the migrations, and the private PostgreSQL.
//!
//! Nothing here knows HTTP. A connection that cannot be had soon is an error soon: callers answer 503 within two seconds.

pub mod embedded;
pub mod migrations;
pub mod opened;
#[allow(missing_docs)]
pub mod schema;
pub mod word;

use std::time::Duration;

use diesel::sql_types::Text;
use diesel::{ConnectionError, ConnectionResult, QueryResult};
use diesel_async::pooled_connection::deadpool::{Hook, HookError, Object, Pool, PoolError};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, PoolError as ManagerError, RecyclingMethod,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::FutureExt;

/// A connection checked out of the pool; it goes back when dropped.
pub type Connection = Object<AsyncPgConnection>;

/// How long a request waits for a connection before it is told that the store is away.
const PATIENCE: Duration = Duration::from_millis(1500);
/// A connection idle for longer than this is asked for a sign of life before it is handed out.
const IDLE: Duration = Duration::from_secs(1);

/// The pool of connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<AsyncPgConnection>,
}

impl Db {
    /// A pool of at most `size` connections; none is opened before it is needed.
    pub fn new(url: &str, size: usize) -> Result<Self, deadpool::managed::BuildError> {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(|url| establish(url.to_owned()).boxed());
        let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
        let pool = Pool::builder(manager)
            .max_size(size)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .recycle_timeout(Some(Duration::from_millis(500)))
            .runtime(deadpool::Runtime::Tokio1)
            .pre_recycle(Hook::async_fn(|connection: &mut AsyncPgConnection, metrics| {
                Box::pin(async move {
                    if metrics.last_used() > IDLE {
                        connection
                            .batch_execute("SELECT 1")
                            .await
                            .map_err(|error| HookError::Backend(ManagerError::QueryError(error)))?;
                    }
                    Ok(())
                })
            }))
            .build()?;
        Ok(Self { pool })
    }

    /// Close every connection; nothing more can be had.
    pub fn close(&self) {
        self.pool.close();
    }

    /// A connection, or an error within two seconds.
    pub async fn get(&self) -> Result<Connection, PoolError> {
        // The pool tries one idle connection after the other; the sum is bounded here.
        match tokio::time::timeout(PATIENCE, self.pool.get()).await {
            Ok(answer) => answer,
            Err(_) => Err(PoolError::Timeout(deadpool::managed::TimeoutType::Wait)),
        }
    }
}

/// Wait for the lock of this name, and hold it until the end of the transaction.
pub async fn lock(conn: &mut AsyncPgConnection, name: &str) -> QueryResult<()> {
    let query = diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))");
    query.bind::<Text, _>(name).execute(conn).await.map(drop)
}

/// Open one connection: TLS as the URL's `sslmode` asks, and limits that hold for every statement.
pub async fn establish(url: String) -> ConnectionResult<AsyncPgConnection> {
    let bad = |error: &dyn std::fmt::Display| ConnectionError::BadConnection(error.to_string());
    let mut config: tokio_postgres::Config = url.parse().map_err(|error| bad(&error))?;
    config.application_name("ccin-registry").connect_timeout(PATIENCE).keepalives_idle(Duration::from_secs(30));
    let mut connection = if config.get_ssl_mode() == tokio_postgres::config::SslMode::Disable
        || config.get_hosts().iter().all(|host| !matches!(host, tokio_postgres::config::Host::Tcp(_)))
    {
        let (client, driver) = config.connect(tokio_postgres::NoTls).await.map_err(|error| bad(&error))?;
        AsyncPgConnection::try_from_client_and_connection(client, driver).await?
    } else {
        let (client, driver) =
            config.connect(tls().map_err(|error| bad(&error))?).await.map_err(|error| bad(&error))?;
        AsyncPgConnection::try_from_client_and_connection(client, driver).await?
    };
    connection
        .batch_execute(
            "SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'; SET TIME ZONE 'UTC'",
        )
        .await
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// TLS for PostgreSQL by rustls, trusting the authorities that the machine trusts.
fn tls() -> Result<tokio_postgres_rustls::MakeRustlsConnect, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(tokio_postgres_rustls::MakeRustlsConnect::new(config))
}
