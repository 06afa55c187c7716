//! The program itself, as a person at a terminal or a supervisor of services runs it.

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

/// A run of the program that has not ended; killed when dropped.
pub struct Program {
    child: Child,
    stdout: Stream,
    stderr: Stream,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; `None` when a signal killed it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Program {
    /// Start the program with a data folder and further arguments. Settings of the caller's environment are kept away.
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
        // Closed at once: whoever reads it to the end gets there. A program that does not read it may be gone already.
        let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        let stdout = Stream::read(child.stdout.take().expect("its output"));
        let stderr = Stream::read(child.stderr.take().expect("its errors"));
        Self { child, stdout, stderr }
    }

    /// Run the program to its end.
    pub fn run(data_dir: &Path, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Ended {
        Self::start(data_dir, arguments, variables, input).end()
    }

    /// Serve on a free port, and wait until it is ready; returns the address as well.
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

    /// What it has written to standard output so far.
    pub fn screen(&self) -> String {
        self.stdout.text()
    }

    /// What it has written to standard error so far.
    pub fn log(&self) -> String {
        self.stderr.text()
    }

    /// Read its standard error no more, or again.
    pub fn read_log(&self, is_read: bool) {
        self.stderr.is_read.store(is_read, Ordering::SeqCst);
    }

    /// Send it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).expect("kill");
    }

    /// Send it a signal and wait for its end.
    pub fn stop(self, signal: Signal) -> Ended {
        self.signal(signal);
        self.end()
    }

    /// Wait for its end, whoever reads what it has written.
    pub fn until_ended(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the program ends", || {
            status = self.child.try_wait().expect("its state");
            status.is_some()
        });
        status.expect("its end")
    }

    /// Wait for its end.
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
    /// The same, if it exited with this code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }

    /// Everything that it wrote.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// What comes out of a pipe, read on a thread so that the program never waits for us.
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
