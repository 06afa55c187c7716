//! The program at a terminal: what a newcomer sees, what an operator does, how it stops.

mod audit;
mod clock;
mod help;
mod logging;
mod operator;
mod secrets;
mod settings;
mod starting;
mod stopping;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::Client;
use crate::support::database::{Database, Template};
use crate::support::program::Program;
use crate::support::scratch::{Scratch, is_stopped, kill_9, server_pid};

/// A database of a test's own with a data folder for the program's key.
pub struct Place {
    pub database: Database,
    pub scratch: Scratch,
}

impl Place {
    pub async fn new(name: &str, template: Template) -> Self {
        Self { database: Database::new(template).await, scratch: Scratch::new(name) }
    }

    /// The program's data folder.
    pub fn folder(&self) -> PathBuf {
        self.scratch.path().join("home")
    }

    /// The variable that names the database.
    pub fn variables(&self) -> [(&str, &str); 1] {
        [("DATABASE_URL", &self.database.url)]
    }
}

/// The line of the first screen that begins with a label.
fn line<'a>(screen: &'a str, label: &str) -> Option<&'a str> {
    screen.lines().find_map(|line| line.trim_start().strip_prefix(label)).map(str::trim)
}

/// Every council, whatever its stage.
const EVERY_COUNCIL: &str = "/v1/councils?limit=1&status=proposed&status=shadow&status=living&status=abolished";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_brings_up_everything_and_says_where_it_is() {
    let scratch = Scratch::new("newcomer");
    let folder = scratch.path().join("home");
    let postgres = folder.join("postgres");

    // A start that finds its port taken does nothing of what only the first start does.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = Program::run(&folder, &["--bind", &address], &[], "").expect(1);
    assert!(refused.stderr.contains(&format!("cannot listen on {address}")), "{}", refused.stderr);
    assert!(refused.stderr.contains("--bind"), "{}", refused.stderr);
    assert_eq!(refused.stdout, "");
    assert!(!folder.exists(), "a database was made before the port was tried");

    let (program, url) = Program::serve(&folder, &[], &[]);
    let screen = program.screen();
    assert_eq!(line(&screen, "API "), Some(&*format!("{url}/v1/initiatives")));
    assert_eq!(line(&screen, "Docs "), Some(&*format!("{url}/docs/")));
    let data = line(&screen, "Data ").expect("where the data are");
    assert!(data.starts_with(&format!("{} (private PostgreSQL ", postgres.display())), "{data}");
    let sample = line(&screen, "Sample ").expect("what was loaded");
    assert!(sample.starts_with("The sample registry is loaded: "), "{sample}");
    // This is no terminal: the password is in a file, and in no log.
    let (email, file) =
        line(&screen, "Sign in ").and_then(|line| line.split_once(", with the password in ")).expect("a login");
    assert_eq!(file, folder.join("first-password.txt").display().to_string());
    assert_eq!(fs::metadata(file).unwrap().mode() & 0o777, 0o600);
    let password = fs::read_to_string(file).unwrap().trim().to_owned();
    assert!(password.len() > 20 && !screen.contains(&password) && !program.log().contains(&password), "{screen}");
    assert_eq!(fs::metadata(folder.join("signing-key.pem")).unwrap().mode() & 0o777, 0o600);

    let anonymous = Client::new(&url, None);
    let councils = anonymous.get(EVERY_COUNCIL).await.expect(200).json["total"].to_string();
    assert!(sample.contains(&format!("{councils} councils")), "{sample}");
    let docs = anonymous.get("/docs/").await.expect(200);
    assert!(docs.header("content-type").starts_with("text/html"));
    let credentials = json!({ "email": email, "password": password });
    let tokens = anonymous.post("/v1/auth/login", &credentials).await.expect(200);
    let admin = Client::new(&url, tokens.json["access_token"].as_str().map(str::to_owned));
    assert_eq!(admin.get("/v1/me").await.expect(200).json["role"], "network_admin");
    // The curl line is one that works.
    let tried = line(&screen, "Try ").unwrap().split('\'').nth(1).unwrap().replace(&url, "");
    assert_ne!(anonymous.get(&tried).await.expect(200).json["data"], json!([]));
    admin.post("/v1/themes", &json!({ "label": "Kept", "definition": "Kept." })).await.expect(201);
    let health = || Program::run(&folder, &["health", "--bind", url.trim_start_matches("http://")], &[], "");
    health().expect(0);
    program.stop(Signal::SIGTERM).expect(0);
    assert!(is_stopped(&postgres), "the private PostgreSQL still runs");
    health().expect(1);

    // The second start loads nothing, shows no password, and has what was entered.
    let (program, url) = Program::serve(&folder, &[], &[]);
    let screen = program.screen();
    assert!(!screen.contains("the password in") && line(&screen, "Sample ").is_none(), "{screen}");
    assert!(line(&screen, "Sign in ").unwrap().contains("set-password"), "{screen}");
    let anonymous = Client::new(&url, None);
    anonymous.get("/v1/themes/kept").await.expect(200);
    assert_eq!(anonymous.get(EVERY_COUNCIL).await.expect(200).json["total"].to_string(), councils);
    // The key is the same: who was signed in still is.
    Client::new(&url, tokens.json["access_token"].as_str().map(str::to_owned)).get("/v1/me").await.expect(200);

    // A second program on the same folder shares the database, and the first to leave does not take it along.
    let (second, second_url) = Program::serve(&folder, &[], &[]);
    program.stop(Signal::SIGINT).expect(0);
    Client::new(&second_url, None).get("/v1/themes/kept").await.expect(200);
    // Killed in the middle of its work, server and all, the program starts again as if nothing had been.
    let server = server_pid(&postgres).expect("a running server");
    second.stop(Signal::SIGKILL);
    kill_9(server);
    let (third, url) = Program::serve(&folder, &[], &[]);
    Client::new(&url, None).get("/v1/themes/kept").await.expect(200);
    third.stop(Signal::SIGTERM).expect(0);
    assert!(is_stopped(&postgres));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_named_is_used_and_nothing_is_loaded_into_it_unasked() {
    let place = Place::new("named", Template::Blank).await;
    let (program, url) = Program::serve(&place.folder(), &[], &place.variables());
    let screen = program.screen();
    assert_eq!(line(&screen, "Data "), Some("the database in DATABASE_URL"));
    assert!(line(&screen, "Sample ").is_none() && !screen.contains("the password in"), "{screen}");
    let anonymous = Client::new(&url, None);
    for path in ["/v1/councils", "/v1/themes", "/v1/initiatives"] {
        assert_eq!(anonymous.get(path).await.expect(200).json["total"], 0, "{path}");
    }
    let client = crate::support::scratch::connect(&place.database.url).await;
    let users: i64 = client.query_one("SELECT count(*) FROM users", &[]).await.unwrap().get(0);
    assert_eq!(users, 0);
    program.stop(Signal::SIGINT).expect(0);
    // No private PostgreSQL was made beside it.
    let held: Vec<_> = fs::read_dir(place.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(held, ["signing-key.pem"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_that_start_at_once_over_one_empty_database_both_serve() {
    let place = Place::new("both", Template::Blank).await;
    let serve = || {
        let (folder, url) = (place.folder(), place.database.url.clone());
        tokio::task::spawn_blocking(move || Program::serve(&folder, &[], &[("DATABASE_URL", &url)]))
    };
    let (one, other) = tokio::join!(serve(), serve());
    for (program, url) in [one.unwrap(), other.unwrap()] {
        Client::new(&url, None).get("/health").await.expect(200);
        program.stop(Signal::SIGTERM).expect(0);
    }
}
