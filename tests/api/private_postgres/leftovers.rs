//! What killed processes leave on disk, and what container restarts make of it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use super::holder::Holder;
use crate::support::scratch::{Scratch, eventually, is_root, kill_9, processes_that_mention, server_pid};

#[test]
fn a_killed_initdb_leaves_nothing_that_looks_ready() {
    let scratch = Scratch::new("initdb");
    let aside = scratch.dir().join("data.new");

    // The application is killed and initdb goes on: the next start must not trip over it.
    let holder = Holder::spawn(&scratch.dir(), &["--fast"], None);
    eventually("initdb begins", || aside.join("PG_VERSION").exists());
    holder.kill();
    Holder::start(&scratch.dir(), &["--fast"]).stop();
    fs::remove_dir_all(scratch.dir()).unwrap();

    // Both are killed: what is left is thrown away.
    let holder = Holder::spawn(&scratch.dir(), &["--fast"], None);
    eventually("initdb begins", || aside.join("PG_VERSION").exists());
    holder.kill();
    for pid in processes_that_mention(&aside) {
        kill_9(pid);
    }
    assert!(aside.exists() && !scratch.dir().join("data").exists());
    let holder = Holder::start(&scratch.dir(), &["--fast"]);
    assert!(!aside.exists());
    holder.stop();
}

#[test]
fn a_pid_file_that_names_a_stranger_is_removed() {
    let scratch = Scratch::new("pid");
    let note = scratch.dir().join("data/postmaster.pid");
    let socket_note = scratch.dir().join("run/.s.PGSQL.5432.lock");
    let holder = Holder::start(&scratch.dir(), &["--fast"]);
    let pid = server_pid(&scratch.dir()).expect("a running server").to_string();
    let notes = [&note, &socket_note].map(|path| (path, fs::read_to_string(path).unwrap()));
    holder.stop();

    // A process of the very account that owns the data: PostgreSQL takes it for a server.
    let owner = fs::metadata(scratch.dir().join("data")).unwrap();
    let mut stranger = Command::new("sleep");
    stranger.arg("600").current_dir("/");
    if is_root() {
        stranger.uid(owner.uid()).gid(owner.gid());
    }
    let mut stranger = Stranger(stranger.spawn().expect("sleep"));
    for (path, text) in &notes {
        fs::write(path, text.replacen(&pid, &stranger.0.id().to_string(), 1)).unwrap();
        chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let holder = Holder::start(&scratch.dir(), &["--fast"]);
    assert!(stranger.0.try_wait().unwrap().is_none(), "the stranger was harmed");
    holder.stop();
    assert!(stranger.0.try_wait().unwrap().is_none(), "the stranger was harmed");
}

struct Stranger(Child);

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
