//! Shared by all tests: a server on a free port with its own database, and clients for every kind of caller.

pub mod client;
pub mod database;
pub mod issuer;
pub mod keys;
pub mod log;
pub mod many;
pub mod practice;
pub mod program;
pub mod records;
pub mod round_trips;
pub mod scratch;
pub mod times;
pub mod tokens;

use std::sync::Arc;
use std::time::Duration;

use ccin_registry::access::keys::Keys;
use ccin_registry::access::role::Role;
use ccin_registry::accounts::issuers::{Issuers, Timing};
use ccin_registry::accounts::sign_in::{store as sessions, token};
use ccin_registry::accounts::users;
use ccin_registry::accounts::users::model::UserUpdate;
use ccin_registry::app::cli::Cli;
use ccin_registry::app::server::Server;
use ccin_registry::config::ServeSettings;
use ccin_registry::db::Db;
use ccin_registry::http::limits::bucket::QuotaClock;
use ccin_registry::read_model::follower::ReadModel;
use ccin_registry::registry::references;
use clap::Parser;
pub use client::{Answer, Client};
use database::{Database, Template};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use governor::clock::FakeRelativeClock;
use scratch::LONG;
use uuid::Uuid;

/// Password of every user that tests create; it is hashed only once.
pub const PASSWORD: &str = "a password for the tests";

/// A running service with its own database. Dropping it stops the service and drops the database.
pub struct TestApp {
    /// Address of the service, without a path.
    pub url: String,
    /// Connections to the test's database.
    pub db: Db,
    /// Keys of the service, to create tokens that no sign-in would issue.
    pub keys: Arc<Keys>,
    /// Settings of the service.
    pub settings: ServeSettings,
    /// The clock of limits; it moves only when a test moves it.
    pub clock: FakeRelativeClock,
    /// The read model of the service.
    pub read_model: Arc<ReadModel>,
    /// The database, dropped last.
    pub database: Database,
    server: actix_web::dev::ServerHandle,
}

impl TestApp {
    /// A registry without councils, themes or initiatives.
    pub async fn empty() -> Self {
        Self::over(Template::Empty, &[]).await
    }

    /// A registry with the sample.
    pub async fn with_sample() -> Self {
        Self::over(Template::Sample, &[]).await
    }

    /// A registry with the sample, and settings as on the command line.
    pub async fn with_flags(flags: &[&str]) -> Self {
        Self::over(Template::Sample, flags).await
    }

    async fn over(template: Template, flags: &[&str]) -> Self {
        let database = Database::new(template).await;
        let url = database.url.clone();
        Self::behind(database, &url, flags)
    }

    /// A registry without records that accepts the tokens of these issuers, with the test's own timing.
    pub async fn with_issuers(issuers: &str, pace: &Timing) -> Self {
        let database = Database::new(Template::Empty).await;
        let url = database.url.clone();
        Self::paced(database, &url, &["--oidc-issuers", issuers], pace)
    }

    /// A service that reaches its database at another address, such as a proxy's.
    pub fn behind(database: Database, address: &str, flags: &[&str]) -> Self {
        Self::paced(database, address, flags, &Timing::default())
    }

