//! The command line: `serve` by default, and commands for operators.

use std::io::{IsTerminal, Read, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde_json::Value;
use uuid::Uuid;

use super::first_start::{enter, load_sample};
use super::import::command::ImportCommand;
use super::serve::{open, open_with_any_key, serve};
use super::{banner, healthcheck};
use crate::access::keys::Keys;
use crate::access::reach::Reach;
use crate::access::role::Role;
use crate::accounts::sign_in::password;
use crate::accounts::users;
use crate::accounts::users::model::NewUser;
use crate::api::routes::{document, schemas};
use crate::audit::action::Action;
use crate::audit::command::AuditCommand;
use crate::audit::store::record;
use crate::audit::subject::{Actor, Subject};
use crate::config::{ServeSettings, StoreSettings};
use crate::db::enum_text::text;
use crate::db::open::Store;
use crate::error::{ApiError, Fault, causes};
use crate::http::input::Draft;
use crate::registry::references;

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
    /// Settings of the service.
    pub serve: ServeSettings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service (the default).
    ///
    /// Without a database URL, this starts a private PostgreSQL. If the database is empty, it loads the sample registry
    /// and creates the first network admin.
    Serve,
    /// Bring the database up to date, then stop.
    Migrate,
    /// Check that the service at --bind is healthy. Use it as the health check of a container.
    Health,
    /// Write the OpenAPI document to openapi/openapi.json, or to FILE.
    Openapi {
        /// File to write. `-` means standard output.
        #[arg(default_value = "openapi/openapi.json")]
        file: PathBuf,
    },
    /// Manage the sample registry.
    Sample {
        #[command(subcommand)]
        command: SampleCommand,
    },
    /// Manage user accounts.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Import boundaries or councils from a file.
    Import {
        #[command(subcommand)]
        command: ImportCommand,
    },
    /// Check the audit trail.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
}

#[derive(Debug, Subcommand)]
enum SampleCommand {
    /// Load the sample into an empty registry. Loads everything or nothing.
    Load,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Create a user.
    Create(CreateUser),
    /// Disable a user. This ends all their sessions at once.
    Disable {
        /// E-mail address of the account.
        #[arg(long)]
        email: String,
    },
    /// Set a user's password. This ends all their sessions at once.
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
    /// E-mail address that the user signs in with.
    #[arg(long)]
    email: String,
    /// Role of the user.
    #[arg(long, value_enum)]
    role: Role,
    /// Council of the user: slug, id or GSS code.
    #[arg(long)]
    council: Option<String>,
    /// Read the password from standard input.
    #[arg(long, required = true)]
    password_stdin: bool,
}

impl Cli {
    /// Runs the command.
    pub async fn run(self) -> Result<(), Failure> {
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve(self.store, self.serve).await,
            Command::Openapi { file } => write_document(&file),
            Command::Health => check_health(self.serve.bind, self.serve.tls_cert.is_some()).await,
            Command::Migrate => {
                let store = Store::open(&self.store).await?;
                println!("{} migrations applied; the database is up to date.", store.migrated.len());
                Ok(store.close().await?)
            }
            Command::Sample { command: SampleCommand::Load } => {
                let (store, keys) = open(&self.store, &self.serve, &Arc::default()).await?;
                let loaded = load_sample(&store, &keys).await;
                store.close().await?;
                println!("{}", banner::loaded(&loaded?));
                Ok(())
            }
            Command::User { command } => {
                let (store, keys) = open(&self.store, &self.serve, &Arc::default()).await?;
                let done = manage_user(&store, &keys, command).await;
                store.close().await?;
                println!("{}", done?);
                Ok(())
            }
            Command::Import { command } => {
                let (store, keys) = open(&self.store, &self.serve, &Arc::default()).await?;
                let done = command.run(&mut store.connect().await?, &keys, &schemas()).await;
                store.close().await?;
                println!("{}", done?);
                Ok(())
            }
            Command::Audit { command } => {
                // Opens with any key: the command itself checks which key is right.
                let (store, keys) = open_with_any_key(&self.store, &self.serve, &Arc::default()).await?;
                let done = command.run(&mut store.connect().await?, keys).await;
                store.close().await?;
                println!("{}", done?);
                Ok(())
            }
        }
    }
}

/// Records the event of a change to a user, in the same transaction.
async fn changed(conn: &mut AsyncPgConnection, keys: &Keys, action: Action, id: Uuid) -> Result<(), ApiError> {
    let now = users::store::show(conn, id).await?;
    record(conn, keys, &Actor::COMMAND_LINE, action, Subject::changed_once(&now)).await
}

