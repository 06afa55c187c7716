//! Restarts the server if it dies while the service is running.
//!
//! Every process that uses the server monitors it, whichever started it. After a crash, all of them enter the gate in
//! turn: the first starts the server, and the others find it running.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::error::Error;
use super::locks::Gate;
use super::server::Server;

/// Interval between quick checks. A quick check is one system call.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Interval between full checks. They find a server that holds its lock, but cannot answer.
const FULL_CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Maximum delay after a failed restart, as on a full disk. The first delay is one second, and each failure doubles it.
const MAX_RETRY_DELAY: Duration = Duration::from_secs(30);

/// A thread that monitors a server until stopped.
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

    /// Stops the thread, even during a restart, and waits for it to end.
    pub fn stop(self) {
        self.given_up.store(true, Ordering::Relaxed);
        drop(self.wake);
        if self.thread.join().is_err() {
            log::error!("the thread that monitors the private PostgreSQL has panicked");
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
        let mut pause = CHECK_INTERVAL;
        let mut last = Instant::now();
        while woken.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
            let full = last.elapsed() >= FULL_CHECK_INTERVAL;
            if full {
                last = Instant::now();
            }
            pause = match self.check(full) {
                Ok(()) => CHECK_INTERVAL,
                Err(Error::GivenUp) => return,
                Err(error) => {
                    let next = (pause * 2).clamp(Duration::from_secs(1), MAX_RETRY_DELAY);
                    log::error!("{error}");
                    log::error!("retrying to start the private PostgreSQL in {} s", next.as_secs());
                    next
                }
            };
        }
    }

    fn check(&self, full: bool) -> Result<(), Error> {
        let is_down = self.server.is_gone()? || (full && self.server.is_headless(&self.socket_folder)?);
        if !is_down {
            return Ok(());
        }
        let dir: &Path = &self.server.place.dir;
        log::warn!("the private PostgreSQL in {} has ended unexpectedly; restarting it", dir.display());
        let since = Instant::now();
        let gate = Gate::enter(&self.server.place, Gate::deadline().cancelled_by(&self.given_up))?;
        // Do not create an empty database if someone has moved the data away.
        let running = self.server.bring_up(&gate, false, Server::deadline().cancelled_by(&self.given_up))?;
        log::warn!("the private PostgreSQL in {} is back after {:.1?}", dir.display(), since.elapsed());
        if running.socket_folder != self.socket_folder {
            log::error!(
                "the private PostgreSQL has a new socket folder, {}, which this process cannot switch to: \
                 restart this process",
                running.socket_folder.display()
            );
        }
        Ok(())
    }
}
