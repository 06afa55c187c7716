//! Which account runs the server. PostgreSQL refuses to run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;

use super::holder::Holder;
use crate::support::scratch::{Scratch, account, eventually, is_root, kill_9, server_pid, sweep};

#[test]
fn a_plain_user_can_run_it() {
    if !is_root() {
        let scratch = Scratch::new("plain");
        Holder::start(&scratch.dir(), &["--fast"]).stop();
        return;
    }
    for user in ["nobody", "postgres"].iter().filter_map(|name| account(name)) {
        let scratch = Scratch::new(&user.name);
        scratch.give_to(&user);
        let holder = Holder::spawn(&scratch.dir(), &["--fast"], Some(&user)).ready().expect("a server");
        assert_eq!(fs::metadata(scratch.dir().join("data")).unwrap().uid(), user.uid.as_raw());
        // Root joins what the user has started, and takes it over when the user leaves.
        let root = Holder::start(&scratch.dir(), &["--fast"]);
        holder.stop();
        let pid = server_pid(&scratch.dir()).expect("a running server");
        kill_9(pid);
        eventually("root starts it again", || server_pid(&scratch.dir()).is_some_and(|now| now != pid));
        root.stop();
        // What root has touched still belongs to the user.
        Holder::spawn(&scratch.dir(), &["--fast"], Some(&user)).ready().expect("a server").stop();
    }
}

#[test]
fn as_root_an_unreachable_checkout_keeps_its_data_elsewhere() {
    if !is_root() {
        println!("skipped: only root starts the server as another account, which may reach less than root does");
        return;
    }
    let scratches = [Scratch::new("home1"), Scratch::new("home2")];
    let holders = scratches.each_ref().map(|scratch| {
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Holder::start(&scratch.dir(), &["--fast"])
    });
    let dirs = holders.each_ref().map(|holder| holder.data_dir.clone());
    let _swept = dirs.each_ref().map(|dir| Swept(dir.clone()));
    for (holder, scratch) in holders.iter().zip(&scratches) {
        assert!(holder.data_dir.starts_with("/var/lib"), "{}", holder.data_dir.display());
        let said = holder.announced.join("\n");
        assert!(said.contains(scratch.dir().to_str().unwrap()), "{said}");
        assert!(said.contains(holder.data_dir.to_str().unwrap()), "{said}");
    }
    assert_ne!(dirs[0], dirs[1]);
    for holder in holders {
        holder.stop();
    }
    // Once it can be reached, the data stay where they are.
    fs::set_permissions(scratches[0].path(), fs::Permissions::from_mode(0o755)).unwrap();
    let holder = Holder::start(&scratches[0].dir(), &["--fast"]);
    assert_eq!(holder.data_dir, dirs[0]);
    holder.stop();
}

/// A folder outside the scratch folder that goes away at the end of the test.
struct Swept(PathBuf);

impl Drop for Swept {
    fn drop(&mut self) {
        if self.0.starts_with("/var/lib") {
            sweep(&self.0);
        }
    }
}

#[test]
fn as_root_the_account_can_be_chosen() {
    if !is_root() {
        println!("skipped: only root can start the server as an account of its choice");
        return;
    }
    let nobody = account("nobody").expect("every system has this account");
    let scratch = Scratch::new("choice");
    Holder::start(&scratch.dir(), &["--fast", "--run-as=nobody"]).stop();
    assert_eq!(fs::metadata(scratch.dir().join("data")).unwrap().uid(), nobody.uid.as_raw());
    // From then on the owner of the data decides.
    Holder::start(&scratch.dir(), &["--fast"]).stop();

    let refused = |name: &str| {
        let dir = scratch.path().join("other");
        Holder::spawn(&dir, &[&format!("--run-as={name}")], None).ready().err().expect("a refusal")
    };
    assert!(refused("root").contains("refuses to run as root"));
    assert!(refused("no-such-account").contains("no-such-account"));
}
