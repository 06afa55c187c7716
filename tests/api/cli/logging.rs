//! Logging while nobody reads standard error: requests are answered all the same, and nothing is lost unsaid.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;

use super::Place;
use crate::support::Client;
use crate::support::database::Template;
use crate::support::program::Program;
use crate::support::scratch::eventually;

/// Requests that log far more than a pipe and the queue hold: 350 with a line of 14 kB, 2,000 with a short one.
async fn ask_much(client: &Client) {
    let nowhere = format!("/v1/{}", "x".repeat(7000));
    for _ in 0..350 {
        client.get(&nowhere).await.expect_problem(404, "not_found");
    }
    for _ in 0..2000 {
        client.get("/health/ready").await.expect(200);
    }
}

/// Lines of the log that are JSON, as all of them are.
fn lines(log: &str) -> Vec<Value> {
    log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_the_log_that_stalls_stops_nothing_and_hears_how_much_it_has_missed() {
    let place = Place::new("stalled", Template::Sample).await;
    let (program, url) = Program::serve(&place.folder(), &["--limit-anonymous", "1000000"], &place.variables());
    let client = Client::new(&url, None);
    program.read_log(false);
    tokio::time::timeout(Duration::from_secs(100), ask_much(&client)).await.expect("every request is answered");
    program.read_log(true);
    eventually("the lines that were dropped are told of", || program.log().contains("log lines were dropped"));
    client.get("/v1/themes/housing").await.expect(200);
    let ended = program.stop(Signal::SIGTERM).expect(0);
    let lines = lines(&ended.stderr);
    let dropped: u64 = lines.iter().filter_map(|line| line["dropped"].as_u64()).sum();
    let requests = lines.iter().filter(|line| line["status"].is_u64()).count() as u64;
    assert!(dropped > 1000, "{dropped}");
    // Every request has its line, or is counted: those from before, and the last one.
    assert_eq!(requests + dropped, 350 + 2000 + 1, "{dropped} were dropped");
    // What comes last is there: the end waits for it.
    assert!(lines.iter().any(|line| line["path"] == "/v1/themes/housing"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_the_log_that_stalls_does_not_keep_the_program_from_ending() {
    let place = Place::new("stalled-end", Template::Sample).await;
    let (mut program, url) = Program::serve(&place.folder(), &["--limit-anonymous", "1000000"], &place.variables());
    let client = Client::new(&url, None);
    program.read_log(false);
    for _ in 0..300 {
        client.get("/health/ready").await.expect(200);
    }
    let since = Instant::now();
    program.signal(Signal::SIGTERM);
    program.until_ended();
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
    program.read_log(true);
    program.end().expect(0);
}
