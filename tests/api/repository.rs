//! The repository itself: what is tracked belongs there.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

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
