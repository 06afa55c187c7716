//! The server's processes: starting them, waiting until they are ready, stopping them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::connection::{Answer, Facts};
use super::data_dir::DataDir;
use super::deadline::{Deadline, DelayedWarning};
use super::error::Error;
use super::locks::{Gate, LOG_WAIT_AFTER, ServerLock};
use super::pid_file::PidFile;
use super::{Settings, binaries, cluster, connection, pid_file};

/// A server that was killed under a heavy load replays its whole write-ahead log before it is ready.
const START_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// Number of attempts to start a server that ends at once: something may have killed it by chance.
const ATTEMPTS: u32 = 3;

/// How long the shared memory may remain "still in use" by the processes of a killed server.
const STILL_IN_USE: Duration = Duration::from_secs(15);

/// How long the workers of a killed server may take to notice that it has gone.
const ORPHANS_TIME: Duration = Duration::from_secs(3);

/// The ways to stop a server, each with its timeout: end all sessions and shut down; quit at once and recover at the
/// next start; kill. None of them loses committed data.
const WAYS_TO_STOP: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(60)),
    (Signal::SIGQUIT, Duration::from_secs(10)),
    (Signal::SIGKILL, Duration::from_secs(10)),
];

/// Interval between checks that a stopping server responds, and the timeout of a check.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);
const SILENCE: Duration = Duration::from_secs(3);

/// The server on one data directory, running or not.
pub(super) struct Server {
    pub place: DataDir,
    settings: Settings,
    lock: ServerLock,
}

/// A server that is ready.
pub(super) struct Running {
    pub socket_folder: PathBuf,
    pub version: String,
}

impl Server {
    pub fn new(settings: Settings, place: DataDir) -> Result<Self, Error> {
        let lock = ServerLock::open(&place)?;
        Ok(Self { place, settings, lock })
    }

    /// True once starts and stops have been cancelled.
    pub fn given_up(&self) -> &AtomicBool {
        &self.settings.given_up
    }

