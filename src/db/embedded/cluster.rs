//! The files on disk: the database cluster, the folder of the socket, the server's log.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Output;

use super::binaries::Binaries;
use super::connection::SOCKET;
use super::data_dir::{DataDir, short_name};
use super::error::Error;
use super::{Settings, locks};

/// The longest path of a socket. Linux allows 107 bytes, macOS 103.
const LONGEST_SOCKET_PATH: usize = 100;

/// Above this size, the next start of the server begins a new log. One old log remains.
const LONG_LOG: u64 = 8 << 20;

/// The major version that created the cluster; `None` if there is none yet.
pub(super) fn made_by(place: &DataDir) -> Result<Option<u32>, Error> {
    let data = place.data();
    let file = data.join("PG_VERSION");
    match fs::read_to_string(&file) {
        Ok(version) => match version.trim().split('.').next().and_then(|major| major.parse().ok()) {
            Some(major) => Ok(Some(major)),
            None => Err(Error::NotACluster(data)),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // An empty folder counts as missing: the rename replaces it.
            let is_empty = fs::read_dir(&data).map_or(true, |mut entries| entries.next().is_none());
            if is_empty { Ok(None) } else { Err(Error::NotACluster(data)) }
        }
        Err(error) => Err(Error::io("read", &file)(error)),
    }
}

/// Creates a cluster. initdb inherits `server_lock`, so that no process cleans up while it runs, even if its parent was
/// killed.
///
/// The cluster is created in a temporary folder and then renamed, so that an incomplete one is never used.
pub(super) fn create(
    settings: &Settings,
    place: &DataDir,
    binaries: &Binaries,
    server_lock: &File,
) -> Result<(), Error> {
    let data = place.data();
    (settings.announce)(&format!(
        "Creating a private PostgreSQL {} database in {}.",
        binaries.version(),
        place.dir.display()
    ));
    let aside = place.dir.join("data.new");
    let mut output = initdb(settings, place, binaries, server_lock, &aside, &["--locale=C.UTF-8"])?;
    if !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("locale") {
        // macOS has no such locale. These locales sort and fold letters in the same way.
        let locale: &[&str] = if binaries.major >= 17 {
            &["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        } else {
            &["--locale=C", "--lc-ctype=en_US.UTF-8"]
        };
        output = initdb(settings, place, binaries, server_lock, &aside, locale)?;
    }
    if !output.status.success() {
        remove(&aside)?;
        let said = [output.stdout, output.stderr].concat();
        return Err(Error::Initdb {
            path: place.dir.clone(),
            output: String::from_utf8_lossy(&said).trim().to_owned(),
        });
    }
    fs::rename(&aside, &data).map_err(Error::io("rename", &aside))?;
    // The new name must be on disk before the first commit is acknowledged.
    File::open(&place.dir).and_then(|dir| dir.sync_all()).map_err(Error::io("write", &place.dir))
}

fn initdb(
    settings: &Settings,
    place: &DataDir,
    binaries: &Binaries,
    server_lock: &File,
    target: &Path,
    locale: &[&str],
) -> Result<Output, Error> {
    remove(target)?;
    // Created here, because the account of initdb may have no write access to our directory.
    place.owner.private_folder(target)?;
    let lock = server_lock.try_clone().map_err(Error::io("share the lock of", &place.dir))?;
    let mut command = place.owner.command(&binaries.initdb(), &place.dir);
    command.stdin(lock).arg("--pgdata").arg(target);
    // Checksums detect a disk that returns other bytes than were written.
    command.args(["--username", &place.name, "--auth=trust", "--encoding=UTF8", "--data-checksums"]).args(locale);
    if !settings.durable {
        command.arg("--no-sync");
    }
    command.output().map_err(Error::io("run", &binaries.initdb()))
}

/// The folder for the server's socket, created and closed to other accounts.
///
/// `earlier` is the folder of the last server: clients with its address will look there.
pub(super) fn socket_folder(place: &DataDir, earlier: Option<&Path>) -> Result<PathBuf, Error> {
    let usual = place.dir.join("run");
    if is_good_for_a_socket(&usual) {
        place.owner.private_folder(&usual)?;
        return Ok(usual);
    }
    let name = format!("{}-postgres-{}", place.name, short_name(&place.dir));
    // The server's account can write the file with this path, so root must not trust it.
    if let Some(earlier) = earlier
        && earlier.ends_with(&name)
        && earlier.is_dir()
        && is_good_for_a_socket(earlier)
        && place.owner.private_folder(earlier).is_ok()
    {
        return Ok(earlier.to_owned());
    }
    let mut choices = [std::env::temp_dir(), PathBuf::from("/tmp")].map(|temp| temp.join(&name)).into_iter();
    choices
        .find(|folder| {
            is_good_for_a_socket(folder)
                && place.owner.private_folder(folder).inspect_err(|error| log::debug!("{error}")).is_ok()
                && place.owner.reaches(folder)
        })
        .ok_or_else(|| Error::NoSocketFolder(place.dir.clone()))
}

/// Removes the folder of the socket if it is outside our directory.
pub(super) fn leave_socket_folder(place: &DataDir, folder: &Path) {
    if !folder.starts_with(&place.dir)
        && let Err(error) = fs::remove_dir(folder)
    {
        log::debug!("could not remove {}: {error}", folder.display());
    }
}

/// True for a path that is short enough, UTF-8, and without a comma, because commas separate hosts in a connection
/// string.
fn is_good_for_a_socket(folder: &Path) -> bool {
    folder.as_os_str().len() + 1 + SOCKET.len() <= LONGEST_SOCKET_PATH
        && folder.to_str().is_some_and(|path| !path.contains(|c: char| c == ',' || c.is_control()))
}

pub(super) fn log_path(place: &DataDir) -> PathBuf {
    place.dir.join("server.log")
}

/// Opens the server's log for appending. Returns the file and its current length.
pub(super) fn open_log(place: &DataDir) -> Result<(File, u64), Error> {
    let path = log_path(place);
    if fs::symlink_metadata(&path).is_ok_and(|log| log.len() > LONG_LOG) {
        let old = place.dir.join("server.log.old");
        fs::rename(&path, &old).map_err(Error::io("rename", &path))?;
    }
    let file = locks::open(&path, &place.owner)?;
    let end = file.metadata().map_err(Error::io("read", &path))?.len();
    Ok((file, end))
}

/// The last few lines that the server has logged since `start`.
pub(super) fn end_of_log(place: &DataDir, start: u64) -> String {
    let mut written = Vec::new();
    let read = locks::open(&log_path(place), &place.owner).and_then(|mut log| {
        log.seek(SeekFrom::Start(start))
            .and_then(|_| log.read_to_end(&mut written))
            .map_err(Error::io("read", &log_path(place)))
    });
    if let Err(error) = read {
        return format!("({error})");
    }
    let text = String::from_utf8_lossy(&written);
    let lines: Vec<&str> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", folder)(error)),
        _ => Ok(()),
    }
}
