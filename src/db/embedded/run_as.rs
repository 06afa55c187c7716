//! The account that runs the server.
//!
//! For a plain user it is that user. PostgreSQL refuses to run as root, though, so a service that
//! runs as root hands the server, and all that the server must be able to write, to another
//! account.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::fcntl::OFlag;
use nix::unistd::{Uid, User, getegid, geteuid};

use super::error::Error;

/// What of our environment the server's programs get. Nothing else: it may hold our secrets, or
/// `PG…` variables that mean another server.
const PASSED_ON: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// The account that the server runs as.
#[derive(Debug)]
pub(super) struct Owner {
    pub name: String,
    pub uid: u32,
    gid: u32,
    /// We are root and must become this account first.
    drop_to: bool,
}

impl Owner {
    pub fn ourselves() -> Self {
        let uid = geteuid();
        Self { name: name_of(uid.as_raw()), uid: uid.as_raw(), gid: getegid().as_raw(), drop_to: false }
    }

    fn other(user: User) -> Self {
        Self { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), drop_to: true }
    }

    /// The account to run the server as when there are no data yet: the one that was set, else the
    /// usual ones.
    pub fn choose(run_as: Option<&str>) -> Result<Self, Error> {
        let lookup = |name: &str| User::from_name(name).ok().flatten();
        let user = match run_as {
            Some(name) => lookup(name).ok_or_else(|| Error::NoSuchAccount(name.to_owned()))?,
            None => lookup("postgres")
                .or_else(|| lookup("nobody"))
                .ok_or_else(|| Error::NoSuchAccount("postgres".to_owned()))?,
        };
        if user.uid.is_root() {
            return Err(Error::RootAsked);
        }
        Ok(Self::other(user))
    }

    /// The owner of data that exist. It may be an account that this machine has no name for, as in
    /// a container with a mounted directory.
    pub fn of(data: &Metadata) -> Self {
        match User::from_uid(Uid::from_raw(data.uid())) {
            Ok(Some(user)) => Self::other(user),
            _ => Self { name: name_of(data.uid()), uid: data.uid(), gid: data.gid(), drop_to: true },
        }
    }

    /// A command that runs as this account, in `dir`, with an environment of its own and nothing to
    /// read.
    ///
    /// In `dir`, because the account may not be able to reach the folder that we are in. In a
    /// process group of its own, because Ctrl-C in a terminal goes to the whole group, and ending
    /// the server is for us to do, in order.
    pub fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(dir).process_group(0).stdin(Stdio::null()).env_clear();
        command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        // One time zone and one language whatever the machine's are, so that two machines behave
        // the same.
        command.env("TZ", "UTC").env("LC_ALL", "C").env("HOME", dir);
        if self.drop_to {
            // The standard library drops root's supplementary groups along with these.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Makes this account the owner of what we have just made.
    pub fn hand_over(&self, file: &File) -> io::Result<()> {
        if self.drop_to { fchown(file, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Makes a folder that only this account can enter, or makes sure that the one there is such a
    /// folder.
    pub fn private_folder(&self, path: &Path) -> Result<(), Error> {
        let folder = self.folder(path)?;
        let metadata = folder.metadata().map_err(Error::io("read", path))?;
        if metadata.uid() != self.uid {
            return Err(Error::DataOfAnother { path: path.to_owned(), account: name_of(metadata.uid()) });
        }
        if metadata.mode() & 0o077 != 0 {
            let closed = Permissions::from_mode(0o700);
            folder.set_permissions(closed).map_err(Error::io("close to others", path))?;
        }
        Ok(())
    }

    /// Makes a folder for this account, or opens the one there.
    ///
    /// One of root's that is still empty becomes the account's, too: another process may have made
    /// it just now and be about to give it away, or have been killed before it could. One that
    /// holds something is left alone.
    pub fn folder(&self, path: &Path) -> Result<File, Error> {
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Error::io("create", path)(error));
            }
            _ => {}
        }
        // Opened without following links, then judged and changed by the open handle: nobody can
        // swap it meanwhile.
        let flags = (OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW).bits();
        let folder = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(Error::io("open", path))?;
        if self.drop_to {
            let metadata = folder.metadata().map_err(Error::io("read", path))?;
            let mut entries = fs::read_dir(path).map_err(Error::io("read", path))?;
            if metadata.uid() == 0 && entries.next().is_none() {
                self.hand_over(&folder).map_err(Error::io("change the owner of", path))?;
            }
        }
        Ok(folder)
    }

    /// Whether this account can enter a folder. Tried rather than computed: access lists, mounts
    /// and security modules have a say too.
    pub fn reaches(&self, path: &Path) -> bool {
        let mut probe = self.command(Path::new("/bin/sh"), path);
        probe.args(["-c", ":"]).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    }
}

/// The name of an account, for messages.
pub(super) fn name_of(uid: u32) -> String {
    match User::from_uid(Uid::from_raw(uid)) {
        Ok(Some(user)) => user.name,
        _ => format!("number {uid}"),
    }
}
