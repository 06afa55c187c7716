//! Deadlines for blocking steps that can be cancelled, and warnings about slow steps.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Interval between checks: short compared with the start of a server, long compared with the cost of a check.
const CHECK_INTERVAL: Duration = Duration::from_millis(10);

/// A deadline that can be cancelled early.
#[derive(Clone, Copy)]
pub(super) struct Deadline<'a> {
    until: Instant,
    given_up: Option<&'a AtomicBool>,
}

impl<'a> Deadline<'a> {
    pub fn after(time: Duration) -> Self {
        Self { until: Instant::now() + time, given_up: None }
    }

    /// The same deadline, cancelled when `given_up` becomes true.
    pub fn cancelled_by(self, given_up: &'a AtomicBool) -> Self {
        Self { given_up: Some(given_up), ..self }
    }

    pub fn was_cancelled(&self) -> bool {
        self.given_up.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// Waits for the next check. Returns false once the deadline has passed or was cancelled.
    pub fn pause(&self) -> bool {
        if self.was_cancelled() || Instant::now() >= self.until {
            return false;
        }
        thread::sleep(CHECK_INTERVAL);
        true
    }
}

/// A delayed warning about a slow step. It is logged from a separate thread, because the step itself may be stuck.
/// Dropping it cancels it.
pub(super) struct DelayedWarning(#[expect(dead_code, reason = "dropping it is what counts")] Sender<()>);

impl DelayedWarning {
    pub fn after(time: Duration, message: String) -> Self {
        let (cancel, cancelled) = channel();
        let waiting = thread::Builder::new().name("postgres-warn".to_owned()).spawn(move || {
            if cancelled.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                log::warn!("{message}");
            }
        });
        if let Err(error) = waiting {
            log::debug!("could not start a thread to say that a server does not answer: {error}");
        }
        Self(cancel)
    }
}
