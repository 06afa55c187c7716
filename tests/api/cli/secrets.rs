//! Secrets reach neither screens nor messages nor logs.

use ccin_registry::app::cli::Cli;
use ccin_registry::config::StoreSettings;
use clap::Parser;

use super::Place;
use crate::support::database::Template;
use crate::support::program::Program;
use crate::support::scratch::Scratch;

const SECRET: &str = "hunter2-s3cret";

#[test]
fn settings_do_not_print_them() {
    let url = format!("postgres://registry:{SECRET}@db.example/registry");
    let cli = Cli::parse_from(["ccin-registry", "--database-url", &url, "--signing-key", SECRET]);
    let shown = format!("{cli:?} {cli:#?} {:?}", cli.serve);
    assert!(shown.contains("REDACTED") && !shown.contains(SECRET), "{shown}");
    let store = StoreSettings {
        database_url: Some(url.into()),
        data_dir: None,
        postgres_bin: None,
        postgres_user: None,
        no_download: true,
        database_connections: 2,
    };
    assert!(!format!("{store:?}").contains(SECRET));
}

#[test]
fn errors_do_not_print_them_and_yet_say_what_is_wrong() {
    let scratch = Scratch::new("secrets");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let wrong = [
        // Nobody listens there.
        (format!("postgres://registry:{SECRET}@127.0.0.1:{free}/registry"), "refused"),
        (format!("postgres://registry:{SECRET}@127.0.0.1:{free}/registry?sslmode=require"), "refused"),
        // No address at all.
        (format!("postgres://registry:{SECRET}@127.0.0.1:port/registry"), "invalid"),
        (format!("postgres://registry:{SECRET}@127.0.0.1/registry?unheard={SECRET}"), "unheard"),
        (format!("host=127.0.0.1 password={SECRET} port=x"), "invalid"),
    ];
    for (url, reason) in &wrong {
        for command in [&["serve"][..], &["migrate"], &["user", "disable", "--email", "a@b.example"]] {
            let ended = Program::run(scratch.path(), command, &[("DATABASE_URL", url), ("RUST_LOG", "trace")], "");
            let text = ended.expect(1).text();
            assert!(!text.contains(SECRET), "{text}");
            assert!(text.contains("the database cannot be used") && text.contains(reason), "{url}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_says_why() {
    let place = Place::new("refusal", Template::Blank).await;
    let url = place.database.url.replace("/test_", "/no_test_");
    let ended = Program::run(&place.folder(), &["migrate"], &[("DATABASE_URL", &url)], "").expect(1);
    assert!(ended.stderr.contains("does not exist"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_key_nor_a_password_is_printed() {
    let place = Place::new("key", Template::Blank).await;
    let [(name, url)] = place.variables();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----");
    let variables = [(name, url), ("CCIN_SIGNING_KEY", &*pem)];
    let ended = Program::run(&place.folder(), &["serve"], &variables, "").expect(1);
    assert!(ended.stderr.contains("CCIN_SIGNING_KEY") && !ended.text().contains(SECRET), "{}", ended.text());

    let help =
        Program::run(&place.folder(), &["--help"], &[("DATABASE_URL", SECRET), ("CCIN_SIGNING_KEY", SECRET)], "");
    assert!(!help.expect(0).text().contains(SECRET));

    for (email, code) in [("a@b.example", 0), ("no address", 1)] {
        let create = ["user", "create", "--email", email, "--role", "moderator", "--password-stdin"];
        let variables = [(name, url), ("RUST_LOG", "trace")];
        let ended = Program::run(&place.folder(), &create, &variables, &format!("{SECRET}\n")).expect(code);
        assert!(!ended.text().contains(SECRET), "{}", ended.text());
    }
}
