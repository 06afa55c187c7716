//! The repository itself: what is tracked belongs there, and migrations that have landed stay as they are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

/// The largest that a tracked file may be, in bytes: everyone who clones gets every version of it.
const LARGEST: u64 = 1 << 20;

/// Files that are larger on purpose.
const LARGE: [&str; 1] = [
    // The document, by which clients are generated and changes of the interface are reviewed.
    "openapi/openapi.json",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The paths that `git ls-files` lists; `None` where there is no checkout, such as in an unpacked archive, or no git.
fn tracked(options: &[&str]) -> Option<Vec<String>> {
    if !root().join(".git").exists() {
        println!("skipped: this is no git checkout");
        return None;
    }
    let listed = Command::new("git").arg("-C").arg(root()).args(["ls-files", "-z"]).args(options).output();
    let Ok(listed) = listed else {
        println!("skipped: there is no git here");
        return None;
    };
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let paths = String::from_utf8(listed.stdout).expect("UTF-8");
    Some(paths.split_terminator('\0').map(str::to_owned).collect())
}

#[test]
fn no_large_file_is_tracked() {
    let Some(paths) = tracked(&[]) else { return };
    assert!(paths.len() > 100, "only {} files are tracked", paths.len());
    // A file that was just deleted is still listed.
    let size = |path: &str| fs::symlink_metadata(root().join(path)).map_or(0, |found| found.len());
    let large: Vec<&str> = paths.iter().map(|path| &**path).filter(|path| size(path) > LARGEST).collect();
    assert_eq!(large, LARGE, "files over {LARGEST} bytes: keep them out of git, or name them in LARGE with a reason");
}

#[test]
fn no_build_leftover_is_tracked() {
    let Some(paths) = tracked(&["--cached", "--ignored", "--exclude-standard"]) else { return };
    assert_eq!(paths, [""; 0], "tracked, though .gitignore names them: git rm --cached");
}

/// The files of migrations, as paths below `migrations`, with their SHA-256.
fn migrations() -> BTreeMap<String, String> {
    let folder = root().join("migrations");
    let mut found = BTreeMap::new();
    for migration in fs::read_dir(&folder).expect("migrations").flatten().filter(|entry| entry.path().is_dir()) {
        for file in fs::read_dir(migration.path()).expect("a migration").flatten() {
            let path = file.path();
            let name = path.strip_prefix(&folder).expect("a path below migrations").to_str().expect("UTF-8");
            found.insert(name.to_owned(), checksum(&path));
        }
    }
    found
}

fn checksum(path: &Path) -> String {
    let digest = Sha256::digest(fs::read(path).expect("a file of a migration"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A database that has run a migration never runs it again, so a change of it would reach new databases only.
/// `migrations/checksums` has the form of `sha256sum`.
#[test]
fn migrations_that_have_landed_do_not_change() {
    let landed = fs::read_to_string(root().join("migrations/checksums")).expect("migrations/checksums");
    let mut found = migrations();
    let mut faults = Vec::new();
    for line in landed.lines() {
        let (sum, path) = line.split_once("  ").unwrap_or_else(|| panic!("not a checksum and a path: {line}"));
        match found.remove(path) {
            Some(now) if now == sum => {}
            Some(_) => faults.push(format!("{path} has landed and must not change: put it back, add a new migration")),
            None => faults.push(format!("{path} has landed and is gone: put it back")),
        }
    }
    for (path, sum) in found {
        faults.push(format!("{path} is new: add this line to migrations/checksums\n{sum}  {path}"));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What the files for operators set is a setting.
#[test]
fn the_examples_for_operators_name_settings_that_exist() {
    let config = fs::read_to_string(root().join("src/config/mod.rs")).expect("the settings");
    let mut faults = Vec::new();
    for file in ["deploy/ccin-registry.service", "docker/Dockerfile", "docker/compose.yaml", "SECURITY.md"] {
        let text = fs::read_to_string(root().join(file)).expect(file);
        let words =
            text.split(|c: char| !(c.is_ascii_uppercase() || c == '_')).filter(|word| word.starts_with("CCIN_"));
        faults.extend(
            words.filter(|word| !config.contains(&format!("\"{word}\""))).map(|word| format!("{file}: {word}")),
        );
    }
    assert_eq!(faults, [""; 0]);
}
