//! What an operator does besides serving.

use nix::sys::signal::Signal;
use serde_json::json;

use super::Place;
use crate::support::Client;
use crate::support::database::Template;
use crate::support::program::{Ended, Program};
use crate::support::scratch::Scratch;

impl Place {
    fn run(&self, arguments: &[&str], input: &str) -> Ended {
        Program::run(&self.folder(), arguments, &self.variables(), input)
    }
}

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");

#[test]
fn the_document_is_printed_or_written_as_it_is_committed() {
    let scratch = Scratch::new("document");
    let committed = std::fs::read_to_string(DOCUMENT).unwrap();
    let printed = Program::run(scratch.path(), &["openapi", "-"], &[], "").expect(0);
    assert!(printed.stdout == committed, "the committed document is not this one: cargo run -- openapi");
    let file = scratch.path().join("document.json");
    Program::run(scratch.path(), &["openapi", file.to_str().unwrap()], &[], "").expect(0);
    assert!(std::fs::read_to_string(file).unwrap() == committed);
    let nowhere = Program::run(scratch.path(), &["openapi", "/nowhere/document.json"], &[], "").expect(1);
    assert!(nowhere.stderr.contains("/nowhere/document.json"), "{}", nowhere.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_brought_up_to_date_once() {
    let place = Place::new("migrate", Template::Blank).await;
    let entries = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir()).count();
    let first = place.run(&["migrate"], "").expect(0);
    assert_eq!(first.stdout, format!("{folders} migrations applied; the database is up to date.\n"));
    assert_eq!(place.run(&["migrate"], "").expect(0).stdout, "0 migrations applied; the database is up to date.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_is_loaded_into_an_empty_registry_only() {
    let place = Place::new("sample", Template::Blank).await;
    let loaded = place.run(&["sample", "load"], "").expect(0);
    assert!(loaded.stdout.starts_with("The sample registry is loaded: "), "{}", loaded.stdout);
    let refused = place.run(&["sample", "load"], "").expect(1);
    assert!(refused.stderr.contains("already has councils, themes or initiatives"), "{}", refused.stderr);
    assert_eq!(refused.stdout, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_entered_given_passwords_and_disabled() {
    let place = Place::new("users", Template::Sample).await;
    let email = "editor@oldham.example";
    let create = ["user", "create", "--email", email, "--role", "council_editor", "--council", "oldham"];
    let create: Vec<&str> = create.into_iter().chain(["--password-stdin"]).collect();
    let (program, url) = Program::serve(&place.folder(), &[], &place.variables());
    let anonymous = Client::new(&url, None);
    let log_in =
        async |password: &str| anonymous.post("/v1/auth/login", &json!({ "email": email, "password": password })).await;

    // A line as `echo` and as Windows end it: the end is not part of the password.
    place.run(&create, "the first password\n").expect(0);
    let tokens = log_in("the first password").await.expect(200).json;
    let editor = Client::new(&url, tokens["access_token"].as_str().map(str::to_owned));
    let me = editor.get("/v1/me").await.expect(200).json;
    assert_eq!((&me["role"], &me["council"]["slug"]), (&json!("council_editor"), &json!("oldham")));
    let twice = place.run(&create, "the first password\n").expect(1);
    assert!(twice.stderr.contains("e-mail address"), "{}", twice.stderr);

    let set = ["user", "set-password", "--email", email, "--password-stdin"];
    let short = place.run(&set, "short\n").expect(1);
    assert!(short.stderr.contains("5 characters"), "{}", short.stderr);
    editor.get("/v1/me").await.expect(200);
    place.run(&set, "the second password\r\n").expect(0);
    editor.get("/v1/me").await.expect_problem(401, "bad_credentials");
    log_in("the first password").await.expect_problem(401, "bad_credentials");
    let tokens = log_in("the second password").await.expect(200).json;
    let editor = Client::new(&url, tokens["access_token"].as_str().map(str::to_owned));

    place.run(&["user", "disable", "--email", "Editor@Oldham.example"], "").expect(0);
    editor.get("/v1/me").await.expect_problem(401, "bad_credentials");
    log_in("the second password").await.expect_problem(401, "bad_credentials");
    let nobody = place.run(&["user", "disable", "--email", "nobody@oldham.example"], "").expect(1);
    assert!(nobody.stderr.contains("there is no user nobody@oldham.example"), "{}", nobody.stderr);
    program.stop(Signal::SIGTERM).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_faults_of_a_new_user_are_told_all_at_once() {
    let place = Place::new("faults", Template::Sample).await;
    let create = |email: &str, role: &str, council: &[&str], password: &str| {
        let arguments = ["user", "create", "--email", email, "--role", role, "--password-stdin"];
        let arguments: Vec<&str> = arguments.into_iter().chain(council.iter().copied()).collect();
        place.run(&arguments, password).expect(1).stderr
    };
    let all = create("no address", "council_editor", &["--council", "oldam"], "short");
    // In the words of the command line: nobody who types flags knows of bodies and pointers.
    for fault in [
        "  --email is not an e-mail address, such as name@example.org",
        "  the password is too short",
        "  --council ",
        "did you mean oldham?",
    ] {
        assert!(all.contains(fault), "{fault}: {all}");
    }
    assert!(!all.contains("body") && !all.contains('/'), "{all}");
    let unbound = create("a@b.example", "contributor", &[], "long enough for a password");
    assert!(unbound.contains("  --council is required for --role contributor"), "{unbound}");
    let bound = create("a@b.example", "moderator", &["--council", "oldham"], "long enough for a password");
    assert!(bound.contains("  --council is not allowed for --role moderator"), "{bound}");
    // Nothing on standard input is no short password, and what Windows puts before it is no part of it.
    let none = create("a@b.example", "moderator", &[], "");
    assert!(none.contains("no password on standard input"), "{none}");
    let marked = ["user", "create", "--email", "marked@b.example", "--role", "moderator", "--password-stdin"];
    let short = create("a@b.example", "moderator", &[], "\u{feff}eleven char\r\n");
    assert!(short.contains("the password is too short"), "{short}");
    place.run(&marked, "\u{feff}twelve chars\r\n").expect(0);
    // A password on the command line would be seen by every process of the machine.
    let shown = ["user", "create", "--email", "a@b.example", "--role", "moderator", "--password", "a long password"];
    place.run(&shown, "").expect(2);
    let unread = ["user", "create", "--email", "a@b.example", "--role", "moderator"];
    let unread = place.run(&unread, "").expect(2);
    assert!(unread.stderr.contains("--password-stdin"), "{}", unread.stderr);
}