    fn paced(database: Database, address: &str, flags: &[&str], pace: &Timing) -> Self {
        log::watch();
        let db = Db::new(address, 4).expect("a pool");
        let settings = settings(flags);
        let issuers = Issuers::with_timing(&settings, pace).expect("issuers");
        let clock = FakeRelativeClock::default();
        let keys = Keys::load(settings.signing_key.as_ref(), &database::scratch()).expect("keys");
        let moved = QuotaClock::Moved(clock.clone());
        let server =
            Server::build(db.clone(), keys.clone(), issuers, settings.clone(), moved, None).expect("a free port");
        let url = format!("http://{}", server.address);
        let handle = server.handle();
        let read_model = Arc::clone(&server.read_model);
        tokio::spawn(server.run());
        // Tests of an unavailable database start without it.
        let is_direct = address == database.url;
        let ready = read_model.ready(if is_direct { LONG } else { Duration::from_secs(5) });
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(ready));
        Self { url, db, keys: Arc::new(keys), settings, clock, database, read_model, server: handle }
    }

    /// Another instance of the service over the same database, with the same keys.
    pub async fn another_instance(&self, flags: &[&str]) -> Instance {
        let instance = self.starting_instance(flags);
        assert!(instance.read_model.ready(Duration::from_secs(20)).await, "the other instance is not ready");
        instance
    }

    /// The same; it may not have read the records yet.
    pub fn starting_instance(&self, flags: &[&str]) -> Instance {
        let db = Db::new(&self.database.url, 4).expect("a pool");
        let settings = settings(flags);
        let issuers = Issuers::with_timing(&settings, &Timing::default()).expect("issuers");
        let clock = QuotaClock::Moved(self.clock.clone());
        let server =
            Server::build(db.clone(), (*self.keys).clone(), issuers, settings, clock, None).expect("a free port");
        let url = format!("http://{}", server.address);
        let (handle, read_model) = (server.handle(), Arc::clone(&server.read_model));
        tokio::spawn(server.run());
        Instance { url, read_model, db, server: handle }
    }

    /// A caller without credentials.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// A caller with this token, valid or not.
    pub fn with_token(&self, token: &str) -> Client {
        Client::new(&self.url, Some(token.into()))
    }

    /// A new user with this role, signed in. Roles that need a council get this one.
    pub async fn signed_in(&self, role: Role, council: Option<&str>) -> Client {
        let (user, _) = self.user(role, council).await;
        self.with_token(&self.token(user).await)
    }

    /// A network admin.
    pub async fn admin(&self) -> Client {
        self.signed_in(Role::NetworkAdmin, None).await
    }

    /// A moderator.
    pub async fn moderator(&self) -> Client {
        self.signed_in(Role::Moderator, None).await
    }

    /// An editor of this council.
    pub async fn editor(&self, council: &str) -> Client {
        self.signed_in(Role::CouncilEditor, Some(council)).await
    }

    /// A new user with the tests' password; returns id and e-mail address.
    pub async fn user(&self, role: Role, council: Option<&str>) -> (Uuid, String) {
        let mut conn = self.db.get().await.expect("a connection");
        let council = match council {
            Some(council) => {
                let id = references::find_id(&mut conn, references::Resource::Council, council).await.expect("a query");
                Some(id.unwrap_or_else(|| panic!("no council {council}")))
            }
            None => None,
        };
        let email = format!("{}@tests.example", Uuid::now_v7());
        let user = UserUpdate { email: email.clone(), role, ..UserUpdate::default() };
        let id = users::store::create(&mut conn, &user, council, Some(&database::password_hash().await))
            .await
            .expect("a user");
        (id, email)
    }

    /// An access token for a user, with a session of its own.
    pub async fn token(&self, user: Uuid) -> String {
        let mut conn = self.db.get().await.expect("a connection");
        let hash = token::refresh_hash(&self.keys, &token::refresh_token());
        let session = sessions::begin_session(&mut conn, user, 1, hash).await.expect("a session");
        token::issue(&self.keys, &self.settings.issuer, user, session, 600).expect("a token")
    }

    /// Waits until this many statements in the test's database wait for a lock, or `is_over` reports that they never
    /// will.
    pub async fn until_waiting(&self, wanted: i64, is_over: impl Fn() -> bool) {
        let mut conn = self.db.get().await.expect("a connection");
        let mut waiting = 0;
        while waiting < wanted && !is_over() {
            let count = "(SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock')";
            let query = diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(count));
            waiting = query.get_result(&mut conn).await.expect("a count");
        }
    }

    /// Lets the issuer's tokens for this subject act as a user.
    pub async fn map(&self, user: Uuid, issuer: &str, subject: &str) {
        let row = format!("('{issuer}', '{subject}', '{user}')");
        self.sql(&format!("INSERT INTO external_identities (issuer, subject, user_id) VALUES {row}")).await;
    }

    /// Runs a statement in the test's database, for actions without an operation.
    pub async fn sql(&self, statement: &str) {
        let mut conn = self.db.get().await.expect("a connection");
        conn.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        self.settle().await;
    }

    /// Waits until the service shows all committed changes.
    pub async fn settle(&self) {
        while !self.read_model.settle().await {}
    }

    /// Makes the service reload everything, after statements that sent no notification.
    pub async fn reload(&self) {
        assert!(self.read_model.reload(Duration::from_secs(120)).await, "the records could not be read");
    }
}

/// Another instance of a running service.
pub struct Instance {
    /// Address of the instance, without a path.
    pub url: String,
    /// The read model of the instance.
    pub read_model: Arc<ReadModel>,
    db: Db,
    server: actix_web::dev::ServerHandle,
}

impl Instance {
    /// A caller without credentials.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url, None)
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.db.close();
        drop(self.server.stop(false));
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.db.close();
        // Not awaited: the runtime stops with the test and ends the server's tasks.
        drop(self.server.stop(false));
    }
}

/// Settings as on the command line.
pub fn settings(flags: &[&str]) -> ServeSettings {
    // Limits are high by default, so that other tests never reach them. Limits in `flags` take precedence.
    let generous = ["--limit-anonymous", "--limit-member", "--limit-officer", "--limit-bad-credentials"]
        .into_iter()
        .filter(|limit| !flags.contains(limit))
        .flat_map(|limit| [limit, "1000000"]);
    let defaults = ["ccin-registry", "--bind", "127.0.0.1:0", "--workers", "1"].into_iter();
    Cli::parse_from(defaults.chain(generous).chain(flags.iter().copied())).serve
}
