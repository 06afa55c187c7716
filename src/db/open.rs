//! Opening the store: the configured database or the private PostgreSQL, migrated and ready.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use diesel::sql_types::Text;
use diesel::{ConnectionResult, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::Config;

use super::embedded::PrivatePostgres;
use super::{Db, embedded, establish, history, migrations};
use crate::config::{KEY_FILE, StoreSettings};
use crate::error::causes::chain;

/// The name of the private PostgreSQL's database and of its role.
pub const DATABASE: &str = "registry";

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The private PostgreSQL does not start.
    #[error(transparent)]
    Private(#[from] embedded::Error),
    /// The private PostgreSQL has lost the data that it had.
    #[error(
        "The private database in {} is missing, but its signing key {} still exists. Restore the folder, from a backup \
         if necessary. To start with an empty registry instead, move the key away as well, or choose another folder with \
         --data-dir.", data.display(), key.display()
    )]
    Vanished {
        /// Where the data should be.
        data: PathBuf,
        /// The signing key that still exists.
        key: PathBuf,
    },
    /// The database does not respond, or a migration fails.
    #[error("the database cannot be used: {0}")]
    Database(Box<dyn std::error::Error + Send + Sync>),
}

/// An open store. Dropping it stops the private PostgreSQL, so keep it for as long as the database is in use.
pub struct Store {
    /// The connection pool.
    pub db: Db,
    /// Connection string of the database, with its password.
    url: SecretString,
    /// Versions of the migrations that were applied on opening.
    pub migrated: Vec<String>,
    private: Option<PrivatePostgres>,
}

impl Store {
    /// Open the store that the settings name, and migrate it.
    pub async fn open(settings: &StoreSettings) -> Result<Self, OpenError> {
        Self::open_unless(settings, &Arc::default()).await
    }

    /// As [`Store::open`], cancelled when `given_up` becomes true. After that, closing the store does not wait either.
    pub async fn open_unless(settings: &StoreSettings, given_up: &Arc<AtomicBool>) -> Result<Self, OpenError> {
        let (url, private) = match &settings.database_url {
            Some(url) => (checked(url.expose_secret())?, None),
            None => {
                let private = start_private(settings, given_up).await?;
                (private.url(DATABASE), Some(private))
            }
        };
        let migrated = migrations::run(&url).await.map_err(OpenError::Database)?;
        let db =
            Db::new(&url, settings.database_connections.into()).map_err(|error| OpenError::Database(error.into()))?;
        if let Ok(mut connection) = establish(url.clone()).await {
            // A database that is read-only keeps its history.
            if let Err(error) = history::begin(&mut connection).await {
                log::info!("this start is not recorded in the history of the database: {error}");
            }
            warn_of_language(&mut connection).await;
        }
        Ok(Self { db, url: url.into(), migrated, private })
    }

    /// A connection outside the pool, for long work that no caller waits for.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        establish(self.url.expose_secret().to_owned()).await
    }

    /// The private PostgreSQL, if the store uses it.
    pub fn private(&self) -> Option<&PrivatePostgres> {
        self.private.as_ref()
    }

    /// Close the store. The last process to use the private PostgreSQL stops it.
    pub async fn close(self) -> Result<(), embedded::Error> {
        let Self { db, private, .. } = self;
        db.close();
        match private {
            // Stopping the server blocks.
            Some(private) => tokio::task::spawn_blocking(move || private.stop()).await.unwrap_or(Ok(())),
            None => Ok(()),
        }
    }
}

/// A connection string that can be read. The error names the setting, and repeats nothing of a string that may have a
/// password.
fn checked(url: &str) -> Result<String, OpenError> {
    let wrong = |why: &str| {
        let form = "DATABASE_URL (or --database-url) must have the form postgres://user:password@host/database";
        OpenError::Database(format!("{form}, or be left out for a private PostgreSQL: {why}").into())
    };
    if url.trim().is_empty() {
        return Err(wrong("it is empty"));
    }
    match url.parse::<Config>() {
        Ok(_) => Ok(url.to_owned()),
        Err(error) => Err(wrong(&chain(&error))),
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
    // The key is created after the database. A key without a database means that the data were lost, and a new database
    // would hide that.
    private.may_create = !key.exists();
    match tokio::task::spawn_blocking(move || PrivatePostgres::start(&private)).await {
        Ok(Err(embedded::Error::DataGone(data))) => Err(OpenError::Vanished { data, key }),
        Ok(started) => Ok(started?),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Warns if the server does not answer in English. The driver hides the codes of errors, so some are known by their
/// words, such as that of a full disk (`error::database`).
async fn warn_of_language(conn: &mut AsyncPgConnection) {
    let query = diesel::select(diesel::dsl::sql::<Text>("current_setting('lc_messages')"));
    let language: QueryResult<String> = query.get_result(conn).await;
    if let Ok(language) = language
        && !is_english(&language)
    {
        log::warn!(
            "the database answers in the language of {language}, so the service takes a full disk, for example, for a fault of \
             its own. Its administrator can mend that: ALTER ROLE <role> SET lc_messages = 'C'"
        );
    }
}

/// True for a locale whose messages are in English, such as `C.UTF-8` and `en_GB.utf8`.
fn is_english(locale: &str) -> bool {
    let language = locale.split(['.', '_', '@']).next().unwrap_or_default().to_lowercase();
    ["", "c", "posix", "en", "english"].contains(&language.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_of_a_server_is_known_by_its_locale() {
        for english in ["", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "en_GB", "English_United Kingdom.1252"] {
            assert!(is_english(english), "{english}");
        }
        for other in ["de_DE.utf8", "cy_GB.UTF-8", "fr_FR@euro", "German_Germany.1252", "ca_ES"] {
            assert!(!is_english(other), "{other}");
        }
    }
}
