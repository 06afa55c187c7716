//! Three lock files coordinate the processes that share a server.
//!
//! All are `flock` locks, as are the standard library's file locks on Unix. The kernel releases them when their holder
//! ends, for whatever reason, so they cannot become stale. They also work across containers that share a directory,
//! where process ids mean nothing.
//!
//! - The **gate** is held by the process that is starting or stopping the server, so that only one does so at a time.
//! - The **users** lock is shared by every process that uses the server. A process that can take it exclusively is the
//!   last one.
//! - The **server** lock is passed to the server as its standard input, so all its child processes inherit it. While it
//!   is held, some process of the server is running, reachable or not. Once it is free, none is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;

use super::data_dir::DataDir;
use super::deadline::Deadline;
use super::error::Error;
use super::run_as::Owner;

/// The first start may hold the gate during a download over a slow line.
const GATE_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// A wait longer than this is logged.
pub(super) const LOG_WAIT_AFTER: Duration = Duration::from_millis(1500);

/// The right to start or stop the server, until dropped.
pub(super) struct Gate {
    _file: File,
}

impl Gate {
    pub fn deadline() -> Deadline<'static> {
        Deadline::after(GATE_TIMEOUT)
    }

    /// Waits for the lock.
    pub fn enter(place: &DataDir, deadline: Deadline<'_>) -> Result<Self, Error> {
        let path = place.dir.join("gate.lock");
        let file = open(&path, &place.owner)?;
        let since = Instant::now();
        let mut said = false;
        loop {
            if take(&path, file.try_lock())? {
                return Ok(Self { _file: file });
            }
            if !said && since.elapsed() > LOG_WAIT_AFTER {
                log::info!(
                    "waiting for another process that is starting or stopping the private \
                     PostgreSQL in {}",
                    place.dir.display()
                );
                said = true;
            }
            if !deadline.pause() {
                return Err(if deadline.was_cancelled() { Error::GivenUp } else { Error::Busy(place.dir.clone()) });
            }
        }
    }
}

/// Membership of the server's users, until dropped. Join and leave only under the gate.
pub(super) struct Users {
    file: File,
    path: PathBuf,
}

impl Users {
    pub fn join(place: &DataDir, _under: &Gate) -> Result<Self, Error> {
        let path = place.dir.join("users.lock");
        let file = open(&path, &place.owner)?;
        // Exclusive locks are taken only under the gate, so this does not wait.
        file.lock_shared().map_err(Error::io("lock", &path))?;
        Ok(Self { file, path })
    }

    /// Leaves. Returns true if no user remains.
    pub fn leave(self, _under: &Gate) -> Result<bool, Error> {
        self.file.unlock().map_err(Error::io("unlock", &self.path))?;
        take(&self.path, self.file.try_lock())
    }
}

/// The lock that shows whether any process of the server is running.
pub(super) struct ServerLock {
    file: File,
    path: PathBuf,
}

impl ServerLock {
    pub fn open(place: &DataDir) -> Result<Self, Error> {
        let path = place.dir.join("server.lock");
        let file = open(&path, &place.owner)?;
        Ok(Self { file, path })
    }

    /// True if no process of the server is running. Holds the lock for an instant only, so frequent calls are fine.
    pub fn is_free(&self) -> Result<bool, Error> {
        let free = take(&self.path, self.file.try_lock_shared())?;
        if free {
            self.file.unlock().map_err(Error::io("unlock", &self.path))?;
        }
        Ok(free)
    }

    /// The lock itself, to pass to a new server; `None` while a process of the old one is running.
    ///
    /// The file is opened again, because a lock belongs to the open file, and this one must outlive us in the server.
    pub fn take_for_server(place: &DataDir) -> Result<Option<File>, Error> {
        let path = place.dir.join("server.lock");
        let file = open(&path, &place.owner)?;
        Ok(take(&path, file.try_lock())?.then_some(file))
    }
}

fn take(path: &Path, attempt: Result<(), TryLockError>) -> Result<bool, Error> {
    match attempt {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", path)(error)),
    }
}

/// Opens one of our files. A new file is readable by its owner only. As root we work in a directory that another
/// account may write to: never follow links, which that account may have created, and change the owner only of new
/// files.
pub(super) fn open(path: &Path, owner: &Owner) -> Result<File, Error> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).mode(0o600).custom_flags(OFlag::O_NOFOLLOW.bits());
    match options.clone().create_new(true).open(path) {
        Ok(file) => {
            owner.hand_over(&file).map_err(Error::io("change the owner of", path))?;
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            options.open(path).map_err(Error::io("open", path))
        }
        Err(error) => Err(Error::io("create", path)(error)),
    }
}
