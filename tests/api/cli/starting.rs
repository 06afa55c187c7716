//! Starting where something stands in the way: it is said soon, a stop is heard meanwhile, and nothing is made that should
//! not be.

use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::{Place, line};
use crate::store_away::proxy::{Line, Proxy};
use crate::support::Client;
use crate::support::database::Template;
use crate::support::program::{Ended, Program};
use crate::support::scratch::{Scratch, Stopped, connect, is_stopped, server_pid};

/// Time for a program to be there, on a machine that is busy with other tests.
const TO_BE_THERE: Duration = Duration::from_secs(2);

/// Start to serve, and hold it to saying within two seconds what it waits for, and to ending at once when asked to.
fn says_and_stops(folder: &std::path::Path, variables: &[(&str, &str)], said: &str) -> Ended {
    let mut program = Program::start(folder, &["--bind", "127.0.0.1:0"], variables, "");
    let since = Instant::now();
    while !program.log().contains(said) {
        assert!(since.elapsed() < Duration::from_secs(2) + TO_BE_THERE, "never said {said:?}: {}", program.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    let since = Instant::now();
    program.signal(Signal::SIGTERM);
    program.until_ended();
    assert!(since.elapsed() < Duration::from_secs(2), "it ended after {:?}", since.elapsed());
    program.end().expect(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_says_nothing_is_waited_for_aloud() {
    let place = Place::new("silent", Template::Sample).await;
    let proxy = Proxy::to(&place.database.url).await;
    proxy.set(Line::Frozen).await;
    let variables = [("DATABASE_URL", &*proxy.url)];
    let said = "waiting for the database, which does not answer";
    tokio::task::block_in_place(|| says_and_stops(&place.folder(), &variables, said));
    // Once it answers, the start goes on.
    let program = Program::start(&place.folder(), &["--bind", "127.0.0.1:0"], &variables, "");
    tokio::time::sleep(Duration::from_secs(3)).await;
    proxy.set(Line::Whole).await;
    tokio::task::block_in_place(|| {
        crate::support::scratch::eventually("it is ready", || program.screen().contains("Ready in"));
    });
    program.stop(Signal::SIGTERM).expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_of_the_migrations_that_is_held_is_waited_for_aloud() {
    for template in [Template::Blank, Template::Sample] {
        let place = Place::new("lock", template).await;
        let holder = connect(&place.database.url).await;
        holder.batch_execute("SELECT pg_advisory_lock(x'6363696e'::bigint)").await.unwrap();
        let said = "waiting for another process that brings the database up to date";
        tokio::task::block_in_place(|| says_and_stops(&place.folder(), &place.variables(), said));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_database_that_is_frozen_is_waited_for_aloud() {
    let scratch = Scratch::new("frozen-start");
    let folder = scratch.path().join("home");
    let (first, _) = Program::serve(&folder, &[], &[]);
    let stopped = Stopped::all_of(&folder.join("postgres"));
    says_and_stops(&folder, &[], "which does not answer; its log is");
    drop(stopped);
    first.stop(Signal::SIGTERM).expect(0);
    assert!(is_stopped(&folder.join("postgres")));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_first_starts_at_once_on_one_folder_all_serve() {
    let scratch = Scratch::new("three");
    let folder = scratch.path().join("home");
    let serve = || {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || Program::serve(&folder, &[], &[]))
    };
    let (one, two, three) = tokio::join!(serve(), serve(), serve());
    let all = [one.unwrap(), two.unwrap(), three.unwrap()];
    for (_, url) in &all {
        let client = Client::new(url, None);
        client.get("/v1/councils/oldham").await.expect(200);
    }
    // One of them has made what only a first start makes.
    let screens: Vec<String> = all.iter().map(|(program, _)| program.screen()).collect();
    for made in ["with the password in ", "The sample registry is loaded"] {
        assert_eq!(screens.iter().filter(|screen| screen.contains(made)).count(), 1, "{made}: {screens:?}");
    }
    for (program, _) in all {
        program.stop(Signal::SIGTERM).expect(0);
    }
    assert!(is_stopped(&folder.join("postgres")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_program_is_refused() {
    let place = Place::new("newer", Template::Sample).await;
    let client = connect(&place.database.url).await;
    client.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')").await.unwrap();
    for command in [&["serve", "--bind", "127.0.0.1:0"][..], &["migrate"], &["sample", "load"]] {
        let refused = Program::run(&place.folder(), command, &place.variables(), "").expect(1);
        for said in ["newer version of this program", "29991231000001"] {
            assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_did_not_seal_the_trail_is_refused_until_it_is_adopted() {
    let place = Place::new("another-key", Template::Blank).await;
    let run = |folder: &str, arguments: &[&str]| {
        Program::run(&place.scratch.path().join(folder), arguments, &place.variables(), "a long password\n")
    };
    let create = |email: &'static str| ["user", "create", "--email", email, "--role", "moderator", "--password-stdin"];
    run("one", &create("a@b.example")).expect(0);
    run("one", &["audit", "adopt-key"]).expect(0);
    let serve = ["serve", "--bind", "127.0.0.1:0"];
    for command in [&serve[..], &["sample", "load"], &create("c@d.example")] {
        let refused = run("other", command).expect(1);
        for said in ["sealed with the signing key", "CCIN_SIGNING_KEY", "signing-key.pem", "audit adopt-key"] {
            assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
        }
    }
    let events = "SELECT count(*) FROM audit_events";
    let client = connect(&place.database.url).await;
    assert_eq!(client.query_one(events, &[]).await.unwrap().get::<_, i64>(0), 1, "refused, and yet written");
    // Who means it says so once, and the chain holds with both keys.
    run("other", &["audit", "adopt-key"]).expect(0);
    run("other", &create("c@d.example")).expect(0);
    let former = place.scratch.path().join("one/signing-key.pem");
    run("other", &["audit", "verify"]).expect(1);
    run("other", &["audit", "verify", "--former-key", former.to_str().unwrap()]).expect(0);
    run("one", &create("e@f.example")).expect(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_database_that_vanished_beside_its_key_is_not_made_anew() {
    let scratch = Scratch::new("vanished");
    let folder = scratch.path().join("home");
    let postgres = folder.join("postgres");
    let (program, _) = Program::serve(&folder, &[], &[]);
    program.stop(Signal::SIGTERM).expect(0);
    let moved = scratch.path().join("moved");
    fs::rename(&postgres, &moved).unwrap();
    for command in [&["serve", "--bind", "127.0.0.1:0"][..], &["migrate"]] {
        let refused = Program::run(&folder, command, &[], "").expect(1);
        for said in ["is missing", "signing-key.pem", "--data-dir"] {
            assert!(refused.stderr.contains(said), "{said}: {}", refused.stderr);
        }
        assert!(!postgres.join("data").exists(), "an empty database was made");
    }
    // Put back, it is used. (What a refused start has left there is a lock or two.)
    fs::remove_dir_all(&postgres).unwrap();
    fs::rename(&moved, &postgres).unwrap();
    let (program, url) = Program::serve(&folder, &[], &[]);
    assert!(line(&program.screen(), "Sample ").is_none());
    Client::new(&url, None).get("/v1/councils/oldham").await.expect(200);
    program.stop(Signal::SIGTERM).expect(0);
    assert!(server_pid(&postgres).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_read_only_is_read() {
    let place = Place::new("read-only", Template::Sample).await;
    let client = connect(&place.database.url).await;
    let name = place.database.url.split_once("@/").unwrap().1.split('?').next().unwrap();
    client.batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await.unwrap();
    let (program, url) = Program::serve(&place.folder(), &[], &place.variables());
    let anonymous = Client::new(&url, None);
    anonymous.get("/v1/councils/oldham").await.expect(200);
    let ready = anonymous.get("/health/ready").await.expect(200).json;
    assert_eq!((&ready["reads"]["possible"], &ready["writes"]["possible"]), (&true.into(), &false.into()), "{ready}");
    program.stop(Signal::SIGTERM).expect(0);
}
