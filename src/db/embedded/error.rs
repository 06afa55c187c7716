//! Errors of the private PostgreSQL. Each message says what happened and what to do about it.

use std::io;
use std::path::PathBuf;

/// Why the private PostgreSQL could not be started or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is explained by its message")]
pub enum Error {
    #[error(
        "The private PostgreSQL works on Linux, macOS and other Unix systems only. On this system, \
         run a PostgreSQL of your own and set DATABASE_URL to it."
    )]
    Unsupported,

    #[error("Could not {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },

    #[error(
        "There is no account named '{0}' on this machine to run PostgreSQL as. Name another, or \
         create it."
    )]
    NoSuchAccount(String),

    #[error(
        "PostgreSQL refuses to run as root. Name another account to run it as, for example \
         'postgres'."
    )]
    RootAsked,

    #[error(
        "The data in {} belong to root, and PostgreSQL refuses to run as root. Give them to \
         another account, for example: chown -R postgres {}", .0.display(), .0.display()
    )]
    DataOfRoot(PathBuf),

    #[error(
        "{} belongs to the account '{account}'. Run the service as that account or as root, or use \
         another data directory.", path.display()
    )]
    DataOfAnother { path: PathBuf, account: String },

    #[error(
        "The account '{account}', which is to run PostgreSQL, cannot reach {}. Make it and the \
         folders above it reachable (chmod o+x), or use another data directory.", path.display()
    )]
    Unreachable { path: PathBuf, account: String },

    #[error(
        "Root cannot become the account '{0}' here, as in a container that has one account only, \
         and PostgreSQL refuses to run as root. Run the service as a plain user, or set \
         DATABASE_URL."
    )]
    CannotBecome(String),

    #[error(
        "{} is not the data of a PostgreSQL server (it holds no file PG_VERSION). Move it away, or \
         use another data directory.", .0.display()
    )]
    NotACluster(PathBuf),

    #[error(
        "The data in {} have disappeared while the server was in use. Restore them, or start the service \
         again to begin with an empty database.", .0.display()
    )]
    DataGone(PathBuf),

    #[error(
        "No folder is suitable for the socket of the PostgreSQL in {}: its own path is too long, and the \
         temporary folder cannot be used. Use a data directory with a shorter path, or set TMPDIR.", .0.display()
    )]
    NoSocketFolder(PathBuf),

    #[error("{reason}\n{HOW_TO_INSTALL}")]
    NoServerPrograms { reason: String },

    #[error(
        "The data in {} were created by PostgreSQL {made_by}, but this machine has PostgreSQL {found}. \
         Install PostgreSQL {made_by} as well, use another data directory, or move the data with pg_dump.",
        path.display()
    )]
    VersionMismatch { path: PathBuf, made_by: String, found: String },

    #[error("PostgreSQL's initdb could not create a database in {}:\n{output}", path.display())]
    Initdb { path: PathBuf, output: String },

    #[error(
        "The private PostgreSQL in {} {what}. Its log, {}, ends with:\n{tail}",
        path.display(), log.display()
    )]
    Server { path: PathBuf, what: String, log: PathBuf, tail: String },

    #[error(
        "The private PostgreSQL in {} is still running. This process was the last to use it, but \
         cannot see it to stop it: it may run in another container. The next start \
         joins it.", .0.display()
    )]
    OutOfSight(PathBuf),

    #[error(
        "A PostgreSQL that this service did not start is running on {} (process {pid}). Stop it \
         first, or set DATABASE_URL to it.", path.display()
    )]
    StartedByAnother { path: PathBuf, pid: i32 },

    #[error(
        "Another process has been starting or stopping the private PostgreSQL in {} for too long. \
         Check what it is doing, or end it.", .0.display()
    )]
    Busy(PathBuf),

    #[error("The private PostgreSQL refused a connection: {}", with_cause(.0))]
    Refused(#[source] tokio_postgres::Error),

    /// A stop cancelled the start.
    #[error("The start of the private PostgreSQL was cancelled.")]
    GivenUp,
}

/// The command to install PostgreSQL on common systems.
const HOW_TO_INSTALL: &str = "Install PostgreSQL 14 or newer with the line for your system, then start again:
    sudo apt install postgresql            (Debian, Ubuntu)
    sudo dnf install postgresql-server     (Fedora)
    brew install postgresql@18             (Homebrew)
or set DATABASE_URL to a PostgreSQL that you have.";

impl Error {
    /// For `map_err` on a file operation: "Could not {doing} {path}: …".
    #[cfg(unix)]
    pub(super) fn io(doing: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}

/// `tokio_postgres::Error` displays only its kind ("db error"). The useful message is in its cause.
fn with_cause(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
