//! Starting the server again when it died while the service lives.
//!
//! Every process that uses the server watches over it, whoever started it. When it dies all of them
//! come to the gate; the first starts it, the others find it running.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::error::Error;
use super::locks::Gate;
use super::server::Server;

/// How often to look. A look is one system call.
const LOOK: Duration = Duration::from_millis(100);

/// How often to look closer: at a server that holds its lock, but may be unable to answer.
const CLOSER_LOOK: Duration = Duration::from_secs(2);

/// The longest pause after a restart that failed, as on a full disk; the first is a second, then it
/// doubles.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A thread that watches over a server until stopped.
pub(super) struct Supervisor {
    thread: JoinHandle<()>,
    wake: Sender<()>,
    given_up: Arc<AtomicBool>,
}

impl Supervisor {
    pub fn start(server: Arc<Server>, socket_folder: PathBuf) -> Result<Self, Error> {
        let (wake, woken) = mpsc::channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let dir = server.place.dir.clone();
        let watch = Watch { server, socket_folder, given_up: Arc::clone(&given_up) };
        let thread = thread::Builder::new()
            .name("postgres-watch".to_owned())
            .spawn(move || watch.until(&woken))
            .map_err(Error::io("start a thread to watch over PostgreSQL in", &dir))?;
        Ok(Self { thread, wake, given_up })
    }

    /// Stops watching, also in the middle of a restart, and waits until the thread has ended.
    pub fn stop(self) {
        self.given_up.store(true, Ordering::Relaxed);
        drop(self.wake);
        if self.thread.join().is_err() {
            log::error!("the thread that watches over the private PostgreSQL has panicked");
        }
    }
}

struct Watch {
    server: Arc<Server>,
    socket_folder: PathBuf,
    given_up: Arc<AtomicBool>,
}

impl Watch {
    fn until(&self, woken: &Receiver<()>) {
        let mut pause = LOOK;
        let mut last = Instant::now();
        while woken.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            let closer = last.elapsed() >= CLOSER_LOOK;
            if closer {
                last = Instant::now();
            }
            pause = match self.look(closer) {
                Ok(()) => LOOK,
                Err(Error::GivenUp) => return,
                Err(error) => {
                    let next = (pause * 2).clamp(Duration::from_secs(1), LONGEST_PAUSE);
                    log::error!("{error}");
                    log::error!("trying again in {} s to start the private PostgreSQL", next.as_secs());
                    next
                }
            };
        }
    }

    fn look(&self, closer: bool) -> Result<(), Error> {
        let is_down = self.server.is_gone()? || (closer && self.server.is_headless(&self.socket_folder)?);
        if !is_down {
            return Ok(());
        }
        let dir: &Path = &self.server.place.dir;
        log::warn!("the private PostgreSQL in {} has ended unexpectedly; starting it again", dir.display());
        let since = Instant::now();
        let gate = Gate::enter(&self.server.place, Gate::patience().unless(&self.given_up))?;
        // Never an empty database in place of one that somebody has moved away under us.
        let running = self.server.bring_up(&gate, false, Server::patience().unless(&self.given_up))?;
        log::warn!("the private PostgreSQL in {} is back after {:.1?}", dir.display(), since.elapsed());
        if running.socket_folder != self.socket_folder {
            log::error!(
                "the private PostgreSQL is now reached through {}, which this process does not \
                 know: restart it",
                running.socket_folder.display()
            );
        }
        Ok(())
    }
}
