//! Stopping, as a supervisor of services asks for it, or a person at a terminal: requests under way are finished, new ones
//! are not begun.

use std::net::TcpStream;

use nix::sys::signal::Signal;
use reqwest::Method;

use super::Place;
use crate::support::Client;
use crate::support::client::send;
use crate::support::database::Template;
use crate::support::program::Program;
use crate::support::scratch::{connect, eventually};

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
