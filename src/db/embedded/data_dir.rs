//! Chooses the directory of the server.
//!
//! It is the requested directory, if the server's account can reach it. Usually it cannot when a checkout is under
//! root's home, which is closed to other accounts. The data are then under `/var/lib`.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::Settings;
use super::error::Error;
use super::run_as::{Owner, name_of};

/// The folder inside our directory that holds the database cluster.
pub(super) const DATA: &str = "data";

/// Parent of the fallback directory.
const FALLBACK_PARENT: &str = "/var/lib";

/// The server's directory, and the account that runs it.
pub(super) struct DataDir {
    pub dir: PathBuf,
    pub owner: Owner,
    /// Name of the database and its role, and prefix of folders outside `dir`.
    pub name: String,
}

impl DataDir {
    pub fn data(&self) -> PathBuf {
        self.dir.join(DATA)
    }
}

/// Chooses the server's account and directory, and creates the directory.
pub(super) fn find(settings: &Settings) -> Result<DataDir, Error> {
    let asked = resolve(&settings.data_dir)?;
    if geteuid().is_root() { place_for_root(settings, asked) } else { place_for_user(settings, asked) }
}

fn place_for_user(settings: &Settings, dir: PathBuf) -> Result<DataDir, Error> {
    let owner = Owner::ourselves();
    if let Some(data) = look_for_data(&dir)?
        && data.uid() != owner.uid
    {
        return Err(Error::DataOfAnother { path: dir, account: name_of(data.uid()) });
    }
    make_directory(&dir, &owner)?;
    Ok(DataDir { dir, owner, name: settings.name.clone() })
}

fn place_for_root(settings: &Settings, asked: PathBuf) -> Result<DataDir, Error> {
    let fallback = fallback_for(&settings.name, &asked);
    // Existing data decide, wherever they are. A new database beside them would look like data loss.
    if let Some(data) = look_for_data(&asked)? {
        return place_of_data(settings, asked, &data);
    }
    if let Some(data) = look_for_data(&fallback)? {
        let place = place_of_data(settings, fallback, &data)?;
        (settings.announce)(&elsewhere(&asked, &place));
        return Ok(place);
    }
    let owner = Owner::choose(settings.run_as.as_deref())?;
    // Check the parent folders first, so that nothing is created in a place that cannot be used.
    if owner.reaches(nearest_existing(asked.parent().unwrap_or(&asked))) {
        make_directory(&asked, &owner)?;
        if owner.reaches(&asked) {
            return Ok(DataDir { dir: asked, owner, name: settings.name.clone() });
        }
    }
    if !owner.reaches(Path::new("/")) {
        return Err(Error::CannotBecome(owner.name));
    }
    make_directory(&fallback, &owner)?;
    let place = DataDir { dir: fallback, owner, name: settings.name.clone() };
    if !place.owner.reaches(&place.dir) {
        return Err(Error::Unreachable { path: place.dir, account: place.owner.name });
    }
    (settings.announce)(&elsewhere(&asked, &place));
    Ok(place)
}

fn elsewhere(asked: &Path, place: &DataDir) -> String {
    format!(
        "PostgreSQL runs as '{}', which cannot reach {}. The data are stored in {} instead.",
        place.owner.name,
        asked.display(),
        place.dir.display()
    )
}

fn place_of_data(settings: &Settings, dir: PathBuf, data: &Metadata) -> Result<DataDir, Error> {
    if data.uid() == 0 {
        return Err(Error::DataOfRoot(dir));
    }
    let owner = Owner::of(data);
    if !owner.reaches(&dir) {
        return Err(Error::Unreachable { path: dir, account: owner.name });
    }
    Ok(DataDir { dir, owner, name: settings.name.clone() })
}

/// The metadata of the cluster in `dir`, to find its owner; `None` if there is none.
fn look_for_data(dir: &Path) -> Result<Option<Metadata>, Error> {
    let data = dir.join(DATA);
    match fs::metadata(&data) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("look at", &data)(error)),
    }
}

fn make_directory(dir: &Path, owner: &Owner) -> Result<(), Error> {
    if let Some(parent) = dir.parent() {
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    // An existing directory stays open to others, because they may use it too. Everything we put into it is closed.
    owner.folder(dir).map(|_| ())
}

/// The path without links and dots, even if its last parts do not exist yet. Names derived from it, and the search for
/// data, must not depend on its spelling.
fn resolve(path: &Path) -> Result<PathBuf, Error> {
    let absolute = std::path::absolute(path).map_err(Error::io("find", path))?;
    let existing = nearest_existing(&absolute);
    let mut resolved = existing.canonicalize().map_err(Error::io("find", existing))?;
    if let Ok(rest) = absolute.strip_prefix(existing) {
        // Joining an empty rest would add a slash at the end.
        resolved.extend(rest);
    }
    Ok(resolved)
}

fn nearest_existing(path: &Path) -> &Path {
    path.ancestors().find(|path| path.exists()).unwrap_or(Path::new("/"))
}

/// The fallback directory for `asked`. The path is part of its name, so that two checkouts do not share a database.
fn fallback_for(name: &str, asked: &Path) -> PathBuf {
    Path::new(FALLBACK_PARENT).join(format!("{name}-postgres-{}", short_name(asked)))
}

/// A short name for a path, the same in every run and build. It uses FNV-1a, because the standard library's hash may
/// change.
pub(super) fn short_name(path: &Path) -> String {
    let hash = path
        .as_os_str()
        .as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
