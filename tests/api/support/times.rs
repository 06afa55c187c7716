//! Duration of tests: reported at the end of the run, with the slowest tests.
//!
//! The standard harness measures tests on nightly Rust only (`--report-time`), and our own harness would need a list of
//! all tests. So a test's clock starts when the test first uses this module, usually in its first line. It stops when
//! its thread ends, by the destructor of a thread-local value. The report is written when the process exits. The
//! standard harness has no hook for that, but the C library has.
//!
//! With `--test-threads=1`, all tests share the main thread, and there is no report.

use std::cmp::Reverse;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::database::scratch;

/// Number of the slowest tests in the report.
const NAMED: usize = 10;

static TIMES: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

thread_local!(static CLOCK: Clock = Clock::start());

/// Starts the clock of the test on this thread, once.
pub fn watch() {
    CLOCK.with(|_| ());
}

struct Clock {
    /// Name of the test; `None` on threads without one.
    test: Option<String>,
    since: Instant,
}

impl Clock {
    fn start() -> Self {
        static REPORTS: Once = Once::new();
        REPORTS.call_once(report_at_exit);
        // The harness names the thread of a test after it. Every test is in a module; threads of runtimes are not.
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
    // SAFETY: `report` is a plain function that does not unwind. It ignores errors, including a poisoned lock.
    unsafe { nix::libc::atexit(report) };
}

extern "C" fn report() {
    let mut times = std::mem::take(&mut *TIMES.lock().unwrap_or_else(PoisonError::into_inner));
    // For single tests, the harness itself reports the duration.
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
        "The {NAMED} slowest of {count} tests, which took {sum} s in total (all: {all}):\n{slowest}\n"
    );
}
