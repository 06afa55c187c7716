//! How long a blocking step may go on: until a deadline, or until a stop overtakes it.

use std::sync::atomic::{AtomicBool, Ordering};
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
