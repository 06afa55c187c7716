//! Three lock files tell the processes that share a server about each other.
//!
//! All are `flock` locks (that is what the standard library's file locks are on Unix): the kernel
//! frees them when their holder ends, however it ends, so nothing here can become stale. They also
//! hold across containers that share a directory, where process ids mean nothing.
//!
//! - the **gate** is held by whoever is starting or stopping the server, so that one does it at a
//!   time;
//! - the **users** lock is held, shared, by every process that uses the server: whoever can have it
//!   alone is the last;
//! - the **server** lock is handed to the server itself, as its standard input, and so to each of
//!   its children. While it is held, some process of the server lives, be it reachable or not; once
//!   it can be taken, none does.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;

use super::data_dir::Place;
use super::deadline::Patience;
use super::error::Error;
use super::run_as::Owner;

/// A first start may hold the gate through a download over a slow line.
const GATE_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// When somebody who waits should hear why.
pub(super) const WORTH_A_WORD: Duration = Duration::from_millis(1500);

/// The right to start or stop the server, until dropped.
pub(super) struct Gate {
    _file: File,
}

impl Gate {
    pub fn patience() -> Patience<'static> {
        Patience::of(GATE_TIMEOUT)
    }

    /// Waits for its turn.
    pub fn enter(place: &Place, patience: Patience<'_>) -> Result<Self, Error> {
        let path = place.dir.join("gate.lock");
        let file = open(&path, &place.owner)?;
        let since = Instant::now();
        let mut said = false;
        loop {
            if take(&path, file.try_lock())? {
                return Ok(Self { _file: file });
            }
            if !said && since.elapsed() > WORTH_A_WORD {
                log::info!(
                    "waiting for another process that is starting or stopping the private \
                     PostgreSQL in {}",
                    place.dir.display()
                );
                said = true;
            }
            if !patience.pause() {
                return Err(if patience.was_given_up() { Error::GivenUp } else { Error::Busy(place.dir.clone()) });
            }
        }
    }
}

/// A place among the users of the server, until dropped. Taken and left under the gate only.
pub(super) struct Users {
    file: File,
    path: PathBuf,
}

impl Users {
    pub fn join(place: &Place, _under: &Gate) -> Result<Self, Error> {
        let path = place.dir.join("users.lock");
        let file = open(&path, &place.owner)?;
        // Nobody holds it alone except under the gate, so this does not wait.
        file.lock_shared().map_err(Error::io("lock", &path))?;
        Ok(Self { file, path })
    }

    /// Leaves, and tells whether nobody is left.
    pub fn leave(self, _under: &Gate) -> Result<bool, Error> {
        self.file.unlock().map_err(Error::io("unlock", &self.path))?;
        take(&self.path, self.file.try_lock())
    }
}

/// Where to ask whether any process of the server lives.
pub(super) struct ServerLock {
    file: File,
    path: PathBuf,
}

impl ServerLock {
    pub fn open(place: &Place) -> Result<Self, Error> {
        let path = place.dir.join("server.lock");
        let file = open(&path, &place.owner)?;
        Ok(Self { file, path })
    }

    /// Whether no process of the server lives. Looks for an instant only, so that it may be asked
    /// often.
    pub fn is_free(&self) -> Result<bool, Error> {
        let free = take(&self.path, self.file.try_lock_shared())?;
        if free {
            self.file.unlock().map_err(Error::io("unlock", &self.path))?;
        }
        Ok(free)
    }

    /// The lock itself, to hand to a new server; `None` while a process of the old one lives.
    ///
    /// It is a file opened anew: a lock belongs to the opening, and this one must outlive us in the
    /// server's hands.
    pub fn take_for_server(place: &Place) -> Result<Option<File>, Error> {
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

/// Opens a file of ours, made for the owner's eyes only when missing. As root we work in a
/// directory that another account may write to: never follow a link that it may have put there, and
/// give away only what we made ourselves.
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
