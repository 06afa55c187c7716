//! The life cycle: start or join, watch over, leave or stop.

use std::path::Path;
use std::sync::Arc;

use super::error::Error;
use super::locks::{Gate, Users};
use super::server::{Running, Server};
use super::supervisor::Supervisor;
use super::{Settings, connection, data_dir};

/// A private PostgreSQL that runs for as long as this value, or another process that shares it,
/// lives.
///
/// A server that dies in the meantime is started again. Dropping the value leaves the server, and
/// stops it if nobody else uses it; [`PrivatePostgres::stop`] does the same and tells of errors.
/// Both block until it is done.
pub struct PrivatePostgres {
    server: Arc<Server>,
    running: Running,
    /// Both are there until the server is left.
    users: Option<Users>,
    supervisor: Option<Supervisor>,
}

impl PrivatePostgres {
    /// Starts the server on a data directory, or joins the one that runs there, and returns once it
    /// answers and has the database that the settings name.
    ///
    /// Blocks: some ten milliseconds to join, a tenth of a second to start, a second or two the
    /// first time. Call it from `spawn_blocking` in asynchronous code.
    pub fn start(settings: &Settings) -> Result<Self, Error> {
        let place = data_dir::find(settings)?;
        let server = Arc::new(Server::new(settings.clone(), place)?);
        let given_up = &settings.given_up;
        let gate = Gate::enter(&server.place, Gate::patience().unless(given_up))?;
        let users = Users::join(&server.place, &gate)?;
        let begun =
            server.bring_up(&gate, settings.may_create, Server::patience().unless(given_up)).and_then(|running| {
                let supervisor = Supervisor::start(Arc::clone(&server), running.socket_folder.clone())?;
                Ok((running, supervisor))
            });
        match begun {
            Ok((running, supervisor)) => {
                log::debug!("using PostgreSQL {} in {}", running.version, server.place.dir.display());
                Ok(Self { server, running, users: Some(users), supervisor: Some(supervisor) })
            }
            Err(error) => {
                // Leave nothing half started behind.
                if let Err(also) = leave(&server, users, &gate) {
                    log::warn!("{also}");
                }
                Err(error)
            }
        }
    }

    /// The address of a database on this server, for tokio-postgres, diesel-async and `psql`. The
    /// one that is sure to exist is the one that the settings name.
    pub fn url(&self, database: &str) -> String {
        connection::url(&self.running.socket_folder, &self.server.place.name, database)
    }

    /// The directory that the server and its data live in: the one asked for, unless the service
    /// runs as root and the account that runs the server cannot reach that one.
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
        // First of all, or it would start again what we stop.
        if let Some(supervisor) = self.supervisor.take() {
            supervisor.stop();
        }
        let Some(users) = self.users.take() else {
            return Ok(());
        };
        match Gate::enter(&self.server.place, Gate::patience().unless(self.server.given_up())) {
            Ok(gate) => leave(&self.server, users, &gate),
            // Somebody else is at it, and nobody waits any more: whoever is left stops the server.
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
