//! Connecting to the hosts of a connection string in turn, with a fair share of the time for each.
//!
//! A silent host, such as a frozen standby, uses up only its own share. For a while after that it is tried last.

use std::collections::HashMap;
use std::error::Error;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::ConnectionError;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_postgres::config::{Host, LoadBalanceHosts, SslMode};
use tokio_postgres::{AsyncMessage, CancelToken, Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::config::tls;
use crate::error::causes::chain;

/// How long a silent host is tried after the others.
const TRY_LAST_FOR: Duration = Duration::from_secs(10);

pub(super) type Driver = BoxFuture<'static, Result<(), tokio_postgres::Error>>;
type Failure = Box<dyn Error + Send + Sync>;

/// The hosts of one connection string, such as `postgres://one,other/database`.
pub(super) struct Hosts {
    url: String,
    /// When each silent host was last tried, by its index in the connection string.
    silent: Mutex<HashMap<usize, Instant>>,
}

/// An open connection and its host.
pub(super) struct Reached {
    pub client: Client,
    pub driver: Driver,
    /// Configuration for the one host that answered.
    pub host: Config,
}

impl Hosts {
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), silent: Mutex::default() }
    }

    /// Connect to the first usable host. `notifications` receives a value for each notification.
    pub async fn reach(&self, limit: Duration, notifications: Option<watch::Sender<()>>) -> Result<Reached, Failure> {
        let mut config: Config = self.url.parse()?;
        config.application_name("ccin-registry").keepalives_idle(Duration::from_secs(30));
        let hosts = each(&config);
        let end = Instant::now() + limit;
        let mut failures: Vec<Failure> = Vec::new();
        for (tried, place) in self.order(&config, hosts.len()).into_iter().enumerate() {
            let left = u32::try_from(hosts.len() - tried).unwrap_or(u32::MAX);
            let share = end.saturating_duration_since(Instant::now()) / left;
            let mut host = hosts[place].clone();
            // A name may resolve to several addresses, and the first may be silent.
            host.connect_timeout(share / 2);
            match timeout(share, connect(&host, notifications.clone())).await {
                Ok(Ok((client, driver))) => {
                    self.silent().remove(&place);
                    return Ok(Reached { client, driver, host });
                }
                Ok(Err(error)) if !is_timeout(&*error) => {
                    self.silent().remove(&place);
                    failures.push(error);
                }
                _ => {
                    self.silent().insert(place, Instant::now());
                    failures.push(format!("no answer within {} ms", share.as_millis()).into());
                }
            }
        }
        if failures.len() == 1 {
            return Err(failures.remove(0));
        }
        let all: Vec<String> = failures.iter().map(|failure| chain(&**failure)).collect();
        Err(all.join("; ").into())
    }

    /// True when some host did not respond when it was last tried.
    pub fn were_silent(&self) -> bool {
        !self.silent().is_empty()
    }

    /// The indexes of the hosts, in the order in which to try them.
    fn order(&self, config: &Config, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..count).collect();
        if config.get_load_balance_hosts() == LoadBalanceHosts::Random && count > 0 {
            order.rotate_left(rand::random::<u32>() as usize % count);
        }
        let silent = self.silent();
        order.sort_by_key(|place| silent.get(place).is_some_and(|since| since.elapsed() < TRY_LAST_FOR));
        order
    }

    fn silent(&self) -> MutexGuard<'_, HashMap<usize, Instant>> {
        self.silent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection string split into one configuration per host.
