//! Temporary folders for servers of single tests, and checks of those servers from outside.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::{Duration, Instant};
use std::{fs, thread};

use ccin_registry::db::embedded::Settings;
use ccin_registry::db::open::DATABASE;
use nix::sys::signal::{Signal, kill};
use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::{Pid, User, geteuid};
use tokio_postgres::{Client, NoTls};

/// Timeout: much longer than anything here takes, for machines that are busy.
pub const LONG: Duration = Duration::from_secs(120);

/// A folder that is removed at the end of the test, with all processes that run in it.
pub struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// A new folder, which every account can reach.
    pub fn new(name: &str) -> Self {
        super::times::watch();
        static SWEPT: Once = Once::new();
        SWEPT.call_once(sweep_killed);
        let root = room().join(format!("ccin-tests-{}-{name}", std::process::id()));
        fs::create_dir_all(&root).expect("a scratch folder");
        Self { root }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Data directory of a private PostgreSQL in the folder.
    pub fn dir(&self) -> PathBuf {
        self.root.join("pg")
    }

    /// Settings for such a server in this process, for disposable data.
    pub fn settings(&self) -> Settings {
        Settings { durable: false, allow_download: false, announce: |_| {}, ..Settings::new(DATABASE, self.dir()) }
    }

    /// Makes an account the owner of the folder.
    pub fn give_to(&self, user: &User) {
        chown(&self.root, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("chown");
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        sweep(&self.root);
    }
}

/// Free memory that the files of the tests need, in bytes: some 300 MB, with much to spare.
const ROOM: u64 = 4 << 30;

/// The folder of all temporary folders: in memory where there is room, or the system's temporary folder.
///
/// PostgreSQL makes and removes some five hundred files for each test's database. Before it makes a file, ext4 without
/// a journal looks at each one that was removed in the last minutes (`recently_deleted` in the kernel's `ialloc.c`).
/// That took a third of the machine's time.
fn room() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let has_room = statvfs(memory).is_ok_and(|found| {
        let free = found.blocks_available() * found.fragment_size();
        free >= ROOM && !found.flags().contains(FsFlags::ST_NOEXEC)
    });
    if has_room { memory.into() } else { std::env::temp_dir() }
}

/// Stops all processes in a folder, and removes it.
pub fn sweep(folder: &Path) {
    let since = Instant::now();
    loop {
        let left = processes_in(folder);
        if left.is_empty() || since.elapsed() > LONG {
            break;
        }
        // Stop processes cleanly first; kill those that do not react.
        let patient = since.elapsed() < Duration::from_secs(10);
        for pid in left {
            let _ = kill(Pid::from_raw(pid), if patient { Signal::SIGQUIT } else { Signal::SIGKILL });
        }
        thread::sleep(Duration::from_millis(20));
    }
    let _ = fs::remove_dir_all(folder);
}

/// Removes the remains of test processes that were killed.
fn sweep_killed() {
    for entry in fs::read_dir(room()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix("ccin-tests-")?.split('-').next()?.parse().ok());
        if owner.is_some_and(|pid| kill(Pid::from_raw(pid), None).is_err()) {
            sweep(&entry.path());
        }
    }
}

/// Processes whose working directory is in a folder: a server and its workers work inside their data.
pub fn processes_in(folder: &Path) -> Vec<i32> {
    processes(|pid| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(folder)))
}

/// Processes whose command line contains a path.
pub fn processes_that_mention(path: &Path) -> Vec<i32> {
    let path = path.to_str().expect("UTF-8");
    processes(|pid| {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&command).contains(path)
    })
}

fn processes(is_wanted: impl Fn(i32) -> bool) -> Vec<i32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| is_wanted(*pid)).collect()
}

/// The process id in `postmaster.pid`.
pub fn server_pid(dir: &Path) -> Option<i32> {
    let note = fs::read_to_string(dir.join("data/postmaster.pid")).ok()?;
    note.lines().next()?.trim().parse().ok()
}

/// True when no server runs: PostgreSQL removes its PID file when it stops, and the kernel releases its lock.
pub fn is_stopped(dir: &Path) -> bool {
    let lock = fs::File::open(dir.join("server.lock")).expect("the server's lock file");
    server_pid(dir).is_none() && lock.try_lock_shared().is_ok()
}

/// Kills a process, as `kill -9` does.
pub fn kill_9(pid: i32) {
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("kill -9");
}

/// Waits until a condition holds.
#[track_caller]
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Connects, and retries until the server responds.
pub async fn connect(url: &str) -> Client {
    let deadline = Instant::now() + LONG;
    loop {
        match tokio_postgres::connect(url, NoTls).await {
            Ok((client, connection)) => {
                tokio::spawn(connection);
                return client;
            }
            Err(error) => assert!(Instant::now() < deadline, "the server never came back: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// True for the super-user.
pub fn is_root() -> bool {
    geteuid().is_root()
}

/// An account of this machine.
pub fn account(name: &str) -> Option<User> {
    User::from_name(name).ok().flatten()
}

/// The processes of a server, suspended until dropped.
pub struct Stopped(Vec<i32>);

impl Stopped {
    /// Suspends the server in this directory, and its workers.
    pub fn all_of(dir: &Path) -> Self {
        // Suspend the first process before looking for others, so that it creates no more.
        let server = server_pid(dir).expect("a running server");
        kill(Pid::from_raw(server), Signal::SIGSTOP).expect("a stop");
        let all = processes_in(dir);
        assert!(all.contains(&server) && all.len() > 1, "{all:?}");
        for pid in &all {
            let _ = kill(Pid::from_raw(*pid), Signal::SIGSTOP);
        }
        Self(all)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        for pid in &self.0 {
            let _ = kill(Pid::from_raw(*pid), Signal::SIGCONT);
        }
    }
}