async fn check_health(bind: SocketAddr, tls: bool) -> Result<(), Failure> {
    let status = healthcheck::status(bind, tls).await.map_err(|error| causes::chain(&error))?;
    if status == 200 { Ok(()) } else { Err(format!("the service is not healthy: status {status}").into()) }
}

fn write_document(file: &std::path::Path) -> Result<(), Failure> {
    let text = &document().text;
    if file.as_os_str() == "-" {
        std::io::stdout().write_all(text.as_bytes())?;
    } else {
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        println!("{} written, {} bytes.", file.display(), text.len());
    }
    Ok(())
}

async fn manage_user(store: &Store, keys: &Keys, command: UserCommand) -> Result<String, Failure> {
    let mut conn = store.connect().await?;
    match command {
        UserCommand::Create(args) => {
            // The schema checks the length, so that one answer reports every fault.
            let password = read_line()?;
            let mut body = serde_json::json!({ "email": args.email, "role": args.role, "initial_password": password });
            if let Some(council) = args.council {
                body["council"] = council.into();
            }
            create_user(&mut conn, keys, body).await.map_err(|error| in_flags(&error, args.role))
        }
        UserCommand::Disable { email } => {
            let id = user_id(&mut conn, &email).await?;
            conn.transaction(async |conn| {
                users::store::disable(conn, id).await?;
                changed(conn, keys, Action::UserDisable, id).await
            })
            .await?;
            Ok(format!("{email} is disabled. All their sessions have ended."))
        }
        UserCommand::SetPassword { email, .. } => {
            let id = user_id(&mut conn, &email).await?;
            let hash = password::hash(read_password()?).await?;
            conn.transaction(async |conn| {
                users::store::set_password(conn, id, &hash).await?;
                changed(conn, keys, Action::UserSetPassword, id).await
            })
            .await?;
            Ok(format!("The password of {email} is set. All their sessions have ended."))
        }
    }
}

async fn create_user(conn: &mut AsyncPgConnection, keys: &Keys, body: Value) -> Result<String, ApiError> {
    let mut draft = Draft::<NewUser>::new(body, &schemas())?;
    let council = match &draft.value.council {
        Some(council) => references::council(conn, Reach::ALL, council, "/council", &mut draft.faults).await?,
        None => None,
    };
    let user = draft.checked()?;
    let hash = password::hash(user.initial_password.clone()).await?;
    enter(conn, keys, &user, council, &hash).await?;
    Ok(format!("{} can sign in now.", user.email))
}

/// The faults of a new user in the terms of the command line, which has flags instead of a body.
fn in_flags(error: &ApiError, role: Role) -> Failure {
    if error.faults().is_empty() {
        return error.to_string().into();
    }
    let role = text(&role);
    let line = |fault: &Fault| {
        let place = match fault.pointer.as_deref().unwrap_or_default() {
            "/initial_password" => "the password".to_owned(),
            pointer => format!("--{}", pointer.trim_start_matches('/')),
        };
        match (&*place, &*fault.code) {
            ("--council", "required") => format!("\n  --council is required for --role {role}"),
            ("--council", "not_allowed") => format!("\n  --council is not allowed for --role {role}; leave it out"),
            ("--email", "taken") => "\n  --email is taken: another user has this e-mail address".to_owned(),
            _ => format!("\n  {place} {}", fault.detail),
        }
    };
    let lines: String = error.faults().iter().map(line).collect();
    format!("the user was not created:{lines}").into()
}

async fn user_id(conn: &mut AsyncPgConnection, email: &str) -> Result<Uuid, Failure> {
    let found = users::store::find_by_email(conn, email).await.map_err(|error: ApiError| error.to_string())?;
    found.ok_or_else(|| format!("there is no user {email}").into())
}

/// Reads one line from standard input. Other processes can read a command line, so a password never goes there.
fn read_line() -> Result<String, Failure> {
    let mut text = String::new();
    let read = if std::io::stdin().is_terminal() {
        eprintln!("Type the password (it will be visible), then press Enter:");
        std::io::stdin().read_line(&mut text)
    } else {
        std::io::stdin().take(4096).read_to_string(&mut text)
    };
    read.map_err(|error| format!("the password on standard input cannot be read: {error}"))?;
    // Windows PowerShell puts a byte order mark in front of what it pipes.
    let line = text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err("there is no password on standard input; pipe it in, as in --password-stdin < password.txt".into());
    }
    Ok(line.to_owned())
}

fn read_password() -> Result<String, Failure> {
    let password = read_line()?;
    match password::fault(&password) {
        Some(fault) => Err(fault.into()),
        None => Ok(password),
    }
}
