//! The server's processes: starting them, waiting until they answer, stopping them.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::connection::{Answer, Facts};
use super::data_dir::Place;
use super::deadline::{Patience, Word};
use super::error::Error;
use super::locks::{Gate, ServerLock, WORTH_A_WORD};
use super::pid_file::PidFile;
use super::{Settings, binaries, cluster, connection, pid_file};

/// A server that was killed under a heavy load reads its whole journal before it answers.
const START_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// A server that ends as soon as it was started is tried again so many times: it may have been
/// killed by chance.
const ATTEMPTS: u32 = 3;

/// How long a server may find its shared memory "still in use" by what a killed one has left
/// behind.
const STILL_IN_USE: Duration = Duration::from_secs(15);

/// How long the workers of a killed server may take to notice that it is gone.
const ORPHANS_TIME: Duration = Duration::from_secs(3);

/// The ways to stop a server, and how long each may take: end all sessions and tidy up; leave at
/// once and tidy up at the next start; be killed. Nothing committed is lost in any of them.
const WAYS_TO_STOP: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(60)),
    (Signal::SIGQUIT, Duration::from_secs(10)),
    (Signal::SIGKILL, Duration::from_secs(10)),
];

/// How often an ending server is asked for a sign of life, and how long it may take to give one.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);
const SILENCE: Duration = Duration::from_secs(3);

/// The server on one data directory, be it running or not.
pub(super) struct Server {
    pub place: Place,
    settings: Settings,
    lock: ServerLock,
}

/// A server that answers.
pub(super) struct Running {
    pub socket_folder: PathBuf,
    pub version: String,
}

impl Server {
    pub fn new(settings: Settings, place: Place) -> Result<Self, Error> {
        let lock = ServerLock::open(&place)?;
        Ok(Self { place, settings, lock })
    }

    /// True once nobody waits for a start or a stop any more.
    pub fn given_up(&self) -> &AtomicBool {
        &self.settings.given_up
    }

