//! The command line: serve by default, and what an operator does besides.

use std::io::{IsTerminal, Read, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::{Args, Parser, Subcommand};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use crate::audit::command::AuditCommand;
use crate::audit::model::{Action, RecordKind};
use crate::audit::store::record;
use crate::audit::subject::{Actor, Subject};
use crate::auth::caller::Reach;
use crate::auth::issuers::Issuers;
use crate::auth::keys::Keys;
use crate::auth::password;
use crate::config::{ServeSettings, StoreSettings};
use crate::db::opened::Store;
use crate::error::ApiError;
use crate::import::command::ImportCommand;
use crate::input::{Draft, Schemas};
use crate::limits::bucket::Clock;
use crate::openapi::Document;
use crate::sample::{self, Loaded, SampleError};
use crate::screen;
use crate::server::Server;
use crate::signals::{self, Signals};
use crate::tls::Certificate;
use crate::users::model::{NewUser, Role};
use crate::{health, refs, users};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The CCIN registry: the public record of what UK co-operative councils do.
#[derive(Debug, Parser)]
#[command(name = "ccin-registry", version, about, long_about = None, max_term_width = 110)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    store: StoreSettings,
    #[command(flatten)]
    /// How the service serves.
    pub serve: ServeSettings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the registry (the default).
    ///
    /// With no database named, brings up a private PostgreSQL, loads the sample registry into it when it is empty, and
    /// makes the first network admin.
    Serve,
    /// Bring the database up to date and stop.
    Migrate,
    /// Ask the service that listens at --bind whether it is well; for the health check of a container.
    Health,
    /// Write the OpenAPI document to openapi/openapi.json, or to FILE.
    Openapi {
        /// Where to write; `-` is standard output.
        #[arg(default_value = "openapi/openapi.json")]
        file: PathBuf,
    },
    /// The sample registry.
    Sample {
        #[command(subcommand)]
        command: SampleCommand,
    },
    /// People who sign in.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Files of others: boundaries, councils.
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// The audit trail.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Debug, Subcommand)]
enum SampleCommand {
    /// Load the sample into an empty registry, all or nothing.
    Load,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Enter a user.
    Create(CreateUser),
    /// Disable a user: every session ends at once.
    Disable {
        /// E-mail address of the account.
        #[arg(long)]
        email: String,
    },
    /// Set a user's password: every session ends at once.
    SetPassword {
        /// E-mail address of the account.
        #[arg(long)]
        email: String,
        /// Read the password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

#[derive(Args, Debug)]
struct CreateUser {
    /// E-mail address; the user signs in with it.
    #[arg(long)]
    email: String,
    /// What the user may do.
    #[arg(long, value_enum)]
    role: Role,
    /// Council that the user is bound to: slug, id or GSS code.
    #[arg(long)]
    council: Option<String>,
    /// Read the password from standard input.
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl Cli {
    /// Do what was asked.
    pub async fn run(self) -> Result<(), Failure> {
        let keys = || Keys::load(self.serve.signing_key.as_ref(), &self.store.data_dir());
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(self.store, self.serve).await,
            Command::Openapi { file } => write_document(&file),
            Command::Health => ask_health(self.serve.bind, self.serve.tls_cert.is_some()).await,
            Command::Migrate => {
                let store = Store::open(&self.store).await?;
                println!("{} migrations applied; the database is up to date.", store.migrated.len());
                Ok(store.close().await?)
            }
            Command::Sample { command: SampleCommand::Load } => {
                let keys = keys()?;
                let store = Store::open(&self.store).await?;
                let loaded = load_sample(&store, &keys).await;
                store.close().await?;
                println!("{}", screen::loaded(&loaded?));
                Ok(())
            }
            Command::User { command } => {
                let keys = keys()?;
                let store = Store::open(&self.store).await?;
                let done = manage_user(&store, &keys, command).await;
                store.close().await?;
                println!("{}", done?);
                Ok(())
            }
            Command::Import { command } => {
                let keys = keys()?;
                let schemas = Schemas::new(&Document::new().value);
                let store = Store::open(&self.store).await?;
                let done = command.run(&mut store.connect().await?, &keys, &schemas).await;
                store.close().await?;
                println!("{}", done?);
                Ok(())
            }
            Command::Audit { command } => {
                let keys = keys()?;
                let store = Store::open(&self.store).await?;
                let done = command.run(&mut store.connect().await?, keys).await;
                store.close().await?;
                println!("{}", done?);
                Ok(())
            }
        }
    }
}

async fn serve(store_settings: StoreSettings, settings: ServeSettings) -> Result<(), Failure> {
    let began = Instant::now();
    let mut signals = Signals::listen()?;
    let keys = Keys::load(settings.signing_key.as_ref(), &store_settings.data_dir())?;
    let issuers = Issuers::new(&settings)?;
    let certificate = certificate(&settings)?;
    let at_hangup = certificate.clone();
    // With nothing to read again it must be heard as well: it would end the service.
    signals::at_hangup(move || read_again(at_hangup.as_deref()))?;
    let store = Store::open(&store_settings).await?;
    // The port first: a start that ends here must not have shown nobody the first password.
    let bind = settings.bind;
    let server = Server::build(store.db.clone(), keys.clone(), issuers, settings, Clock::running(), certificate)
        .map_err(|error| format!("cannot listen on {bind}: {error}. Choose another address with --bind."))?;
    // Whoever gives up during a long first start leaves no server behind either.
    let first = tokio::select! {
        first = first_start(&store, &keys) => first?,
        () = signals.next() => return Ok(store.close().await?),
    };
    let stopping = tokio::spawn(signals::stop(signals, server.handle()));
    let (url, read_model) = (server.url(), Arc::clone(&server.read_model));
    // Whoever asks meanwhile is told to come again.
    let first_screen = async {
        screen::until_ready(&read_model).await;
        // With what this start itself has written.
        read_model.settle().await;
        screen::show(&url, &store, &first, &read_model, began.elapsed());
        std::future::pending::<()>().await;
    };
    let served = tokio::select! {
        served = server.run() => served,
        () = first_screen => Ok(()),
    };
    stopping.abort();
    let closed = store.close().await;
    served?;
    Ok(closed?)
}

fn certificate(settings: &ServeSettings) -> Result<Option<Arc<Certificate>>, Failure> {
    match (&settings.tls_cert, &settings.tls_key) {
        (Some(certificate), Some(key)) => Ok(Some(Arc::new(Certificate::load(certificate, key)?))),
        (None, None) => Ok(None),
        _ => Err("--tls-cert and --tls-key need each other".into()),
    }
}

fn read_again(certificate: Option<&Certificate>) {
    match certificate.map(Certificate::reload) {
        None => log::info!("SIGHUP changes nothing: the service has no certificate to read again"),
        Some(Ok(())) => log::info!("the certificate was read again"),
        Some(Err(error)) => log::error!("the certificate in use stays, the new one is no good: {error}"),
    }
}

/// An empty private registry gets the sample and the first network admin. Nothing is loaded unasked into a database that
/// somebody else runs.
async fn first_start(store: &Store, keys: &Keys) -> Result<screen::FirstStart, Failure> {
    if store.private().is_none() {
        return Ok(screen::FirstStart::default());
    }
    let mut conn = store.connect().await?;
    let loaded = if sample::is_empty(&mut conn).await? { Some(load_sample(store, keys).await?) } else { None };
    let admin = if users::store::is_empty(&mut conn).await? {
        let password = password::generate();
        let admin = NewUser { email: "admin@ccin.example".into(), role: Role::NetworkAdmin, ..NewUser::default() };
        let hash = password::hash(password.clone()).await?;
        enter(&mut conn, keys, &admin, None, &hash).await?;
        Some((admin.email, password))
    } else {
        None
    };
    Ok(screen::FirstStart { loaded, admin })
}

async fn load_sample(store: &Store, keys: &Keys) -> Result<Loaded, Failure> {
    let schemas = Schemas::new(&Document::new().value);
    let mut conn = store.connect().await?;
    let loaded = conn.transaction(async |conn| {
        let loaded = sample::load(conn, &schemas).await?;
        let subject = Subject::all(RecordKind::Registry);
        record(conn, keys, &Actor::COMMAND_LINE, Action::SampleLoad, subject).await?;
        Ok::<_, SampleError>(loaded)
    });
    Ok(loaded.await?)
}

/// Enter a user, with the event of it.
async fn enter(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    user: &NewUser,
    council: Option<Uuid>,
    hash: &str,
) -> Result<(), ApiError> {
    conn.transaction(async |conn| {
        let id = users::store::create(conn, &user.update(), council, Some(hash)).await?;
        let made = users::store::show(conn, id).await?;
        record(conn, keys, &Actor::COMMAND_LINE, Action::UserCreate, Subject::entered(&made)).await
    })
    .await
}

/// The event of one change of a user, in the transaction that made it.
async fn changed(conn: &mut AsyncPgConnection, keys: &Keys, action: Action, id: Uuid) -> Result<(), ApiError> {
    let now = users::store::show(conn, id).await?;
    record(conn, keys, &Actor::COMMAND_LINE, action, Subject::changed_once(&now)).await
}

async fn ask_health(bind: SocketAddr, tls: bool) -> Result<(), Failure> {
    let status = tokio::task::spawn_blocking(move || health::ask(bind, tls)).await??;
    if status.contains(" 200 ") { Ok(()) } else { Err(format!("not well: {status}").into()) }
}

fn write_document(file: &std::path::Path) -> Result<(), Failure> {
    let text = Document::new().text;
    if file.as_os_str() == "-" {
        std::io::stdout().write_all(text.as_bytes())?;
    } else {
        std::fs::write(file, &text).map_err(|error| format!("{}: {error}", file.display()))?;
        println!("{} written, {} bytes.", file.display(), text.len());
    }
    Ok(())
}

async fn manage_user(store: &Store, keys: &Keys, command: UserCommand) -> Result<String, Failure> {
    let mut conn = store.connect().await?;
    match command {
        UserCommand::Create(wish) => {
            // Its length is the schema's business here, so that every fault is told at once.
            let password = read_line()?;
            let mut body = serde_json::json!({ "email": wish.email, "role": wish.role, "initial_password": password });
            if let Some(council) = wish.council {
                body["council"] = council.into();
            }
            let mut draft = Draft::<NewUser>::new(body, &Schemas::new(&Document::new().value))?;
            let council = match &draft.value.council {
                Some(council) => refs::council(&mut conn, Reach::ALL, council, "/council", &mut draft.faults).await?,
                None => None,
            };
            let user = draft.checked()?;
            let hash = password::hash(user.initial_password.clone()).await?;
            enter(&mut conn, keys, &user, council, &hash).await?;
            Ok(format!("{} may sign in now.", user.email))
        }
        UserCommand::Disable { email } => {
            let id = user_id(&mut conn, &email).await?;
            conn.transaction(async |conn| {
                users::store::disable(conn, id).await?;
                changed(conn, keys, Action::UserDisable, id).await
            })
            .await?;
            Ok(format!("{email} is disabled; every session has ended."))
        }
        UserCommand::SetPassword { email, .. } => {
            let id = user_id(&mut conn, &email).await?;
            let hash = password::hash(read_password()?).await?;
            conn.transaction(async |conn| {
                users::store::set_password(conn, id, &hash).await?;
                changed(conn, keys, Action::UserSetPassword, id).await
            })
            .await?;
            Ok(format!("The password of {email} is set; every session has ended."))
        }
    }
}

async fn user_id(conn: &mut AsyncPgConnection, email: &str) -> Result<Uuid, Failure> {
    let found = users::store::find_by_email(conn, email).await.map_err(|error: ApiError| error.to_string())?;
    found.ok_or_else(|| format!("there is no user {email}").into())
}

/// One line from standard input; a password never stands on the command line, where every process can read it.
fn read_line() -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        eprintln!("Type the password (it is shown), then Enter and Ctrl-D:");
    }
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn read_password() -> Result<String, Failure> {
    let password = read_line()?;
    match password::fault(&password) {
        Some(fault) => Err(fault.into()),
        None => Ok(password),
    }
}