fn each(config: &Config) -> Vec<Config> {
    let (hosts, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let count = hosts.len().max(addresses.len());
    if count < 2 {
        return vec![config.clone()];
    }
    let single = |place: usize| {
        let mut one = Config::new();
        one.ssl_mode(config.get_ssl_mode())
            .ssl_negotiation(config.get_ssl_negotiation())
            .keepalives(config.get_keepalives())
            .keepalives_idle(config.get_keepalives_idle())
            .target_session_attrs(config.get_target_session_attrs())
            .channel_binding(config.get_channel_binding());
        config.get_user().map(|user| one.user(user));
        config.get_password().map(|password| one.password(password));
        config.get_dbname().map(|name| one.dbname(name));
        config.get_options().map(|options| one.options(options));
        config.get_application_name().map(|name| one.application_name(name));
        config.get_tcp_user_timeout().map(|time| one.tcp_user_timeout(*time));
        config.get_keepalives_interval().map(|time| one.keepalives_interval(time));
        config.get_keepalives_retries().map(|count| one.keepalives_retries(count));
        match hosts.get(place) {
            Some(Host::Tcp(name)) => drop(one.host(name)),
            #[cfg(unix)]
            Some(Host::Unix(folder)) => drop(one.host_path(folder)),
            None => {}
        }
        addresses.get(place).map(|address| one.hostaddr(*address));
        // A single port applies to every host.
        ports.get(place).or(ports.first()).map(|port| one.port(*port));
        one
    };
    (0..count).map(single).collect()
}

/// True if the host responds, even with a refusal.
pub(super) async fn is_alive(host: &Config) -> bool {
    match connect(host, None).await {
        Ok(_) => true,
        Err(error) => error.downcast_ref().is_some_and(|error: &tokio_postgres::Error| error.as_db_error().is_some()),
    }
}

/// Connect to one host, with TLS as `sslmode` requires. `notifications` receives a value for each notification.
pub(super) async fn connect(
    host: &Config,
    notifications: Option<watch::Sender<()>>,
) -> Result<(Client, Driver), Failure> {
    if is_plain(host) {
        let (client, connection) = host.connect(NoTls).await?;
        Ok((client, drive(connection, notifications).boxed()))
    } else {
        let (client, connection) = host.connect(MakeRustlsConnect::new(tls::client()?)).await?;
        Ok((client, drive(connection, notifications).boxed()))
    }
}

/// Drive a connection until it ends.
async fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    notifications: Option<watch::Sender<()>>,
) -> Result<(), tokio_postgres::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        if let (AsyncMessage::Notification(_), Some(notifications)) = (message?, &notifications) {
            notifications.send_replace(());
        }
    }
    Ok(())
}

/// Ask a host to cancel the current query of a connection.
pub(super) async fn cancel(host: &Config, token: CancelToken) -> Result<(), Failure> {
    if is_plain(host) {
        Ok(token.cancel_query(NoTls).await?)
    } else {
        Ok(token.cancel_query(MakeRustlsConnect::new(tls::client()?)).await?)
    }
}

/// True if TLS is disabled or impossible (Unix sockets).
fn is_plain(config: &Config) -> bool {
    config.get_ssl_mode() == SslMode::Disable
        || config.get_hosts().iter().all(|host| !matches!(host, Host::Tcp(_))) && config.get_hostaddrs().is_empty()
}

/// True if the attempt to connect timed out.
fn is_timeout(error: &(dyn Error + 'static)) -> bool {
    let is_late = |error: &std::io::Error| error.kind() == std::io::ErrorKind::TimedOut;
    error.downcast_ref().is_some_and(is_late) || error.source().is_some_and(is_timeout)
}

/// Converts an error to the error type of the pool.
pub(super) fn bad_connection(error: &dyn Error) -> ConnectionError {
    ConnectionError::BadConnection(chain(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_has_the_whole_address_with_its_own_port() {
        let url = "postgres://me:secret@one:1,other:2/registry?sslmode=require&target_session_attrs=read-write\
            &options=-c%20geqo%3Doff&keepalives_retries=3";
        let hosts = each(&url.parse().unwrap());
        for (host, (name, port)) in hosts.iter().zip([("one", 1), ("other", 2)]) {
            let alone = url.replace("one:1,other:2", &format!("{name}:{port}"));
            assert_eq!(format!("{host:?}"), format!("{:?}", alone.parse::<Config>().unwrap()));
        }
        assert_eq!(hosts.len(), 2);
    }
}
