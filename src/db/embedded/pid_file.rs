//! `postmaster.pid`, the note that PostgreSQL leaves in its data while it runs, and whose process
//! it names.
//!
//! The note outlives a killed server, and the number in it may by then belong to another process,
//! above all in a container, where the same few numbers come up at every start. PostgreSQL would
//! refuse to start, and we would send our signals to a stranger. A server works inside its data, so
//! `/proc/PID/cwd` tells.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::Error;

/// What `postmaster.pid` says; parts of it may not be written yet.
pub(super) struct PidFile {
    /// The process id of the server.
    pub pid: Option<i32>,
    /// The folder of its socket.
    pub socket_folder: Option<PathBuf>,
}

/// Whose process a process id is, seen from one data directory.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Whose {
    /// A server's on this data directory.
    TheServers,
    /// Somebody else's, or a dead one that nobody has waited for.
    SomebodyElses,
    /// Nobody's.
    Nobodys,
    /// This system does not say.
    Unknown,
}

impl PidFile {
    pub fn path(data: &Path) -> PathBuf {
        data.join("postmaster.pid")
    }

    /// Reads the note, if there is one.
    pub fn read(data: &Path) -> Option<Self> {
        let bytes = fs::read(Self::path(data)).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let line = |number: usize| text.lines().nth(number).map(str::trim).filter(|line| !line.is_empty());
        Some(Self {
            pid: line(0).and_then(|pid| pid.parse().ok()).filter(|pid| *pid > 1),
            socket_folder: line(4).map(PathBuf::from),
        })
    }

    /// The server's process id, if the note names a server that lives.
    pub fn live_server(data: &Path) -> Option<i32> {
        let pid = Self::read(data)?.pid?;
        (whose(pid, data) == Whose::TheServers).then_some(pid)
    }
}

/// Removes the notes of a server that has ended. To be called only while nobody holds the server
/// lock.
///
/// PostgreSQL itself deals with a note that names a dead process, but not with one that names a
/// stranger's.
pub(super) fn clear_stale(data: &Path, socket_folder: &Path) -> Result<(), Error> {
    if let Some(note) = PidFile::read(data) {
        let whose = note.pid.map_or(Whose::SomebodyElses, |pid| whose(pid, data));
        match (whose, note.pid) {
            (Whose::TheServers, Some(pid)) => {
                return Err(Error::StartedByAnother { path: data.to_owned(), pid });
            }
            (Whose::SomebodyElses, pid) => {
                let path = PidFile::path(data);
                log::warn!(
                    "removing {}, left by a server that was killed: process {} is not a server on \
                     these data",
                    path.display(),
                    pid.unwrap_or_default()
                );
                fs::remove_file(&path).map_err(Error::io("remove", &path))?;
            }
            // Dead, or not for us to know: PostgreSQL looks again, and says so if it is not
            // content.
            _ => {}
        }
    }
    // The socket has a note of its own, with the same trouble, in a folder that only this server
    // uses.
    for name in [super::connection::SOCKET.to_owned(), format!("{}.lock", super::connection::SOCKET)] {
        let path = socket_folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io("remove", &path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Ends what a killed server has left behind: a busy worker goes on until its statement is done,
/// and no new server can start before. Its work is lost in any case, as nobody is left to tell
/// about it. Returns how many there were.
pub(super) fn end_orphans(data: &Path) -> usize {
    let mut ended = 0;
    let Ok(processes) = fs::read_dir("/proc") else {
        return ended;
    };
    for entry in processes.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        if whose(pid, data) == Whose::TheServers {
            log::warn!("ending process {pid}, which a killed server has left on {}", data.display());
            if let Err(error) = kill(Pid::from_raw(pid), Signal::SIGKILL) {
                log::warn!("could not end process {pid}: {error}");
            }
            ended += 1;
        }
    }
    ended
}

fn whose(pid: i32, data: &Path) -> Whose {
    if kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH) {
        return Whose::Nobodys;
    }
    if cfg!(target_os = "linux") { by_proc(pid, data) } else { by_name(pid) }
}

fn by_proc(pid: i32, data: &Path) -> Whose {
    let process = PathBuf::from(format!("/proc/{pid}"));
    let Ok(ours) = fs::metadata(data) else {
        return Whose::Unknown;
    };
    match fs::metadata(process.join("cwd")) {
        // Compared by device and inode: a container may know the same directory by another path.
        Ok(cwd) if (cwd.dev(), cwd.ino()) == (ours.dev(), ours.ino()) => {
            let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
            // A shell may be standing there, too.
            if name.starts_with("post") { Whose::TheServers } else { Whose::SomebodyElses }
        }
        // A process that has ended, but that nobody has waited for, has no working directory any
        // more.
        Ok(_) => Whose::SomebodyElses,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Whose::SomebodyElses,
        // We may not look. PostgreSQL runs only as the owner of its data, so another account's
        // process is not it.
        Err(_) => match fs::metadata(&process) {
            Ok(process) if process.uid() != ours.uid() => Whose::SomebodyElses,
            _ => Whose::Unknown,
        },
    }
}

/// Where there is no `/proc` (macOS), the name of the program has to do.
fn by_name(pid: i32) -> Whose {
    let listing = std::process::Command::new("ps").args(["-o", "comm=", "-p", &pid.to_string()]).output();
    match listing {
        Ok(output) if output.status.success() => {
            let name = String::from_utf8_lossy(&output.stdout);
            if name.trim().rsplit('/').next().is_some_and(|name| name.starts_with("post")) {
                Whose::TheServers
            } else {
                Whose::SomebodyElses
            }
        }
        _ => Whose::Unknown,
    }
}
