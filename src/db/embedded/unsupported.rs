//! The private PostgreSQL where there is none: on Windows the service needs `DATABASE_URL`.

use std::convert::Infallible;
use std::path::Path;

use super::{Error, Settings};

/// On this system no value of this type can exist: [`PrivatePostgres::start`] always fails.
pub struct PrivatePostgres(Infallible);

impl PrivatePostgres {
    /// Fails with a message that names `DATABASE_URL`.
    pub fn start(_settings: &Settings) -> Result<Self, Error> {
        Err(Error::Unsupported)
    }

    /// Never called: there is no value of this type.
    pub fn url(&self, _database: &str) -> String {
        match self.0 {}
    }

    /// Never called: there is no value of this type.
    pub fn data_dir(&self) -> &Path {
        match self.0 {}
    }

    /// Never called: there is no value of this type.
    pub fn version(&self) -> &str {
        match self.0 {}
    }

    /// Never called: there is no value of this type.
    pub fn stop(self) -> Result<(), Error> {
        match self.0 {}
    }
}
