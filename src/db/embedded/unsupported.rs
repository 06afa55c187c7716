//! The private PostgreSQL on systems that cannot run it: on Windows the service needs `DATABASE_URL`.

use std::convert::Infallible;
use std::path::Path;

use super::{Error, Settings};

/// A type without values on this system: [`PrivatePostgres::start`] always fails.
pub struct PrivatePostgres(Infallible);

impl PrivatePostgres {
    /// Fails with a message that names `DATABASE_URL`.
    pub fn start(_settings: &Settings) -> Result<Self, Error> {
        Err(Error::Unsupported)
    }

    /// Never called: the type has no values.
    pub fn url(&self, _database: &str) -> String {
        match self.0 {}
    }

    /// Never called: the type has no values.
    pub fn data_dir(&self) -> &Path {
        match self.0 {}
    }

    /// Never called: the type has no values.
    pub fn version(&self) -> &str {
        match self.0 {}
    }

    /// Never called: the type has no values.
    pub fn stop(self) -> Result<(), Error> {
        match self.0 {}
    }
}
