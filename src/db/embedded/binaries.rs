//! Finds the server programs, `postgres` and `initdb`, on this machine.
//!
//! Only the major version that created the data can open them. So existing data decide the version, and new data use
//! the newest version available.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::data_dir::DataDir;
use super::error::Error;
use super::{Settings, download};

/// The oldest supported version. Older ones lack features that the migrations use, and are out of maintenance.
const OLDEST: u32 = 14;

/// Where packages install the programs: parent folder, prefix of the folder's name, path below it.
const USUAL_PLACES: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),          // Debian, Ubuntu
    ("/usr", "pgsql-", "bin"),                   // PostgreSQL's own packages for Fedora and its relatives
    ("/usr/libexec", "postgresql", ""),          // Alpine
    ("/opt/homebrew/opt", "postgresql@", "bin"), // Homebrew on Apple's processors
    ("/usr/local/opt", "postgresql@", "bin"),    // Homebrew on Intel's
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

/// A folder with the server programs of one version.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    pub dir: PathBuf,
    pub major: u32,
    minor: u32,
}

impl Binaries {
    pub fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    pub fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    pub fn version(&self) -> String {
        format!("{}.{}", self.major, self.minor)
    }

    /// The programs in `dir`, if the server's account can run them. The version check runs as that account: root may
    /// have access to folders that are closed to the account.
    fn in_folder(dir: &Path, place: &DataDir) -> Option<Self> {
        if !dir.is_absolute() || !dir.join("postgres").is_file() || !dir.join("initdb").is_file() {
            return None;
        }
        let mut command = place.owner.command(&dir.join("postgres"), &place.dir);
        match command.arg("--version").output() {
            Ok(output) => {
                let (major, minor) = parse_version(&String::from_utf8_lossy(&output.stdout))?;
                Some(Self { dir: dir.to_owned(), major, minor })
            }
            Err(error) => {
                log::debug!("not using the PostgreSQL in {}: {error}", dir.display());
                None
            }
        }
    }
}

/// The programs for the data in `place`: of the major version `made_by`, or the newest for new data (`None`).
pub(super) fn find(settings: &Settings, place: &DataDir, made_by: Option<u32>) -> Result<Binaries, Error> {
    let mut found: Vec<Binaries> =
        candidates(settings, place).iter().filter_map(|dir| Binaries::in_folder(dir, place)).collect();
    if let Some(dir) = &settings.bin_dir
        && found.is_empty()
    {
        let reason = format!(
            "The configured folder for PostgreSQL's server programs, {}, has no 'postgres' and \
             'initdb' that can be run.",
            dir.display()
        );
        return Err(Error::NoServerPrograms { reason });
    }
    found.sort_by_key(|binaries| (binaries.major, binaries.minor));
    let fitting = match made_by {
        Some(major) => found.iter().rfind(|binaries| binaries.major == major),
        None => found.last().filter(|binaries| binaries.major >= OLDEST),
    };
    if let Some(binaries) = fitting {
        return Ok(binaries.clone());
    }

    let too_little = match made_by {
        Some(major) => Error::VersionMismatch { path: place.data(), made_by: major.to_string(), found: list(&found) },
        None => Error::NoServerPrograms {
            reason: format!("This machine has PostgreSQL {}, which is too old.", list(&found)),
        },
    };
    let download_would_fit = made_by.is_none_or(|major| major == download::MAJOR);
    if settings.bin_dir.is_some() || !download_would_fit {
        return Err(too_little);
    }
    match download::fetch(settings, place) {
        Ok(dir) => Binaries::in_folder(&dir, place).ok_or_else(|| Error::NoServerPrograms {
            reason: format!("The PostgreSQL that was downloaded to {} does not run on this system.", dir.display()),
        }),
        Err(error) if found.is_empty() && made_by.is_none() => Err(error),
        Err(error) => {
            // The version is the actual problem. The download was only an attempt to solve it.
            log::debug!("{error}");
            Err(too_little)
        }
    }
}

/// The folders to search, without duplicates.
fn candidates(settings: &Settings, place: &DataDir) -> Vec<PathBuf> {
    if let Some(dir) = &settings.bin_dir {
        // Relative to our working directory, but the programs run in another one.
        return std::path::absolute(dir).into_iter().collect();
    }
    let mut dirs = vec![download::bin_dir(place)];
    if settings.search_machine {
        if let Some(path) = std::env::var_os("PATH") {
            dirs.extend(std::env::split_paths(&path));
        }
        dirs.extend(from_pg_config());
        for (parent, prefix, rest) in USUAL_PLACES {
            dirs.extend(folders(Path::new(parent), prefix).map(|dir| dir.join(rest)));
        }
    }
    // Several paths may lead to one folder, and each version check starts a process.
    let mut seen = Vec::new();
    dirs.retain(|dir| match dir.join("postgres").canonicalize() {
        Ok(program) if !seen.contains(&program) => {
            seen.push(program);
            true
        }
        _ => false,
    });
    dirs
}

fn folders<'a>(parent: &Path, prefix: &'a str) -> impl Iterator<Item = PathBuf> + use<'a> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries
        .filter(move |entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix)))
        .map(|entry| entry.path())
}

fn from_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let printed = String::from_utf8(output.stdout).ok()?;
    let dir = printed.trim();
    (output.status.success() && !dir.is_empty()).then(|| PathBuf::from(OsStr::new(dir)))
}

/// Parses "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", and "18beta1" as 18.0.
fn parse_version(printed: &str) -> Option<(u32, u32)> {
    let version = printed.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut numbers = version.split(|c: char| !c.is_ascii_digit());
    let major = numbers.next()?.parse().ok()?;
    let minor = if version.contains('.') { numbers.next()?.parse().unwrap_or(0) } else { 0 };
    Some((major, minor))
}

fn list(found: &[Binaries]) -> String {
    if found.is_empty() {
        return "none".to_owned();
    }
    let each: Vec<String> =
        found.iter().map(|binaries| format!("{} ({})", binaries.version(), binaries.dir.display())).collect();
    each.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_packages_print_them() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some((15, 18)));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1\n"), Some((18, 0)));
        assert_eq!(parse_version("postgres (PostgreSQL) 17.0"), Some((17, 0)));
        assert_eq!(parse_version("PostgreSQL"), None);
    }
}
