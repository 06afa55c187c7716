//! A process that uses a server until told to end: this test binary, asked to run [`hold`] alone.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{fs, thread};

use ccin_registry::db::embedded::{PrivatePostgres, Settings};
use ccin_registry::db::open::DATABASE;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use crate::support::scratch::LONG;

/// What the holder is asked to do, as JSON.
const ORDER: &str = "CCIN_TESTS_HOLDER";
/// Begins each line of the holder's own; the test harness writes to the same output.
const MARK: &str = "holder: ";

/// No test: the second process of the tests around it.
#[tokio::test]
#[ignore = "the second process of the tests of the private PostgreSQL, which start it themselves"]
async fn hold() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let order: Value = serde_json::from_str(&order).expect("an order");
    let is_set = |name: &str| order[name] == true;
    let settings = Settings {
        durable: !is_set("--fast"),
        search_machine: !is_set("--search-nowhere"),
        allow_download: !is_set("--no-download"),
        run_as: order["--run-as"].as_str().map(str::to_owned),
        announce: |message| println!("{MARK}announced={message}"),
        ..Settings::new(DATABASE, order["dir"].as_str().expect("a directory"))
    };
    let mut terminated = signal(SignalKind::terminate()).expect("a handler");
    let since = Instant::now();
    let started = spawn_blocking(move || PrivatePostgres::start(&settings)).await.expect("an end");
    let postgres = match started {
        Ok(postgres) => postgres,
        Err(error) => {
            // One line for each line of the message, so that a reader can put it together again.
            for line in error.to_string().lines() {
                println!("{MARK}error={line}");
            }
            println!("{MARK}failed");
            return;
        }
    };
    println!("{MARK}milliseconds={}", since.elapsed().as_millis());
    println!("{MARK}data_dir={}", postgres.data_dir().display());
    println!("{MARK}version={}", postgres.version());
    println!("{MARK}url={}", postgres.url(DATABASE));
    println!("{MARK}ready");

    let (ended, input_ended) = oneshot::channel();
    // A plain thread: the runtime could not be ended while one of its own reads.
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    tokio::select! {
        _ = terminated.recv() => {}
        _ = input_ended => {}
    }
    spawn_blocking(move || postgres.stop()).await.expect("an end").expect("an orderly stop");
}

/// A process that uses a server until stopped; killed when dropped.
pub struct Holder {
    child: Child,
    lines: Receiver<String>,
    /// What a person at the terminal was told.
    pub announced: Vec<String>,
    /// Address of the server.
    pub url: String,
    /// Where the data are.
    pub data_dir: PathBuf,
    /// Version of the server.
    pub version: String,
    /// How long its start took, seen from inside.
    pub took: Duration,
}

impl Holder {
    /// Start one, and wait until it has its server.
    #[track_caller]
    pub fn start(dir: &Path, options: &[&str]) -> Self {
        Self::spawn(dir, options, None).ready().unwrap_or_else(|error| panic!("{error}"))
    }

    /// Start one, and return at once; as another account if one is given.
    ///
    /// Options: `--fast` (no fsync), `--search-nowhere`, `--no-download`, `--run-as=NAME`.
    pub fn spawn(dir: &Path, options: &[&str], account: Option<&User>) -> Self {
        let mut order = json!({ "dir": dir.to_str().expect("UTF-8") });
        for option in options {
            match option.split_once('=') {
                Some((name, value)) => order[name] = value.into(),
                None => order[*option] = true.into(),
            }
        }
        let ourselves = std::env::current_exe().expect("this test binary");
        let mut command = match account {
            None => Command::new(ourselves),
            Some(user) => {
                // The account may not be able to reach the folder of the build.
                let copy = dir.with_file_name("holder");
                if !copy.exists() {
                    fs::copy(ourselves, &copy).expect("a copy of the holder");
                    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).expect("chmod");
                }
                let mut command = Command::new(copy);
                command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).current_dir("/");
                command
            }
        };
        command
            .args(["--exact", "private_postgres::holder::hold", "--ignored", "--nocapture", "--test-threads=1"])
            .env(ORDER, order.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("the holder");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let (send, lines) = channel();
        thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            let mut marked = lines.filter_map(|line| line.split_once(MARK).map(|(_, line)| line.to_owned()));
            marked.try_for_each(|line| send.send(line))
        });
        Self {
            child,
            lines,
            announced: Vec::new(),
            url: String::new(),
            data_dir: PathBuf::new(),
            version: String::new(),
            took: Duration::ZERO,
        }
    }

    /// Wait until it has its server, or return why it could not have one.
    pub fn ready(mut self) -> Result<Self, String> {
        let mut error = Vec::new();
        loop {
            let line = self.lines.recv_timeout(LONG).expect("the holder to go on");
            match line.split_once('=') {
                Some(("announced", message)) => self.announced.push(message.to_owned()),
                Some(("error", line)) => error.push(line.to_owned()),
                Some(("milliseconds", time)) => self.took = Duration::from_millis(time.parse().expect("a number")),
                Some(("data_dir", dir)) => self.data_dir = PathBuf::from(dir),
                Some(("version", version)) => version.clone_into(&mut self.version),
                Some(("url", url)) => url.clone_into(&mut self.url),
                None if line == "ready" => return Ok(self),
                _ => return Err(error.join("\n")),
            }
        }
    }

    /// Let it stop in order, by the end of its input, and wait.
    pub fn stop(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().expect("its end").success(), "the holder could not stop");
    }

    /// Ask it to stop, as `docker stop` does, and wait.
    pub fn terminate(mut self) {
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM).expect("kill");
        assert!(self.child.wait().expect("its end").success(), "the holder could not stop");
    }

    /// Kill it, as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().expect("kill");
        self.child.wait().expect("its end");
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
