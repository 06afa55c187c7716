//! Connects to the server, to check that it is ready and has our database.

use std::error::Error as _;
use std::future::Future;
use std::path::Path;
use std::time::Duration;
use std::{io, thread};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, NoTls};

use super::error::Error;

/// The name of PostgreSQL's socket. The number is its default port, and has no other meaning here.
pub(super) const SOCKET: &str = ".s.PGSQL.5432";

/// Timeout for a server that has accepted a connection. After it, the check is repeated with a new connection.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// Characters to escape in a connection string. A slash needs no escape in a parameter.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// Result of the readiness check.
pub(super) enum Answer {
    /// The server is ready and has the database.
    Ready(Facts),
    /// The server does not answer, or is starting or stopping.
    NotYet,
}

/// What a server reports about itself.
pub(super) struct Facts {
    /// Its version, such as `15.18`.
    pub version: String,
    /// Whether its commits wait for the disk.
    pub durable: bool,
}

/// The connection string of `database` for `role`, for tokio-postgres, diesel-async and libpq.
pub(super) fn url(socket_folder: &Path, role: &str, database: &str) -> String {
    // `cluster::socket_folder` ensures that the folder is UTF-8.
    let folder = socket_folder.to_string_lossy();
    format!(
        "postgres://{}@/{}?host={}",
        utf8_percent_encode(role, ESCAPED),
        utf8_percent_encode(database, ESCAPED),
        utf8_percent_encode(&folder, ESCAPED)
    )
}

/// Checks that the server is ready. Creates our database if it is missing. The database and role are called `name`.
pub(super) fn ask(socket_folder: &Path, name: &str) -> Result<Answer, Error> {
    if !socket_folder.join(SOCKET).exists() {
        return Ok(Answer::NotYet);
    }
    let asked = on_a_thread(async {
        match tokio::time::timeout(ANSWER_TIMEOUT, greet(socket_folder, name)).await {
            Ok(facts) => facts.map(Some),
            Err(_elapsed) => Ok(None),
        }
    });
    match asked {
        Ok(Some(facts)) => Ok(Answer::Ready(facts)),
        Ok(None) => Ok(Answer::NotYet),
        Err(error) if may_pass(&error) => Ok(Answer::NotYet),
        Err(error) => Err(Error::Refused(error)),
    }
}

/// True if the server accepts connections but sends nothing, not even a refusal: it is frozen. A server that is
/// starting, stopping or gone is not silent.
pub(super) fn is_silent(socket_folder: &Path, name: &str, limit: Duration) -> bool {
    let asked = on_a_thread(async {
        let connecting = connect(socket_folder, name, name);
        Ok(tokio::time::timeout(limit, connecting).await.is_err().then_some(()))
    });
    matches!(asked, Ok(Some(())))
}

/// Runs `work` on a separate thread with its own small runtime. Our caller may be in another runtime, which must not be
/// blocked, or in none.
fn on_a_thread<T: Send>(
    work: impl Future<Output = Result<Option<T>, tokio_postgres::Error>> + Send,
) -> Result<Option<T>, tokio_postgres::Error> {
    thread::scope(|scope| {
        let asking = scope.spawn(|| {
            match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime.block_on(work),
                // Out of threads or files for now. The caller retries until its deadline.
                Err(error) => {
                    log::warn!("could not ask the private PostgreSQL: {error}");
                    Ok(None)
                }
            }
        });
        asking.join().unwrap_or(Ok(None))
    })
}

async fn greet(socket_folder: &Path, name: &str) -> Result<Facts, tokio_postgres::Error> {
    let client = match connect(socket_folder, name, name).await {
        Err(error) if error.code() == Some(&SqlState::INVALID_CATALOG_NAME) => {
            make_database(socket_folder, name).await?;
            connect(socket_folder, name, name).await?
        }
        connected => connected?,
    };
    let row =
        client.query_one("select current_setting('server_version'), current_setting('fsync') = 'on'", &[]).await?;
    let version: &str = row.try_get(0)?;
    Ok(Facts {
        // Debian writes "15.18 (Debian 15.18-0+deb12u1)".
        version: version.split_whitespace().next().unwrap_or(version).to_owned(),
        durable: row.try_get(1)?,
    })
}

async fn make_database(socket_folder: &Path, name: &str) -> Result<(), tokio_postgres::Error> {
    let client = connect(socket_folder, name, "postgres").await?;
    match client.batch_execute(&format!("create database \"{}\"", name.replace('"', "\"\""))).await {
        Err(error) if error.code() != Some(&SqlState::DUPLICATE_DATABASE) => Err(error),
        _ => Ok(()),
    }
}

async fn connect(socket_folder: &Path, role: &str, database: &str) -> Result<Client, tokio_postgres::Error> {
    let mut config = Config::new();
    config.host_path(socket_folder).user(role).dbname(database).application_name("private postgres");
    let (client, connection) = config.connect(NoTls).await?;
    // It ends when the client is dropped. The client reports its errors.
    tokio::spawn(connection);
    Ok(client)
}

/// True if a retry may succeed: nothing listens, or the server is starting, recovering, stopping or full.
fn may_pass(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        None => {
            let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
            cause.is_none_or(|cause| cause.kind() != io::ErrorKind::PermissionDenied)
        }
        Some(code) => [
            &SqlState::CANNOT_CONNECT_NOW,
            &SqlState::ADMIN_SHUTDOWN,
            &SqlState::CRASH_SHUTDOWN,
            &SqlState::TOO_MANY_CONNECTIONS,
        ]
        .contains(&code),
    }
}

#[cfg(test)]
mod tests {
    use tokio_postgres::config::Host;

    use super::*;

    #[test]
    fn an_address_leads_back_to_its_folder_and_database() {
        let folder = Path::new("/tmp/a folder/50% ü&x=1#?");
        let config: Config = url(folder, "me & you", "a/b c").parse().expect("an address that parses");
        assert_eq!(config.get_hosts(), [Host::Unix(folder.to_owned())]);
        assert_eq!(config.get_dbname(), Some("a/b c"));
        assert_eq!(config.get_user(), Some("me & you"));
    }
}
