//! Stopping, as a supervisor of services asks for it, or a person at a terminal: requests under way are finished, new ones
//! are not begun.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinHandle;

use super::Place;
use crate::support::Client;
use crate::support::client::send;
use crate::support::database::Template;
use crate::support::program::Program;
use crate::support::scratch::{Scratch, Stopped, connect, eventually, is_stopped, processes_in};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_finished_at_sigterm() {
    is_finished("under-way-sigterm", Signal::SIGTERM).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_finished_at_ctrl_c() {
    is_finished("under-way-ctrl-c", Signal::SIGINT).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hangup_without_a_certificate_changes_nothing() {
    let place = Place::new("hangup", Template::Sample).await;
    let (program, url) = Program::serve(&place.folder(), &[], &place.variables());
    program.signal(Signal::SIGHUP);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    Client::new(&url, None).get("/v1/councils/oldham").await.expect(200);
    program.signal(Signal::SIGTERM);
    program.end().expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_again_it_ends_at_once_whatever_is_under_way() {
    for (name, signal) in [("again-sigterm", Signal::SIGTERM), ("again-ctrl-c", Signal::SIGINT)] {
        let place = Place::new(name, Template::Sample).await;
        let (mut program, url) = Program::serve(&place.folder(), &[], &place.variables());
        let holder = connect(&place.database.url).await;
        let asked = under_way(&holder, &url).await;
        program.signal(signal);
        refuses(&url);
        assert!(!asked.is_finished());
        let since = Instant::now();
        program.signal(Signal::SIGTERM);
        program.until_ended();
        assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
        let ended = program.end().expect(0);
        assert!(ended.stderr.contains("second request to stop"), "{}", ended.stderr);
        // It got no answer, or was told in the last moment that there will be none.
        assert_ne!(asked.await.unwrap().unwrap_or(503), 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_database_that_is_frozen_does_not_keep_the_program_from_ending() {
    let scratch = Scratch::new("frozen-stop");
    let folder = scratch.path().join("home");
    let postgres = folder.join("postgres");
    for is_asked_again in [false, true] {
        let (mut program, url) = Program::serve(&folder, &[], &[]);
        let anonymous = Client::new(&url, None);
        // Something to write down at the end, and a request under way.
        anonymous.get("/v1/initiatives?q=xyzzyqwert").await.expect(200);
        let stopped = Stopped::all_of(&postgres);
        let asked = tokio::spawn(send(anonymous.request(Method::GET, "/v1/changes")));
        let since = Instant::now();
        program.signal(Signal::SIGTERM);
        if is_asked_again {
            refuses(&url);
            program.signal(Signal::SIGTERM);
        }
        program.until_ended();
        let longest = Duration::from_secs(if is_asked_again { 2 } else { 10 });
        assert!(since.elapsed() < longest, "asked again: {is_asked_again}, {:?}", since.elapsed());
        program.end().expect(0);
        let _ = asked.await;
        if is_asked_again {
            // It was told to end, and does so as soon as it can.
            drop(stopped);
            eventually("the server ends", || is_stopped(&postgres));
        } else {
            assert!(processes_in(&postgres).is_empty(), "it still runs");
        }
    }
    // Nothing was lost, and the next start is as any other.
    let (program, url) = Program::serve(&folder, &[], &[]);
    Client::new(&url, None).get("/v1/councils/oldham").await.expect(200);
    program.stop(Signal::SIGTERM).expect(0);
    assert!(is_stopped(&postgres));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_is_written_down_at_the_end() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let place = Place::new(&format!("counted-{signal}"), Template::Sample).await;
        let create = ["user", "create", "--email", "a@b.example", "--role", "network_admin", "--password-stdin"];
        let variables = place.variables();
        Program::run(&place.folder(), &create, &variables, "three words are long\n").expect(0);
        let (program, url) = Program::serve(&place.folder(), &[], &variables);
        let anonymous = Client::new(&url, None);
        let credentials = json!({ "email": "a@b.example", "password": "three words are long" });
        let tokens = anonymous.post("/v1/auth/login", &credentials).await.expect(200);
        let admin = Client::new(&url, tokens.json["access_token"].as_str().map(str::to_owned));
        let key = admin.post("/v1/api-keys", &json!({ "name": "A key", "scopes": ["read:public"] })).await.expect(201);
        let key = key.json["key"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            let request = anonymous.request(Method::GET, "/v1/themes/housing").header("X-API-Key", &key);
            send(request).await.expect(200);
        }
        anonymous.get("/v1/initiatives?q=xyzzyqwert").await.expect(200);
        program.stop(signal).expect(0);
        let client = connect(&place.database.url).await;
        let count = async |query: &str| client.query_one(query, &[]).await.unwrap().get::<_, i64>(0);
        assert_eq!(count("SELECT coalesce(sum(requests), 0)::bigint FROM api_key_usage").await, 3, "{signal}");
        assert_eq!(count("SELECT count(*) FROM unanswered_searches").await, 1, "{signal}");
    }
}

/// Until new callers are refused.
fn refuses(url: &str) {
    let address = url.trim_start_matches("http://");
    eventually("new callers are refused", || TcpStream::connect(address).is_err());
}

/// A request that waits for a lock of the holder's.
async fn under_way(holder: &tokio_postgres::Client, url: &str) -> JoinHandle<Result<u16, reqwest::Error>> {
    holder.batch_execute("BEGIN; LOCK TABLE councils IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let request = Client::new(url, None).request(Method::GET, "/v1/changes?resource=council&limit=1");
    let asked = tokio::spawn(async move { request.send().await.map(|answer| answer.status().as_u16()) });
    let waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'councils'::regclass";
    while holder.query_opt(waiting, &[]).await.unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    asked
}

async fn is_finished(name: &str, signal: Signal) {
    let place = Place::new(name, Template::Sample).await;
    let (program, url) = Program::serve(&place.folder(), &["--workers", "2"], &place.variables());
    let address = url.trim_start_matches("http://").to_owned();
    // Callers are given to the workers in turn. The first caller's worker opens the connection to the store that the
    // second one's then waits on; it has nothing to do when the signal comes, and stops before the other.
    let path = "/v1/changes?resource=council&limit=1";
    Client::new(&url, None).get(path).await.expect(200);
    // The request waits for a lock that we hold. It is one that asks the database.
    let holder = connect(&place.database.url).await;
    holder.batch_execute("BEGIN; LOCK TABLE councils IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let client = Client::new(&url, None);
    let asked = tokio::spawn(send(client.request(Method::GET, path)));
    let waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'councils'::regclass";
    while holder.query_opt(waiting, &[]).await.unwrap().is_none() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }

    program.signal(signal);
    eventually("new callers are refused", || TcpStream::connect(&address).is_err());
    assert!(!asked.is_finished(), "it was answered without its data");
    holder.batch_execute("ROLLBACK").await.unwrap();
    let answer = asked.await.unwrap().expect(200);
    assert_eq!(answer.json["data"].as_array().unwrap().len(), 1);
    program.end().expect(0);
}
