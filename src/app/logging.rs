//! Logging to standard error that never makes a request wait.
//!
//! Whoever reads standard error may stall: a full disk, a stopped terminal, a hung collector of logs. A write to it would
//! then block, and with it every request that logs a line. So lines go into a queue that one thread writes out. When the
//! queue is full, further lines are dropped and counted, and the count is logged once there is room again.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use env_logger::{Target, WriteStyle};
use log::kv::{self, Key, Value as LogValue, VisitSource};
use serde_json::{Map, Value, json};

/// Bytes of lines that wait. As many again may be on their way out.
const MOST_BYTES: usize = 1 << 20;
/// How long the end of the program waits for the last lines to be written.
const LONGEST_FLUSH: Duration = Duration::from_secs(1);

/// The log of a running program; dropping it writes out what still waits, for a second at most.
pub struct Log(Arc<Queue>);

/// Log to standard error: lines for people on a terminal, JSON elsewhere. `RUST_LOG` chooses what. Panics are logged, too.
pub fn start() -> Log {
    let queue = Arc::new(Queue::default());
    let written = Arc::clone(&queue);
    let writer = std::thread::Builder::new().name("log".into()).spawn(move || written.write_out(io::stderr()));
    let mut builder = env_logger::Builder::from_env(
        env_logger::Env::default().default_filter_or("warn,ccin_registry=info,actix_server=warn"),
    );
    // Without a thread to write them, lines go out as they did before there was one.
    if writer.is_ok() {
        builder.target(Target::Pipe(Box::new(Pipe(Arc::clone(&queue)))));
    }
    if !io::stderr().is_terminal() {
        builder.format(json_line);
    } else if std::env::var_os("RUST_LOG_STYLE").is_none() && std::env::var_os("NO_COLOR").is_none() {
        // env_logger would ask this of standard error itself.
        builder.write_style(WriteStyle::Always);
    }
    // A second start keeps the first logger.
    let _ = builder.try_init();
    // The usual hook writes to standard error itself, and would wait there.
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
    /// Write a text of the program's own, such as the reason why it ends, behind the lines that wait.
    pub fn say(&self, text: &str) {
        self.0.push(text.as_bytes());
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.flush(LONGEST_FLUSH);
    }
}

/// Where the logger puts each line.
struct Pipe(Arc<Queue>);

impl Write for Pipe {
    /// The logger writes a line as a whole.
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
    /// Told of new lines, and of lines that were written.
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    dropped: u64,
    /// True while lines that were taken out are being written.
    is_writing: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Add a line, or count it as dropped. Never waits for a reader.
    fn push(&self, line: &[u8]) {
        let mut waiting = self.lock();
        // After the first that was dropped, so is a shorter one that would fit: what is missing is in one piece.
        if waiting.dropped > 0 || waiting.bytes + line.len() > MOST_BYTES {
            waiting.dropped += 1;
            return;
        }
        waiting.bytes += line.len();
        waiting.lines.push_back(line.to_vec());
        drop(waiting);
        self.changed.notify_all();
    }

    /// Write lines as they come, for ever.
    fn write_out(&self, mut out: impl Write) {
        loop {
            let (lines, dropped) = self.take();
            for line in lines {
                // A standard error that was closed is no reason to stop serving.
                let _ = out.write_all(&line);
            }
            let _ = out.flush();
            if dropped > 0 {
                log::warn!(
                    dropped;
                    "{dropped} lines of the log were dropped here: they came faster than standard error was read"
                );
            }
            self.lock().is_writing = false;
            self.changed.notify_all();
        }
    }

    /// Wait for lines, and take all of them, with the number of those that were dropped behind them.
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

    /// Wait until every line is written, or as long as this.
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

/// A log record as one line of JSON, for machines.
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
