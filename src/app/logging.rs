//! Logging to standard error that never makes a request wait.
//!
//! The reader of standard error may stall: a full disk, a stopped terminal, a hung log collector. A write would then
//! block, and so would every request that logs a line. Therefore lines go into a queue that one thread writes out. When
//! the queue is full, further lines are dropped and counted. The count is logged once there is room again.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use env_logger::{Target, WriteStyle};
use log::kv::{self, Key, Value as LogValue, VisitSource};
use serde_json::{Map, Value, json};

/// Largest size of the queued lines, in bytes. As many again may be on their way out.
const MOST_BYTES: usize = 1 << 20;
/// Longest wait for the last lines to be written when the program ends.
const LONGEST_FLUSH: Duration = Duration::from_secs(1);

/// The log of a running program. Dropping it writes out the queued lines, for a second at most.
pub struct Log(Arc<Queue>);

/// Starts logging to standard error: plain lines on a terminal, JSON elsewhere. `RUST_LOG` filters. Panics are logged
/// too.
pub fn start() -> Log {
    let queue = Arc::new(Queue::default());
    let written = Arc::clone(&queue);
    let writer = std::thread::Builder::new().name("log".into()).spawn(move || written.write_out(io::stderr()));
    let mut builder = env_logger::Builder::from_env(
        env_logger::Env::default().default_filter_or("warn,ccin_registry=info,actix_server=warn"),
    );
    // Without a writer thread, lines go straight to standard error.
    if writer.is_ok() {
        builder.target(Target::Pipe(Box::new(Pipe(Arc::clone(&queue)))));
    }
    if !io::stderr().is_terminal() {
        builder.format(json_line);
    } else if std::env::var_os("RUST_LOG_STYLE").is_none() && std::env::var_os("NO_COLOR").is_none() {
        // env_logger would ask standard error itself.
        builder.write_style(WriteStyle::Always);
    }
    // A second start keeps the first logger.
    let _ = builder.try_init();
    // The default hook writes to standard error itself, and could block.
    std::panic::set_hook(Box::new(|panic| {
        let trace = Backtrace::capture();
        match trace.status() {
            BacktraceStatus::Captured => log::error!("{panic}\n{trace}"),
            _ => log::error!("{panic}"),
        }
    }));
    Log(queue)
}

impl Log {
    /// Writes a text of the program itself, such as an error at exit, after the queued lines.
    pub fn say(&self, text: &str) {
        self.0.push(text.as_bytes());
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.flush(LONGEST_FLUSH);
    }
}

/// Receives each line of the logger.
struct Pipe(Arc<Queue>);

impl Write for Pipe {
    /// The logger writes each line in one call.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    /// Signals new lines, and lines that were written.
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    dropped: u64,
    /// True while the writer thread writes lines.
    is_writing: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line, or counts it as dropped. Never waits.
    fn push(&self, line: &[u8]) {
        let mut waiting = self.lock();
        // After one line is dropped, all are, even shorter ones that would fit. So the log has one gap.
        if waiting.dropped > 0 || waiting.bytes + line.len() > MOST_BYTES {
            waiting.dropped += 1;
            return;
        }
        waiting.bytes += line.len();
        waiting.lines.push_back(line.to_vec());
        drop(waiting);
        self.changed.notify_all();
    }

    /// Writes lines as they come, for ever.
    fn write_out(&self, mut out: impl Write) {
        loop {
            let (lines, dropped) = self.take();
            for line in lines {
                // A closed standard error must not stop the service.
                let _ = out.write_all(&line);
            }
            let _ = out.flush();
            if dropped > 0 {
                log::warn!(
                    dropped;
                    "{dropped} log lines were dropped here: they came faster than standard error was read"
                );
            }
            self.lock().is_writing = false;
            self.changed.notify_all();
        }
    }

    /// Waits for lines. Takes them all, with the number dropped after them.
    fn take(&self) -> (VecDeque<Vec<u8>>, u64) {
        let waiting = self.lock();
        let mut waiting = self
            .changed
            .wait_while(waiting, |waiting| waiting.lines.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        waiting.is_writing = true;
        waiting.bytes = 0;
        (std::mem::take(&mut waiting.lines), std::mem::take(&mut waiting.dropped))
    }

    /// Waits until every line is written, or until the time is up.
    fn flush(&self, longest: Duration) {
        let end = Instant::now() + longest;
        let mut waiting = self.lock();
        while waiting.is_writing || !waiting.lines.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            waiting = self.changed.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Formats a log record as one line of JSON.
fn json_line(out: &mut env_logger::fmt::Formatter, record: &log::Record<'_>) -> io::Result<()> {
    struct Members(Map<String, Value>);
    impl<'kvs> VisitSource<'kvs> for Members {
        fn visit_pair(&mut self, key: Key<'kvs>, value: LogValue<'kvs>) -> Result<(), kv::Error> {
            let value = value.to_u64().map_or_else(|| Value::from(value.to_string()), Value::from);
            self.0.insert(key.to_string(), value);
            Ok(())
        }
    }
    let mut members = Members(Map::new());
    let _ = record.key_values().visit(&mut members);
    members.0.insert("time".into(), json!(chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)));
    members.0.insert("level".into(), json!(record.level().as_str()));
    members.0.insert("target".into(), json!(record.target()));
    members.0.insert("message".into(), json!(record.args().to_string()));
    writeln!(out, "{}", Value::Object(members.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_dropped_and_counted_and_nothing_comes_behind_it_before_the_count() {
        let queue = Queue::default();
        let long = vec![b'x'; MOST_BYTES / 2];
        for _ in 0..4 {
            queue.push(&long);
        }
        queue.push(b"short");
        let (lines, dropped) = queue.take();
        assert_eq!((lines.len(), dropped), (2, 3));
        queue.push(b"there is room again");
        let (lines, dropped) = queue.take();
        assert_eq!((lines, dropped), ([b"there is room again".to_vec()].into(), 0));
    }
}
