//! The account that runs the server.
//!
//! For a service without root, it is the service's account. PostgreSQL refuses to run as root, so a service that runs
//! as root gives the server and its writable files to another account.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::fcntl::OFlag;
use nix::unistd::{Uid, User, getegid, geteuid};

use super::error::Error;

/// The environment variables that the server's programs inherit. Others are dropped: they may be secrets, or `PG…`
/// variables for another server.
const PASSED_ON: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"];

/// The account that the server runs as.
#[derive(Debug)]
pub(super) struct Owner {
    pub name: String,
    pub uid: u32,
    gid: u32,
    /// We are root, and must switch to this account.
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

    /// The account for a new database: the configured one, or else a usual one.
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

    /// The owner of existing data. The account may have no name on this machine, as in a container with a mounted
    /// directory.
    pub fn of(data: &Metadata) -> Self {
        match User::from_uid(Uid::from_raw(data.uid())) {
            Ok(Some(user)) => Self::other(user),
            _ => Self { name: name_of(data.uid()), uid: data.uid(), gid: data.gid(), drop_to: true },
        }
    }

    /// A command that runs as this account in `dir`, with a minimal environment and no standard input.
    ///
    /// It runs in `dir`, because the account may not have access to our working directory. It has its own process
    /// group, because Ctrl-C in a terminal goes to the whole group, and only we should stop the server, in order.
    pub fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(dir).process_group(0).stdin(Stdio::null()).env_clear();
        command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        // A fixed time zone and language, so that all machines behave the same.
        command.env("TZ", "UTC").env("LC_ALL", "C").env("HOME", dir);
        if self.drop_to {
            // This also drops root's supplementary groups.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Makes this account the owner of a file that we have just created.
    pub fn hand_over(&self, file: &File) -> io::Result<()> {
        if self.drop_to { fchown(file, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Creates a folder that only this account can enter, or closes an existing one to others.
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

    /// Creates a folder for this account, or opens an existing one.
    ///
    /// An empty folder of root's is given to the account: another process may just have created it, and may have been
    /// killed before it could change the owner. A folder with content stays as it is.
    pub fn folder(&self, path: &Path) -> Result<File, Error> {
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(Error::io("create", path)(error));
            }
            _ => {}
        }
        // Opened without following links, then checked and changed by the handle, so that nobody can swap it meanwhile.
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

    /// Whether this account can enter a folder. This runs a process to find out, because access lists, mounts and
    /// security modules matter too.
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
