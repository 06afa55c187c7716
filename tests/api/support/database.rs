//! Databases for tests: one private PostgreSQL for each process, and one database per test, copied from a migrated
//! template.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use ccin_registry::accounts::sign_in::password;
use ccin_registry::api::routes::document;
use ccin_registry::app::sample;
use ccin_registry::db;
use ccin_registry::db::embedded::{PrivatePostgres, Settings};
use ccin_registry::db::open::DATABASE;
use ccin_registry::db::{Db, migrations};
use ccin_registry::http::input::Schemas;
use diesel_async::SimpleAsyncConnection;
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use uuid::Uuid;

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
    // Keeps the server running while any test needs it; the last one stops it.
    server: Arc<PrivatePostgres>,
}

impl Database {
    /// A new database.
    pub async fn new(template: Template) -> Self {
        super::times::watch();
        let server = tokio::task::spawn_blocking(server).await.expect("the private PostgreSQL starts");
        let name = format!("test_{}_{}", std::process::id(), Uuid::now_v7().simple());
        let source = match template {
            Template::Blank => "template0",
            Template::Empty => prepared(&EMPTY, Template::Empty, &server).await,
            Template::Sample => prepared(&SAMPLE, Template::Sample, &server).await,
        };
        admin(&server, &format!("CREATE DATABASE {name} TEMPLATE {source}")).await;
        Self { url: server.url(&name), name, server }
    }

    /// A new registry without records, on the test's own server.
    pub async fn on(server: Arc<PrivatePostgres>) -> Self {
        let name = format!("test_{}_{}", std::process::id(), Uuid::now_v7().simple());
        admin(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        migrations::run(&server.url(&name)).await.expect("the migrations");
        Self { url: server.url(&name), name, server }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (Arc::clone(&self.server), self.name.clone());
        // The test's runtime may already be stopping, so a small separate one drops the database.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(admin(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
        });
        let _ = dropping.join();
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

static EMPTY: OnceCell<String> = OnceCell::const_new();
static SAMPLE: OnceCell<String> = OnceCell::const_new();

/// The server that all tests share: starts with the first, stops with the last.
fn server() -> Arc<PrivatePostgres> {
    static RUNNING: Mutex<Weak<PrivatePostgres>> = Mutex::new(Weak::new());
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(server) = running.upgrade() {
        return server;
    }
    let settings = Settings { durable: false, announce: |_| {}, ..Settings::new(DATABASE, scratch().join("postgres")) };
    let server = Arc::new(PrivatePostgres::start(&settings).expect("the private PostgreSQL starts"));
    *running = Arc::downgrade(&server);
    server
}

/// Name of a template database, created if missing. The name includes a digest of everything in it.
async fn prepared(cell: &'static OnceCell<String>, template: Template, server: &PrivatePostgres) -> &'static str {
    cell.get_or_init(|| async {
        sweep(server).await;
        let name = format!("template_{}_{}", if template == Template::Sample { "sample" } else { "empty" }, digest());
        make_template(&name, template, server).await;
        name
    })
    .await
}

async fn make_template(name: &str, template: Template, server: &PrivatePostgres) {
    let mut conn = db::establish(server.url(DATABASE)).await.expect("a connection");
    // Another test process may be creating the same template.
    conn.batch_execute("SET statement_timeout = 0; SELECT pg_advisory_lock(20261122)").await.expect("the lock");
    if exists(server, name).await {
        return;
    }
    let part = format!("{name}_part");
    admin(server, &format!("DROP DATABASE IF EXISTS {part} WITH (FORCE)")).await;
    admin(server, &format!("CREATE DATABASE {part} TEMPLATE template0")).await;
    migrations::run(&server.url(&part)).await.expect("the migrations");
    if template == Template::Sample {
        let db = Db::new(&server.url(&part), 2).expect("a pool");
        let schemas = Schemas::new(&document().value);
        sample::load(&mut db.get().await.expect("a connection"), &schemas).await.expect("the sample");
        db.close();
    }
    admin(server, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{part}'")).await;
    admin(server, &format!("ALTER DATABASE {part} RENAME TO {name}")).await;
}

/// Digest of a template's content: migrations, sample and vocabulary of types.
fn digest() -> String {
    let mut digest = Sha256::new();
    let entries = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).expect("migrations").flatten();
    for folder in entries.filter(|entry| entry.path().is_dir()) {
        digest.update(folder.file_name().as_encoded_bytes());
        digest.update(std::fs::read(folder.path().join("up.sql")).expect("up.sql"));
    }
    digest.update(sample::COUNCILS);
    digest.update(sample::THEMES);
    for (name, text) in sample::INITIATIVES {
        digest.update(name);
        digest.update(text);
    }
    digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Drops databases of test processes that were killed.
async fn sweep(server: &PrivatePostgres) {
    use diesel_async::RunQueryDsl;
    let mut conn = db::establish(server.url(DATABASE)).await.expect("a connection");
    let names: Vec<String> = diesel::dsl::sql::<diesel::sql_types::Text>(
        "SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%'",
    )
    .load(&mut conn)
    .await
    .expect("the names");
    for name in names {
        let owner = name.split('_').nth(1).and_then(|pid| pid.parse::<i32>().ok()).unwrap_or_default();
        let alive = nix::sys::signal::kill(nix::unistd::Pid::from_raw(owner), None).is_ok();
        if owner > 0 && !alive {
            admin(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

async fn exists(server: &PrivatePostgres, name: &str) -> bool {
    use diesel_async::RunQueryDsl;
    let mut conn = db::establish(server.url(DATABASE)).await.expect("a connection");
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(&format!(
        "EXISTS (SELECT 1 FROM pg_database WHERE datname = '{name}')"
    )))
    .get_result(&mut conn)
    .await
    .expect("an answer")
}

async fn admin(server: &PrivatePostgres, statement: &str) {
    let mut conn = db::establish(server.url(DATABASE)).await.expect("a connection");
    conn.batch_execute("SET statement_timeout = '60s'").await.expect("a setting");
    conn.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
}
