//! The private PostgreSQL of the benchmark, with seed databases that remain for the next run.
//!
//! Each run measures copies of them, so that records created in one run do not slow the next.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::time::Instant;

use ccin_registry::access::keys::Keys;
use ccin_registry::access::role::Role;
use ccin_registry::accounts::sign_in::{store as sessions, token};
use ccin_registry::accounts::users::model::UserUpdate;
use ccin_registry::accounts::users::store as users;
use ccin_registry::db;
use ccin_registry::db::embedded::{PrivatePostgres, Settings};
use ccin_registry::db::migrations;
use ccin_registry::db::open::DATABASE;
use tokio_postgres::{Client, NoTls};

use crate::generate::tables::Failure;
use crate::generate::words::Known;
use crate::{generate, plain};

const SEED: u64 = 20_261_122;
/// Names of the databases of a run.
const SERVICE_DATABASE: &str = "bench_service";
const PLAIN_DATABASE: &str = "bench_plain";

/// Databases ready for measurements.
pub struct Databases {
    server: PrivatePostgres,
    /// Connection string of the service's database.
    pub service: String,
    /// Connection string of the plain program's database.
    pub plain: String,
    /// The main process of PostgreSQL, whose children are the backends.
    pub pid: u32,
    /// Search words that occur in the records.
    pub known: Known,
}

impl Databases {
    /// Start PostgreSQL in the folder, create missing seed databases of this size, and copy them.
    pub async fn open(folder: &Path, records: usize) -> Result<Self, Failure> {
        let settings = Settings::new(DATABASE, folder.join("postgres"));
        let server = tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings)).await??;
        let pid = postmaster(server.data_dir()).unwrap_or(0);
        let admin = connect(&server.url(DATABASE)).await?;
        let print = fingerprint()?;
        let (seed, plain_seed) = (format!("seed_{records}_{print}"), format!("plain_{records}_{print}"));
        if comment(&admin, &seed).await?.is_none() {
            let began = Instant::now();
            copy(&admin, "template0", &seed).await?;
            migrations::run(&server.url(&seed)).await?;
            let known = generate::fill(&connect(&server.url(&seed)).await?, records, SEED).await?;
            let known = serde_json::to_string(&known)?.replace('\'', "''");
            // The comment also marks the database as complete.
            admin.batch_execute(&format!("COMMENT ON DATABASE {seed} IS '{known}'")).await?;
            eprintln!("{records} initiatives in {:.1} s", began.elapsed().as_secs_f64());
        }
        if comment(&admin, &plain_seed).await?.is_none() {
            copy(&admin, &seed, &plain_seed).await?;
            let client = connect(&server.url(&plain_seed)).await?;
            client.batch_execute("SET statement_timeout = 0").await?;
            client.batch_execute(plain::PREPARE).await?;
            client.batch_execute("VACUUM (ANALYZE)").await?;
            admin.batch_execute(&format!("COMMENT ON DATABASE {plain_seed} IS 'whole'")).await?;
        }
        let known = serde_json::from_str(&comment(&admin, &seed).await?.unwrap_or_default())?;
        copy(&admin, &seed, SERVICE_DATABASE).await?;
        copy(&admin, &plain_seed, PLAIN_DATABASE).await?;
        let (service, plain) = (server.url(SERVICE_DATABASE), server.url(PLAIN_DATABASE));
        Ok(Self { server, service, plain, pid, known })
    }

    /// Names of records, for requests.
    pub async fn names(&self) -> Result<Names, Failure> {
        let client = connect(&self.service).await?;
        let texts = async |query: &str| -> Result<Vec<String>, Failure> {
            Ok(client.query(query, &[]).await?.iter().map(|row| row.get(0)).collect())
        };
        let seen = "withdrawn_at IS NULL AND effective_visibility = 'public'";
        Ok(Names {
            slugs: texts(&format!("SELECT slug FROM initiatives WHERE {seen} ORDER BY md5(slug)")).await?,
            ids: texts(&format!("SELECT id::text FROM initiatives WHERE {seen} ORDER BY md5(slug)")).await?,
            themes: texts("SELECT slug FROM themes ORDER BY slug").await?,
            councils: texts("SELECT slug FROM councils WHERE latitude IS NOT NULL ORDER BY slug").await?,
            principles: texts("SELECT slug FROM principles WHERE scheme = 'ccin' ORDER BY slug").await?,
        })
    }

    /// The access token of a new network admin, signed with the key in the service's data directory.
    pub async fn token(&self, data: &Path, issuer: &str) -> Result<String, Failure> {
        let keys = Keys::load(None, data)?;
        let mut conn = db::establish(self.service.clone()).await?;
        let admin =
            UserUpdate { email: "bench@bench.example".into(), role: Role::NetworkAdmin, ..UserUpdate::default() };
        let user = users::create(&mut conn, &admin, None, None).await.map_err(|error| error.to_string())?;
        let hash = token::refresh_hash(&keys, &token::refresh_token());
        let session = sessions::begin_session(&mut conn, user, 1, hash).await.map_err(|error| error.to_string())?;
        Ok(token::issue(&keys, issuer, user, session, 12 * 3600).map_err(|error| error.to_string())?)
    }

    /// Drop the copies and stop PostgreSQL.
    pub async fn close(self) -> Result<(), Failure> {
        let admin = connect(&self.server.url(DATABASE)).await?;
        for name in [SERVICE_DATABASE, PLAIN_DATABASE] {
            admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        }
        drop(admin);
        Ok(tokio::task::spawn_blocking(move || self.server.stop()).await??)
    }
}

/// Names of records.
pub struct Names {
    /// Slugs of public initiatives.
    pub slugs: Vec<String>,
    /// Their ids.
    pub ids: Vec<String>,
    /// Slugs of themes.
    pub themes: Vec<String>,
    /// Slugs of councils.
    pub councils: Vec<String>,
    /// Slugs of principles.
    pub principles: Vec<String>,
}

/// Open a connection.
pub async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn comment(admin: &Client, database: &str) -> Result<Option<String>, Failure> {
    let query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1";
    Ok(admin.query_opt(query, &[&database]).await?.and_then(|row| row.get(0)))
}

async fn copy(admin: &Client, from: &str, to: &str) -> Result<(), Failure> {
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {to} WITH (FORCE)")).await?;
    Ok(admin.batch_execute(&format!("CREATE DATABASE {to} TEMPLATE {from}")).await?)
}

/// A hash of everything that determines the content of the seed databases.
fn fingerprint() -> Result<String, Failure> {
    let mut hasher = DefaultHasher::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in fs::read_dir(root.join("migrations"))? {
        files.push(folder?.path().join("up.sql"));
    }
    // The folder also holds the list of checksums.
    files.retain(|file| file.exists());
    files.extend(["generate.rs", "tables.rs", "words.rs"].map(|name| root.join("benches/support").join(name)));
    files.push(root.join("benches/service/plain/queries.rs"));
    files.sort();
    for file in files {
        fs::read(file)?.hash(&mut hasher);
    }
    Ok(format!("{:08x}", hasher.finish() as u32))
}

/// The process id in PostgreSQL's `postmaster.pid`.
fn postmaster(folder: &Path) -> Option<u32> {
    let files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut places = files.map(|path| path.join("postmaster.pid")).chain([folder.join("postmaster.pid")]);
    let text = places.find_map(|path| fs::read_to_string(path).ok())?;
    text.lines().next()?.trim().parse().ok()
}
