//! The program itself, run as from a terminal or by a service manager.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::scratch::eventually;

/// A running program; killed when dropped.
pub struct Program {
    child: Child,
    stdout: Stream,
    stderr: Stream,
}

/// Result of a run.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; `None` if a signal killed it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Program {
    /// Starts the program with a data folder and further arguments. Removes settings from the environment.
    pub fn start(data_dir: &Path, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Self {
        super::times::watch();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ccin-registry"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CCIN_") || name == "DATABASE_URL" || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        command.args(arguments).env("CCIN_DATA_DIR", data_dir).envs(variables.iter().copied()).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // Dropping standard input closes it. A program that does not read it may have ended already.
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        let stdout = Stream::read(child.stdout.take().expect("its output"));
        let stderr = Stream::read(child.stderr.take().expect("its errors"));
        Self { child, stdout, stderr }
    }

    /// Runs the program to its end.
    pub fn run(data_dir: &Path, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Ended {
        Self::start(data_dir, arguments, variables, input).end()
    }

    /// Serves on a free port and waits until it is ready. Also returns the address.
    pub fn serve(data_dir: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Self, String) {
        let arguments: Vec<&str> = ["--bind", "127.0.0.1:0"].into_iter().chain(arguments.iter().copied()).collect();
        let mut program = Self::start(data_dir, &arguments, variables, "");
        eventually("the program is ready", || {
            if let Some(status) = program.child.try_wait().expect("its state") {
                panic!("{status}\n{}{}", program.stdout.text(), program.stderr.text());
            }
            program.screen().contains("Ready in")
        });
        let screen = program.screen();
        let url = screen.lines().find_map(|line| line.trim().strip_prefix("API ")).expect("an address");
        let url = url.trim().strip_suffix("/v1/initiatives").expect("the address of the initiatives").to_owned();
        (program, url)
    }

    /// Its standard output so far.
    pub fn screen(&self) -> String {
        self.stdout.text()
    }

    /// Its standard error so far.
    pub fn log(&self) -> String {
        self.stderr.text()
    }

    /// Pauses reading its standard error, or resumes it.
    pub fn read_log(&self, is_read: bool) {
        self.stderr.is_read.store(is_read, Ordering::SeqCst);
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).expect("kill");
    }

    /// Sends it a signal and waits for its end.
    pub fn stop(self, signal: Signal) -> Ended {
        self.signal(signal);
        self.end()
    }

    /// Waits for its end, while other threads read its output.
    pub fn until_ended(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the program ends", || {
            status = self.child.try_wait().expect("its state");
            status.is_some()
        });
        status.expect("its end")
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let status = self.until_ended();
        let (stdout, stderr) = (self.stdout.rest(), self.stderr.rest());
        Ended { code: status.code(), stdout, stderr }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// Returns the result if the exit code is this one; otherwise fails.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }

    /// All its output.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// Output from a pipe. A thread reads it, so that the program never waits for the test.
struct Stream {
    text: Arc<Mutex<Vec<u8>>>,
    is_read: Arc<AtomicBool>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    fn read(mut pipe: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let is_read = Arc::new(AtomicBool::new(true));
        let (kept, reads_on) = (Arc::clone(&text), Arc::clone(&is_read));
        let reader = thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut part) {
                kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&part[..count]);
                while !reads_on.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        });
        Self { text, is_read, reader: Some(reader) }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn rest(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        self.text()
    }
}