    /// Timeout of [`Server::bring_up`].
    pub fn deadline() -> Deadline<'static> {
        Deadline::after(START_TIMEOUT)
    }

    /// True if none of its processes is running.
    pub fn is_gone(&self) -> Result<bool, Error> {
        self.lock.is_free()
    }

    /// True if it accepts no connections although some of its processes are running: the server was killed, but a busy
    /// worker has not noticed.
    pub fn is_headless(&self, socket_folder: &Path) -> Result<bool, Error> {
        if PidFile::live_server(&self.place.data()).is_some() {
            return Ok(false);
        }
        // The server may also run in another container, where we cannot see its process. Then it answers.
        Ok(matches!(connection::ask(socket_folder, &self.place.name)?, Answer::NotYet))
    }

    /// Joins the running server, or starts one, and waits until it is ready. Creates an empty database if there is none
    /// and `may_create` is set.
    pub fn bring_up(&self, _under: &Gate, may_create: bool, deadline: Deadline<'_>) -> Result<Running, Error> {
        let data = self.place.data();
        let mut started: Option<Started> = None;
        let mut starts = 0;
        let since = Instant::now();
        let mut lost: Option<Instant> = None;
        let mut warning = None;
        loop {
            if let Some(lock) = ServerLock::take_for_server(&self.place)? {
                if let Some(ended) = started.take() {
                    let tail = cluster::end_of_log(&self.place, ended.log_start);
                    let in_use = tail.contains("still in use") && since.elapsed() < STILL_IN_USE;
                    if starts >= ATTEMPTS && !in_use {
                        return Err(self.error("ended as soon as it was started", tail));
                    }
                }
                started = Some(self.start(lock, may_create)?);
                starts += 1;
                // Start the delay again: creating a database is slow, and was announced.
                warning = None;
            } else if PidFile::live_server(&data).is_some() {
                lost = None;
            } else if lost.get_or_insert_with(Instant::now).elapsed() > ORPHANS_TIME {
                pid_file::kill_orphans(&data);
                lost = None;
            }
            warning.get_or_insert_with(|| self.delayed_warning());
            // We chose the folder of a server that we started. One that we join has written it to its file.
            let folder = match &started {
                Some(started) => Some(started.socket_folder.clone()),
                None => PidFile::read(&data).and_then(|note| note.socket_folder),
            };
            if let Some(folder) = folder
                && let Answer::Ready(facts) = connection::ask(&folder, &self.place.name)?
            {
                return Ok(self.running(folder, facts));
            }
            if !deadline.pause() {
                if deadline.was_cancelled() {
                    return Err(Error::GivenUp);
                }
                let start = started.map_or(0, |started| started.log_start);
                let tail = cluster::end_of_log(&self.place, start);
                return Err(self.error("does not answer", tail));
            }
        }
    }

    /// A warning for the log, in case the server does not respond soon.
    fn delayed_warning(&self) -> DelayedWarning {
        DelayedWarning::after(
            LOG_WAIT_AFTER,
            format!(
                "waiting for the private PostgreSQL in {}, which does not answer; its log is {}",
                self.place.dir.display(),
                cluster::log_path(&self.place).display()
            ),
        )
    }

    fn running(&self, socket_folder: PathBuf, facts: Facts) -> Running {
        if self.settings.durable && !facts.durable {
            log::warn!(
                "the private PostgreSQL in {} was started by a process that turned fsync off: data may be \
                 lost. Stop everything that uses it and start again",
                self.place.dir.display()
            );
        }
        Running { socket_folder, version: facts.version }
    }

    fn start(&self, lock: File, may_create: bool) -> Result<Started, Error> {
        let place = &self.place;
        let data = place.data();
        let made_by = cluster::made_by(place)?;
        if made_by.is_none() && !may_create {
            return Err(Error::DataGone(data));
        }
        let binaries = binaries::find(&self.settings, place, made_by)?;
        if made_by.is_none() {
            cluster::create(&self.settings, place, &binaries, &lock)?;
        }
        let earlier = PidFile::read(&data).and_then(|note| note.socket_folder);
        let socket_folder = cluster::socket_folder(place, earlier.as_deref())?;
        pid_file::clear_stale(&data, &socket_folder)?;
        let (log, log_start) = cluster::open_log(place)?;
        let also_log = log.try_clone().map_err(Error::io("open", &cluster::log_path(place)))?;

        let mut command = place.owner.command(&binaries.postgres(), &data);
        command.arg("-D").arg(&data);
        for setting in self.server_settings(&socket_folder) {
            command.arg("-c").arg(setting);
        }
        // Log to a file, not to a pipe: the server may outlive us.
        command.stdin(lock).stdout(also_log).stderr(log);
        let child = command.spawn().map_err(Error::io("run", &binaries.postgres()))?;
        log::debug!("started PostgreSQL {} in {} as process {}", binaries.version(), data.display(), child.id());
        reap(child);
        Ok(Started { socket_folder, log_start })
    }

    fn server_settings(&self, socket_folder: &Path) -> Vec<String> {
        // With fsync off, only a crash of the whole machine loses data: `synchronous_commit` stays on, so every commit
        // has left the server.
        let on_disk = if self.settings.durable { "on" } else { "off" };
        // Quoted, because the setting is a list.
        let folder = socket_folder.to_string_lossy().replace('"', "\"\"");
        vec![
            "listen_addresses=".to_owned(),
            "port=5432".to_owned(),
            format!("unix_socket_directories=\"{folder}\""),
            "unix_socket_permissions=0700".to_owned(),
            format!("fsync={on_disk}"),
            format!("full_page_writes={on_disk}"),
        ]
    }

    /// Stops the server and waits until its last process has ended.
    pub fn stop(&self, _under: &Gate) -> Result<(), Error> {
        let data = self.place.data();
        let folder = PidFile::read(&data).and_then(|note| note.socket_folder);
        let mut seen = false;
        let mut is_silent = false;
        for (signal, time) in WAYS_TO_STOP {
            if self.is_gone()? {
                break;
            }
            // A frozen server does not react to signals, except SIGKILL.
            if is_silent && signal != Signal::SIGKILL {
                continue;
            }
            if self.given_up().load(Ordering::Relaxed) {
                return self.leave_to_itself();
            }
            let found = match PidFile::live_server(&data) {
                Some(pid) => kill(Pid::from_raw(pid), signal).is_ok(),
                None => pid_file::kill_orphans(&data) > 0,
            };
            seen |= found;
            // No process to signal: the server is about to end, or runs out of sight in another container.
            let deadline =
                Deadline::after(if found { time } else { Duration::from_secs(1) }).cancelled_by(self.given_up());
            let mut asked = Instant::now();
            while !self.is_gone()? && (!is_silent || signal == Signal::SIGKILL) && deadline.pause() {
                if asked.elapsed() < SIGN_OF_LIFE {
                    continue;
                }
                asked = Instant::now();
                if signal == Signal::SIGKILL {
                    // Frozen workers do not notice that the server has gone.
                    pid_file::kill_orphans(&data);
                } else {
                    is_silent = folder
                        .as_deref()
                        .is_some_and(|folder| connection::is_silent(folder, &self.place.name, SILENCE));
                }
            }
            if is_silent && signal != Signal::SIGKILL {
                log::warn!("the private PostgreSQL in {} does not respond: killing it", data.display());
            }
        }
        if !self.is_gone()? && self.given_up().load(Ordering::Relaxed) {
            return self.leave_to_itself();
        }
        if !self.is_gone()? {
            if !seen {
                return Err(Error::OutOfSight(self.place.dir.clone()));
            }
            let tail = cluster::end_of_log(&self.place, 0);
            return Err(self.error("could not be stopped", tail));
        }
        if let Some(folder) = folder {
            cluster::leave_socket_folder(&self.place, &folder);
        }
        log::debug!("stopped the private PostgreSQL in {}", data.display());
        Ok(())
    }

    /// Tells the server to quit at once, without waiting for it.
    fn leave_to_itself(&self) -> Result<(), Error> {
        if let Some(pid) = PidFile::live_server(&self.place.data()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGQUIT);
        }
        Ok(())
    }

    fn error(&self, what: &str, tail: String) -> Error {
        Error::Server { path: self.place.dir.clone(), what: what.to_owned(), log: cluster::log_path(&self.place), tail }
    }
}

/// A server process that we have started.
struct Started {
    socket_folder: PathBuf,
    /// Length of the log before the start.
    log_start: u64,
}

/// Waits for the process in the background, so that it does not remain a zombie. A zombie looks alive to the process
/// that stops the server, which may be another one.
fn reap(mut child: Child) {
    let waiting = thread::Builder::new().name("postgres-ended".to_owned()).spawn(move || match child.wait() {
        Ok(status) if status.success() => {
            log::debug!("PostgreSQL, process {}, has ended", child.id());
        }
        Ok(status) => log::warn!("PostgreSQL, process {}, has ended: {status}", child.id()),
        Err(error) => log::debug!("could not wait for PostgreSQL, process {}: {error}", child.id()),
    });
    if let Err(error) = waiting {
        log::warn!("could not wait for PostgreSQL: {error}");
    }
}
