//! How long a blocking step may go on: until a deadline, or until a stop overtakes it; and saying
//! why it does.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks. Short beside the time that a server takes to start, long beside what a look
/// costs.
const PAUSE: Duration = Duration::from_millis(10);

/// A deadline that a stop can bring forward.
#[derive(Clone, Copy)]
pub(super) struct Patience<'a> {
    until: Instant,
    given_up: Option<&'a AtomicBool>,
}

impl<'a> Patience<'a> {
    pub fn of(time: Duration) -> Self {
        Self { until: Instant::now() + time, given_up: None }
    }

    /// The same deadline, ended early when `given_up` becomes true.
    pub fn unless(self, given_up: &'a AtomicBool) -> Self {
        Self { given_up: Some(given_up), ..self }
    }

    pub fn was_given_up(&self) -> bool {
        self.given_up.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// Waits a moment before the next look; false when there must be no next look.
    pub fn pause(&self) -> bool {
        if self.was_given_up() || Instant::now() >= self.until {
            return false;
        }
        thread::sleep(PAUSE);
        true
    }
}

/// A word to whoever waits, said on a thread of its own, as the step itself may be stuck. Dropped
/// before its time, it is not said.
pub(super) struct Word(#[expect(dead_code, reason = "dropping it is what counts")] Sender<()>);

impl Word {
    pub fn after(time: Duration, word: String) -> Self {
        let (said, unsaid) = channel();
        let waiting = thread::Builder::new().name("postgres-word".to_owned()).spawn(move || {
            if unsaid.recv_timeout(time) == Err(RecvTimeoutError::Timeout) {
                log::warn!("{word}");
            }
        });
        if let Err(error) = waiting {
            log::debug!("could not start a thread to say that a server does not answer: {error}");
        }
        Self(said)
    }
}
