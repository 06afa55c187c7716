//! `postmaster.pid`, the file in which a running PostgreSQL names its process.
//!
//! The file survives a killed server, and another process may then have the same process id. This is likely in a
//! container, where the same few ids recur at every start. PostgreSQL would refuse to start, and our signals would go
//! to the wrong process. The working directory of a server is its data directory, so `/proc/PID/cwd` identifies it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::Error;

/// The contents of `postmaster.pid`. Some of them may not have been written yet.
pub(super) struct PidFile {
    /// The process id of the server.
    pub pid: Option<i32>,
    /// The folder of its socket.
    pub socket_folder: Option<PathBuf>,
}

/// Which process a process id belongs to, as seen from one data directory.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum ProcessOwner {
    /// A server on this data directory.
    ThisServer,
    /// Another process, or a zombie.
    AnotherProcess,
    /// No process has this id.
    NoProcess,
    /// The system gives no information.
    Unknown,
}

impl PidFile {
    pub fn path(data: &Path) -> PathBuf {
        data.join("postmaster.pid")
    }

    /// Reads the file, if it exists.
    pub fn read(data: &Path) -> Option<Self> {
        let bytes = fs::read(Self::path(data)).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let line = |number: usize| text.lines().nth(number).map(str::trim).filter(|line| !line.is_empty());
        Some(Self {
            pid: line(0).and_then(|pid| pid.parse().ok()).filter(|pid| *pid > 1),
            socket_folder: line(4).map(PathBuf::from),
        })
    }

    /// The server's process id, if the file names a running server.
    pub fn live_server(data: &Path) -> Option<i32> {
        let pid = Self::read(data)?.pid?;
        (owner_of(pid, data) == ProcessOwner::ThisServer).then_some(pid)
    }
}

/// Removes the files of a server that has ended. Call it only while the server lock is free.
///
/// PostgreSQL itself replaces a file that names a dead process, but not one that names an unrelated process.
pub(super) fn clear_stale(data: &Path, socket_folder: &Path) -> Result<(), Error> {
    if let Some(note) = PidFile::read(data) {
        let owner = note.pid.map_or(ProcessOwner::AnotherProcess, |pid| owner_of(pid, data));
        match (owner, note.pid) {
            (ProcessOwner::ThisServer, Some(pid)) => {
                return Err(Error::StartedByAnother { path: data.to_owned(), pid });
            }
            (ProcessOwner::AnotherProcess, pid) => {
                let path = PidFile::path(data);
                log::warn!(
                    "removing {}, left by a server that was killed: process {} is not a server on \
                     these data",
                    path.display(),
                    pid.unwrap_or_default()
                );
                fs::remove_file(&path).map_err(Error::io("remove", &path))?;
            }
            // Dead, or unknown to us: PostgreSQL checks again, and reports a conflict.
            _ => {}
        }
    }
    // The socket has a lock file with the same problem, in a folder that only this server uses.
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

/// Kills the processes that a killed server has left behind. Returns their number.
///
/// A busy worker continues until its statement ends, and no new server can start before that. Its work is lost in any
/// case, because its client has gone.
pub(super) fn kill_orphans(data: &Path) -> usize {
    let mut ended = 0;
    let Ok(processes) = fs::read_dir("/proc") else {
        return ended;
    };
    for entry in processes.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        if owner_of(pid, data) == ProcessOwner::ThisServer {
            log::warn!("killing process {pid}, which a killed server has left on {}", data.display());
            if let Err(error) = kill(Pid::from_raw(pid), Signal::SIGKILL) {
                log::warn!("could not kill process {pid}: {error}");
            }
            ended += 1;
        }
    }
    ended
}

fn owner_of(pid: i32, data: &Path) -> ProcessOwner {
    if kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH) {
        return ProcessOwner::NoProcess;
    }
    if cfg!(target_os = "linux") { by_proc(pid, data) } else { by_name(pid) }
}

fn by_proc(pid: i32, data: &Path) -> ProcessOwner {
    let process = PathBuf::from(format!("/proc/{pid}"));
    let Ok(ours) = fs::metadata(data) else {
        return ProcessOwner::Unknown;
    };
    match fs::metadata(process.join("cwd")) {
        // Compare device and inode: a container may know the same directory by another path.
        Ok(cwd) if (cwd.dev(), cwd.ino()) == (ours.dev(), ours.ino()) => {
            let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
            // A shell may have the same working directory.
            if name.starts_with("post") { ProcessOwner::ThisServer } else { ProcessOwner::AnotherProcess }
        }
        // A zombie has no working directory.
        Ok(_) => ProcessOwner::AnotherProcess,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => ProcessOwner::AnotherProcess,
        // Access denied. PostgreSQL runs only as the owner of its data, so a process of another account is not the
        // server.
        Err(_) => match fs::metadata(&process) {
            Ok(process) if process.uid() != ours.uid() => ProcessOwner::AnotherProcess,
            _ => ProcessOwner::Unknown,
        },
    }
}

/// Without `/proc` (macOS), the name of the program has to do.
fn by_name(pid: i32) -> ProcessOwner {
    let listing = std::process::Command::new("ps").args(["-o", "comm=", "-p", &pid.to_string()]).output();
    match listing {
        Ok(output) if output.status.success() => {
            let name = String::from_utf8_lossy(&output.stdout);
            if name.trim().rsplit('/').next().is_some_and(|name| name.starts_with("post")) {
                ProcessOwner::ThisServer
            } else {
                ProcessOwner::AnotherProcess
            }
        }
        _ => ProcessOwner::Unknown,
    }
}