    /// How long [`Server::bring_up`] may take.
    pub fn patience() -> Patience<'static> {
        Patience::of(START_TIMEOUT)
    }

    /// Whether none of its processes lives.
    pub fn is_gone(&self) -> Result<bool, Error> {
        self.lock.is_free()
    }

    /// Whether it takes no connections although some of its processes live: it was killed, but a
    /// worker of it is too busy to notice.
    pub fn is_headless(&self, socket_folder: &Path) -> Result<bool, Error> {
        if PidFile::live_server(&self.place.data()).is_some() {
            return Ok(false);
        }
        // Or it lives where we cannot see it, in another container. Then it answers.
        Ok(matches!(connection::ask(socket_folder, &self.place.name)?, Answer::NotYet))
    }

    /// Joins the server that runs, or starts one, and waits until it answers. Makes an empty
    /// database where there is none, if it `may_create`.
    pub fn bring_up(&self, _under: &Gate, may_create: bool, patience: Patience<'_>) -> Result<Running, Error> {
        let data = self.place.data();
        let mut started: Option<Started> = None;
        let mut starts = 0;
        let since = Instant::now();
        let mut lost: Option<Instant> = None;
        let mut word = None;
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
                // From here on: making a database takes as long as it takes, and was announced.
                word = None;
            } else if PidFile::live_server(&data).is_some() {
                lost = None;
            } else if lost.get_or_insert_with(Instant::now).elapsed() > ORPHANS_TIME {
                pid_file::end_orphans(&data);
                lost = None;
            }
            word.get_or_insert_with(|| self.word());
            // The one that we started answers where we told it to; one that we join has written
            // down where.
            let folder = match &started {
                Some(started) => Some(started.socket_folder.clone()),
                None => PidFile::read(&data).and_then(|note| note.socket_folder),
            };
            if let Some(folder) = folder
                && let Answer::Ready(facts) = connection::ask(&folder, &self.place.name)?
            {
                return Ok(self.running(folder, facts));
            }
            if !patience.pause() {
                if patience.was_given_up() {
                    return Err(Error::GivenUp);
                }
                let start = started.map_or(0, |started| started.log_start);
                let tail = cluster::end_of_log(&self.place, start);
                return Err(self.error("does not answer", tail));
            }
        }
    }

    /// Says in a while why nothing happens.
    fn word(&self) -> Word {
        Word::after(
            WORTH_A_WORD,
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
                "the private PostgreSQL in {} was started by a process that asked for speed, not \
                 safety (fsync is off): stop everything that uses it and start again",
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
        // Into a file, not a pipe to us: the server may outlive us.
        command.stdin(lock).stdout(also_log).stderr(log);
        let child = command.spawn().map_err(Error::io("run", &binaries.postgres()))?;
        log::debug!("started PostgreSQL {} in {} as process {}", binaries.version(), data.display(), child.id());
        reap(child);
        Ok(Started { socket_folder, log_start })
    }

    fn server_settings(&self, socket_folder: &Path) -> Vec<String> {
        // Off, only a crash of the whole machine loses something: `synchronous_commit` stays on, so
        // that what was committed has left the server.
        let on_disk = if self.settings.durable { "on" } else { "off" };
        // Quoted, as the setting is a list.
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

    /// Stops the server and waits until the last of its processes has ended.
    pub fn stop(&self, _under: &Gate) -> Result<(), Error> {
        let data = self.place.data();
        let folder = PidFile::read(&data).and_then(|note| note.socket_folder);
        let mut seen = false;
        let mut is_silent = false;
        for (signal, time) in WAYS_TO_STOP {
            if self.is_gone()? {
                break;
            }
            // Who says nothing does not hear either, except for what it cannot refuse.
            if is_silent && signal != Signal::SIGKILL {
                continue;
            }
            if self.given_up().load(Ordering::Relaxed) {
                return self.leave_to_itself();
            }
            let found = match PidFile::live_server(&data) {
                Some(pid) => kill(Pid::from_raw(pid), signal).is_ok(),
                None => pid_file::end_orphans(&data) > 0,
            };
            seen |= found;
            // Nobody to signal: it is about to end by itself, or it is out of sight, in another
            // container.
            let patience = Patience::of(if found { time } else { Duration::from_secs(1) }).unless(self.given_up());
            let mut asked = Instant::now();
            while !self.is_gone()? && (!is_silent || signal == Signal::SIGKILL) && patience.pause() {
                if asked.elapsed() < SIGN_OF_LIFE {
                    continue;
                }
                asked = Instant::now();
                if signal == Signal::SIGKILL {
                    // Workers that were stopped in their tracks do not notice that it is gone.
                    pid_file::end_orphans(&data);
                } else {
                    is_silent = folder
                        .as_deref()
                        .is_some_and(|folder| connection::is_silent(folder, &self.place.name, SILENCE));
                }
            }
            if is_silent && signal != Signal::SIGKILL {
                log::warn!("the private PostgreSQL in {} gives no sign of life, and is killed", data.display());
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

    /// Tells the server to end at once, and does not wait for it.
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
    /// Where the log ended before.
    log_start: u64,
}

/// Waits for the process in the background. Until somebody has waited for it, a process that has
/// ended looks alive to others, and it may be another process of ours, or another user of the
/// server, that stops it.
fn reap(mut child: Child) {
    let waiting = thread::Builder::new().name("postgres-ended".to_owned()).spawn(move || match child.wait() {
        Ok(status) if status.success() => {
            log::debug!("PostgreSQL, process {}, has ended", child.id());
        }
        Ok(status) => log::warn!("PostgreSQL, process {}, has ended: {status}", child.id()),
        Err(error) => log::debug!("could not wait for PostgreSQL, process {}: {error}", child.id()),
    });
    if let Err(error) = waiting {
        log::warn!("could not watch over PostgreSQL: {error}");
    }
}
