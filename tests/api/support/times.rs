//! How long tests take: told at the end of the run, with the slowest.
//!
//! The standard harness measures tests on nightly Rust only (`--report-time`), and a harness of our own would have to know
//! every test by name. So a test's clock starts when the test first uses this folder, for nearly all that is their first line, and
//! stops when its thread ends, by the destructor of a value of the thread. The report is written as the process exits: the
//! standard harness has no hook for that, the C library has.
//!
//! With `--test-threads=1` all tests share the main thread, and nothing is told.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::database::scratch;

/// So many of the slowest are named.
const NAMED: usize = 10;

static TIMES: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

thread_local!(static CLOCK: Clock = Clock::start());

/// Start the clock of the test that runs on this thread, once.
pub fn watch() {
    CLOCK.with(|_| ());
}

struct Clock {
    /// The name of the test; `None` on threads that run none.
    test: Option<String>,
    since: Instant,
}

impl Clock {
    fn start() -> Self {
        static REPORTS: Once = Once::new();
        REPORTS.call_once(report_at_exit);
        // The harness names the thread of a test after it. Every test lies in a module; threads of runtimes do not.
        let test = thread::current().name().filter(|name| name.contains("::")).map(str::to_owned);
        Self { test, since: Instant::now() }
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        if let Some(test) = self.test.take() {
            TIMES.lock().unwrap_or_else(PoisonError::into_inner).push((self.since.elapsed(), test));
        }
    }
}

#[expect(unsafe_code, reason = "the C library's atexit, which the standard library has no safe name for")]
fn report_at_exit() {
    // SAFETY: `report` is a plain function that does not unwind: it ignores what fails and takes no poisoned lock for an error.
    unsafe { nix::libc::atexit(report) };
}

extern "C" fn report() {
    let mut times = std::mem::take(&mut *TIMES.lock().unwrap_or_else(PoisonError::into_inner));
    // Somebody looks at single tests: the harness says how long they took.
    if times.len() <= NAMED {
        return;
    }
    times.sort_by_key(|(time, _)| Reverse(*time));
    let lines = |times: &[(Duration, String)]| {
        times.iter().fold(String::new(), |mut text, (time, test)| {
            let _ = writeln!(text, "{:8.2} s  {test}", time.as_secs_f64());
            text
        })
    };
    let sum: Duration = times.iter().map(|(time, _)| *time).sum();
    let file = scratch().join("times.txt");
    let _ = std::fs::write(&file, lines(&times));
    let all = file.display();
    let (count, sum, slowest) = (times.len(), sum.as_secs(), lines(&times[..NAMED]));
    let _ = write!(
        std::io::stdout(),
        "The {NAMED} slowest of {count} tests, which took {sum} s side by side (all: {all}):\n{slowest}\n"
    );
}
