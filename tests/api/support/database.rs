//! Databases for tests: one private PostgreSQL for each process, and one database per test, copied from a migrated
//! template.
//!
//! The templates are kept below `target`. The server runs on a copy of them, in memory where there is room.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ccin_registry::accounts::sign_in::password;
use ccin_registry::api::routes::schemas;
use ccin_registry::app::sample;
use ccin_registry::db;
use ccin_registry::db::embedded::{PrivatePostgres, Settings};
use ccin_registry::db::open::DATABASE;
use ccin_registry::db::{Db, migrations};
use diesel_async::SimpleAsyncConnection;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::scratch::Scratch;

/// Initial content of a test's database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Template {
    /// Nothing, not even tables.
    Blank,
    /// Tables and vocabularies.
    Empty,
    /// The sample registry.
    Sample,
}

/// A test's own database, dropped with the value.
pub struct Database {
    /// Address of the database.
    pub url: String,
    name: String,
    // Keeps the server running while any test needs it; the last one stops it, and then removes its data.
    server: Arc<PrivatePostgres>,
    _folder: Option<Arc<Scratch>>,
}

impl Database {
    /// A new database.
    pub async fn new(template: Template) -> Self {
        super::times::watch();
        let (server, folder) = tokio::task::spawn_blocking(server).await.expect("the private PostgreSQL starts");
        let name = format!("test_{}", Uuid::now_v7().simple());
        admin(&server, &format!("CREATE DATABASE {name} TEMPLATE {}", template.name())).await;
        Self { url: server.url(&name), name, server, _folder: Some(folder) }
    }

    /// A new registry without records, on the test's own server.
    pub async fn on(server: Arc<PrivatePostgres>) -> Self {
        let name = format!("test_{}", Uuid::now_v7().simple());
        admin(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        migrations::run(&server.url(&name)).await.expect("the migrations");
        Self { url: server.url(&name), name, server, _folder: None }
    }
}

impl Template {
    /// The database to copy.
    fn name(self) -> &'static str {
        match self {
            Self::Blank => "template0",
            Self::Empty => "template_empty",
            Self::Sample => "template_sample",
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A server that is gone has no database to drop.
        let _ = on_a_thread_of_its_own(admin(&self.server, &statement));
    }
}

/// A folder for all tests, which they can write to.
pub fn scratch() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// Hash of the tests' password.
pub async fn password_hash() -> String {
    static HASH: OnceCell<String> = OnceCell::const_new();
    HASH.get_or_init(|| async { password::hash(super::PASSWORD.into()).await.expect("a hash") }).await.clone()
}

/// The server that all tests of this process share, and the folder of its data.
type Shared = (Arc<PrivatePostgres>, Arc<Scratch>);

/// The shared server: starts with the first test, on a copy of the templates, and stops with the last.
fn server() -> Shared {
    static RUNNING: Mutex<(Weak<PrivatePostgres>, Weak<Scratch>)> = Mutex::new((Weak::new(), Weak::new()));
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let (Some(server), Some(folder)) = (running.0.upgrade(), running.1.upgrade()) {
        return (server, folder);
    }
    // A former server may still be leaving its folder.
    let folder = Scratch::new(&format!("databases-{}", Uuid::now_v7().simple()));
    let copied = Command::new("cp").arg("-a").arg(templates()).arg(folder.dir()).status().expect("cp");
    assert!(copied.success(), "the templates are copied");
    let server = Arc::new(PrivatePostgres::start(&folder.settings()).expect("the private PostgreSQL starts"));
    let folder = Arc::new(folder);
    *running = (Arc::downgrade(&server), Arc::downgrade(&folder));
    (server, folder)
}

/// Data of a server that has the templates. Made once for their content, and kept below `target`.
fn templates() -> PathBuf {
    let folder = scratch().join(format!("templates-{}", digest()));
    let lock = File::create(scratch().join("templates.lock")).expect("a lock");
    // Another test process may be making the same.
    lock.lock().expect("the lock");
    if !folder.exists() {
        for old in fs::read_dir(scratch()).expect("the scratch folder").flatten() {
            if old.path().is_dir() && old.file_name().to_string_lossy().starts_with("templates-") {
                fs::remove_dir_all(old.path()).expect("old templates are removed");
            }
        }
        let part = scratch().join("templates-part");
        let settings = Settings { durable: false, announce: |_| {}, ..Settings::new(DATABASE, &part) };
        let server = PrivatePostgres::start(&settings).expect("the private PostgreSQL starts");
        for template in [Template::Empty, Template::Sample] {
            assert!(on_a_thread_of_its_own(make_template(template, &server)), "the template is made");
        }
        server.stop().expect("the private PostgreSQL stops");
        fs::rename(part, &folder).expect("the templates are ready");
    }
    folder
}

async fn make_template(template: Template, server: &PrivatePostgres) {
    let name = template.name();
    admin(server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
    migrations::run(&server.url(name)).await.expect("the migrations");
    if template == Template::Sample {
        let db = Db::new(&server.url(name), 2).expect("a pool");
        sample::load(&mut db.get().await.expect("a connection"), &schemas()).await.expect("the sample");
        db.close();
    }
}

/// Runs work where a runtime may already run, or be stopping. False if it panicked.
fn on_a_thread_of_its_own(work: impl Future<Output = ()> + Send) -> bool {
    std::thread::scope(|scope| {
        let working = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.expect("a runtime");
            runtime.block_on(work);
        });
        working.join().is_ok()
    })
}

/// Digest of a template's content: migrations, sample and vocabulary of types.
fn digest() -> String {
    let mut digest = Sha256::new();
    let entries = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).expect("migrations").flatten();
    for folder in entries.filter(|entry| entry.path().is_dir()) {
        digest.update(folder.file_name().as_encoded_bytes());
        digest.update(std::fs::read(folder.path().join("up.sql")).expect("up.sql"));
    }
    for text in [
        sample::COUNCILS,
        sample::LOCAL_AUTHORITIES,
        sample::OTHER_COUNCILS,
        sample::COUNCIL_CHANGES,
        sample::MEMBERSHIPS,
        sample::ORGANISATIONS,
        sample::THEMES,
    ] {
        digest.update(text);
    }
    for (name, text) in sample::INITIATIVES {
        digest.update(name);
        digest.update(text);
    }
    digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn admin(server: &PrivatePostgres, statement: &str) {
    let mut conn = db::establish(server.url(DATABASE)).await.expect("a connection");
    conn.batch_execute("SET statement_timeout = '60s'").await.expect("a setting");
    conn.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}
