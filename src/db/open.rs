//! Opening the store: the database that a setting names, or the private PostgreSQL; migrated and ready.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use diesel::ConnectionResult;
use diesel_async::AsyncPgConnection;
use secrecy::{ExposeSecret, SecretString};

use super::embedded::PrivatePostgres;
use super::{Db, embedded, establish, migrations};
use crate::config::{KEY_FILE, StoreSettings};

/// The database of the private PostgreSQL, and its role.
pub const DATABASE: &str = "registry";

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The private PostgreSQL does not start.
    #[error(transparent)]
    Private(#[from] embedded::Error),
    /// The private PostgreSQL has no data, although it once had some.
    #[error(
        "The private database in {} has vanished, but the signing key {} that was made for it is there. Put the folder back, \
         from a backup if need be. To begin with an empty registry instead, move the key away as well, or choose another \
         folder with --data-dir.", data.display(), key.display()
    )]
    Vanished {
        /// Where the data should be.
        data: PathBuf,
        /// The key that is there.
        key: PathBuf,
    },
    /// The database does not answer, or does not migrate.
    #[error("the database cannot be used: {0}")]
    Database(Box<dyn std::error::Error + Send + Sync>),
}

/// An open store. Keep it for as long as the database is used: dropping it stops the private PostgreSQL.
pub struct Store {
    /// Connections.
    pub db: Db,
    /// Address of the database; holds its password.
    url: SecretString,
    /// Versions of the migrations that were applied now.
    pub migrated: Vec<String>,
    private: Option<PrivatePostgres>,
}

impl Store {
    /// Open the store that the settings name and bring it up to date.
    pub async fn open(settings: &StoreSettings) -> Result<Self, OpenError> {
        Self::open_unless(settings, &Arc::default()).await
    }

    /// The same, ended early when `given_up` becomes true; it also makes closing the store a matter of a moment.
    pub async fn open_unless(settings: &StoreSettings, given_up: &Arc<AtomicBool>) -> Result<Self, OpenError> {
        let (url, private) = match &settings.database_url {
            Some(url) => (url.expose_secret().to_owned(), None),
            None => {
                let private = start_private(settings, given_up).await?;
                (private.url(DATABASE), Some(private))
            }
        };
        let migrated = migrations::run(&url).await.map_err(OpenError::Database)?;
        let db =
            Db::new(&url, settings.database_connections.into()).map_err(|error| OpenError::Database(error.into()))?;
        Ok(Self { db, url: url.into(), migrated, private })
    }

    /// A connection outside the pool, for work that takes as long as it takes: no caller waits for an answer.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        establish(self.url.expose_secret().to_owned()).await
    }

    /// The private PostgreSQL, if this is it.
    pub fn private(&self) -> Option<&PrivatePostgres> {
        self.private.as_ref()
    }

    /// Close the store; the last user stops the private PostgreSQL.
    pub async fn close(self) -> Result<(), embedded::Error> {
        let Self { db, private, .. } = self;
        db.close();
        match private {
            // Waiting for the server to stop blocks.
            Some(private) => tokio::task::spawn_blocking(move || private.stop()).await.unwrap_or(Ok(())),
            None => Ok(()),
        }
    }
}

async fn start_private(settings: &StoreSettings, given_up: &Arc<AtomicBool>) -> Result<PrivatePostgres, OpenError> {
    let key = settings.data_dir().join(KEY_FILE);
    let mut private = embedded::Settings::new(DATABASE, settings.data_dir().join("postgres"));
    private.bin_dir.clone_from(&settings.postgres_bin);
    private.run_as.clone_from(&settings.postgres_user);
    private.allow_download = !settings.no_download;
    private.announce = |line| eprintln!("{line}");
    private.given_up = Arc::clone(given_up);
    // The key is made after the database. Where it is alone, the database was lost, and a new one would hide that.
    private.may_create = !key.exists();
    match tokio::task::spawn_blocking(move || PrivatePostgres::start(&private)).await {
        Ok(Err(embedded::Error::DataGone(data))) => Err(OpenError::Vanished { data, key }),
        Ok(started) => Ok(started?),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
