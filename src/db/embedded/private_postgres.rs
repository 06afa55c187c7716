//! The life cycle: start or join, monitor, leave or stop.

use std::path::Path;
use std::sync::Arc;

use super::error::Error;
use super::locks::{Gate, Users};
use super::server::{Running, Server};
use super::supervisor::Supervisor;
use super::{Settings, connection, data_dir};

/// A private PostgreSQL that runs until this value and those of all other processes that share it are dropped.
///
/// A server that dies in the meantime is restarted. Dropping the value leaves the server, and stops it if no other
/// process uses it. [`PrivatePostgres::stop`] does the same and returns errors. Both block until done.
pub struct PrivatePostgres {
    server: Arc<Server>,
    running: Running,
    /// This field and the next are set until the server is left.
    users: Option<Users>,
    supervisor: Option<Supervisor>,
}

impl PrivatePostgres {
    /// Starts the server on a data directory, or joins a running one. Returns once it is ready and has the database
    /// that the settings name.
    ///
    /// Blocks: about 10 ms to join, 100 ms to start, one or two seconds the first time. Call it from `spawn_blocking`
    /// in asynchronous code.
    pub fn start(settings: &Settings) -> Result<Self, Error> {
        let place = data_dir::find(settings)?;
        let server = Arc::new(Server::new(settings.clone(), place)?);
        let given_up = &settings.given_up;
        let gate = Gate::enter(&server.place, Gate::deadline().cancelled_by(given_up))?;
        let users = Users::join(&server.place, &gate)?;
        let begun = server.bring_up(&gate, settings.may_create, Server::deadline().cancelled_by(given_up)).and_then(
            |running| {
                let supervisor = Supervisor::start(Arc::clone(&server), running.socket_folder.clone())?;
                Ok((running, supervisor))
            },
        );
        match begun {
            Ok((running, supervisor)) => {
                log::debug!("using PostgreSQL {} in {}", running.version, server.place.dir.display());
                Ok(Self { server, running, users: Some(users), supervisor: Some(supervisor) })
            }
            Err(error) => {
                // Do not leave a half-started server behind.
                if let Err(also) = leave(&server, users, &gate) {
                    log::warn!("{also}");
                }
                Err(error)
            }
        }
    }

    /// The connection string of a database on this server, for tokio-postgres, diesel-async and `psql`. Only the
    /// database that the settings name is certain to exist.
    pub fn url(&self, database: &str) -> String {
        connection::url(&self.running.socket_folder, &self.server.place.name, database)
    }

    /// The directory of the server and its data. It differs from the requested one if the service runs as root and the
    /// server's account cannot reach that one.
    pub fn data_dir(&self) -> &Path {
        &self.server.place.dir
    }

    /// The version of the server, such as `15.18`.
    pub fn version(&self) -> &str {
        &self.running.version
    }

    /// Leaves the server, and stops it if no other process uses it. Blocks until it has ended.
    pub fn stop(mut self) -> Result<(), Error> {
        self.leave()
    }

    fn leave(&mut self) -> Result<(), Error> {
        // Stop the supervisor first, because it would restart the server.
        if let Some(supervisor) = self.supervisor.take() {
            supervisor.stop();
        }
        let Some(users) = self.users.take() else {
            return Ok(());
        };
        match Gate::enter(&self.server.place, Gate::deadline().cancelled_by(self.server.given_up())) {
            Ok(gate) => leave(&self.server, users, &gate),
            // Another process holds the gate, and the wait was cancelled. The remaining process stops the server.
            Err(Error::GivenUp) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn leave(server: &Server, users: Users, gate: &Gate) -> Result<(), Error> {
    if users.leave(gate)? { server.stop(gate) } else { Ok(()) }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if let Err(error) = self.leave() {
            log::error!("{error}");
        }
    }
}

impl std::fmt::Debug for PrivatePostgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrivatePostgres").field("url", &self.url(&self.server.place.name)).finish_non_exhaustive()
    }
}
