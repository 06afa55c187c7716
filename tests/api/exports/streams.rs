//! How an export runs: on connections of its own, so many at a time, for as long as somebody takes it.

use std::time::Duration;

use reqwest::{Method, Response};

use super::lines;
use crate::support::client::send;
use crate::support::{Answer, TestApp};

/// More than sockets hold: about 24 MB.
pub const ROWS: usize = 600;

/// A registry with records that are long, beside the sample.
pub async fn long(flags: &[&str]) -> TestApp {
    let app = TestApp::with_flags(flags).await;
    // Without triggers, and so without a word to the read model: it reads them all at once.
    app.sql(&format!(
        "SET session_replication_role = replica;
         INSERT INTO initiatives
            (id, slug, title, summary, kind, delivery_status, lead_council_id, state, effective_visibility, published_at)
         SELECT gen_random_uuid(), 'long-' || i, 'Long ' || i, 'One of many that are long.', 'commission', 'live',
            (SELECT id FROM councils WHERE slug = 'oldham'), 'published', 'public', now() FROM generate_series(1, {ROWS}) i;
         INSERT INTO initiative_narratives (initiative_id, body)
         -- One long word: many words would take the read model most of the test to index.
         SELECT id, repeat('long', 10000) FROM initiatives WHERE slug LIKE 'long-%'"
    ))
    .await;
    app.reload().await;
    app
}

/// An export that has begun, of which the first piece was taken.
pub async fn begun(app: &TestApp) -> Response {
    begun_from(app, "-").await
}

/// The same, by the address that a trusted proxy names.
async fn begun_from(app: &TestApp, address: &str) -> Response {
    let asked = app.anonymous().request(Method::GET, "/v1/initiatives.ndjson?council=oldham");
    let mut response = asked.header("X-Forwarded-For", address).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.chunk().await.unwrap().expect("the first row");
    response
}

/// The rest of an export, and whether it ended as it should.
pub async fn rest(mut response: Response) -> (usize, bool) {
    let mut size = 0;
    loop {
        match response.chunk().await {
            Ok(Some(piece)) => size += piece.len(),
            Ok(None) => return (size, true),
            Err(_) => return (size, false),
        }
    }
}

/// True while the only place for exports is taken.
async fn is_under_way(app: &TestApp) -> bool {
    another(app).await.status == 503
}

async fn until_none_is_under_way(app: &TestApp) {
    for _ in 0..1000 {
        if !is_under_way(app).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("an export goes on");
}

async fn another(app: &TestApp) -> Answer {
    app.anonymous().get("/v1/themes.csv").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_takes_nothing_is_dropped() {
    let app = long(&["--export-rows", "1000000", "--export-stall-seconds", "1", "--exports-at-a-time", "1"]).await;
    let export = begun(&app).await;
    assert!(is_under_way(&app).await, "the export waits for the client");
    until_none_is_under_way(&app).await;
    let (size, is_whole) = rest(export).await;
    assert!(!is_whole, "an export that was dropped ended as if it were whole, after {size} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client_gets_everything() {
    let app = long(&["--export-rows", "1000000", "--exports-at-a-time", "1"]).await;
    let mut export = begun(&app).await;
    // Long enough for everything between here and the service to fill up.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(is_under_way(&app).await);
    export.chunk().await.unwrap().expect("more");
    let (size, is_whole) = rest(export).await;
    assert!(is_whole && size > ROWS * 40_000, "{size} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_ends_the_export() {
    let app = long(&["--export-rows", "1000000", "--exports-at-a-time", "1"]).await;
    let export = begun(&app).await;
    assert!(is_under_way(&app).await);
    drop(export);
    until_none_is_under_way(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_at_once_are_refused_and_lists_go_on() {
    let flags = ["--export-rows", "1000000", "--exports-at-a-time", "5", "--trusted-proxies", "127.0.0.1"];
    let app = long(&flags).await;
    // More than the pool of the tests has connections, and no more of an address than its share.
    let mut exports = Vec::new();
    for address in 0..5 {
        exports.push(begun_from(&app, &format!("192.0.2.{}", address / 2)).await);
    }
    let refused = another(&app).await.expect_problem(503, "overloaded");
    assert_eq!(refused.header("retry-after"), "5");
    app.anonymous().get("/v1/themes").await.expect(200);
    // The head alone takes no place.
    let head = send(app.anonymous().request(Method::HEAD, "/v1/initiatives.csv")).await.expect(200);
    assert!(head.header("content-type").starts_with("text/csv") && head.header("content-length").is_empty());
    let (size, is_whole) = rest(exports.pop().unwrap()).await;
    assert!(is_whole && size > ROWS * 40_000, "{size} bytes");
    for _ in 0..500 {
        if another(&app).await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the place of a whole export is still taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_whole_though_the_store_goes_away() {
    let app = long(&["--export-rows", "1000000"]).await;
    let export = begun(&app).await;
    app.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .await;
    let (size, is_whole) = rest(export).await;
    assert!(is_whole && size > ROWS * 40_000, "{size} bytes");
    assert!(!lines(&app.anonymous().get("/v1/themes.ndjson").await.expect(200)).is_empty());
}
