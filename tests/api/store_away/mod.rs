//! The database away: every request is told so within two seconds, nothing of the inside shows, and the service recovers
//! by itself.

mod hosts;
mod listening;
pub mod proxy;
mod refusing;
mod server;

use std::time::Duration;

use proxy::{Line, Proxy};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::client::send;
use crate::support::database::{Database, Template};
use crate::support::{Answer, Client, TestApp};

/// When a request must have its answer.
const SOON: Duration = Duration::from_secs(2);

/// A service with the sample, at the end of a line.
async fn at_a_line() -> (TestApp, Proxy) {
    let database = Database::new(Template::Sample).await;
    let proxy = Proxy::to(&database.url).await;
    let app = TestApp::behind(database, &proxy.url, &[]);
    (app, proxy)
}

/// Send a request that must be answered soon.
async fn soon(request: RequestBuilder) -> Answer {
    let asked = format!("{request:?}");
    match tokio::time::timeout(SOON, send(request)).await {
        Ok(answer) => answer,
        Err(_) => panic!("no answer within {SOON:?}: {asked}"),
    }
}

/// Holds an answer to what a caller is told of a store that is away, and to nothing more.
#[track_caller]
fn is_away(answer: Answer) {
    let answer = answer.expect_problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "2");
    assert_eq!(answer.header("cache-control"), "no-store");
    let members: Vec<&String> = answer.json.as_object().unwrap().keys().collect();
    assert_eq!(members, ["type", "title", "status", "detail", "instance", "code"]);
    let text = format!("{}{:?}", answer.text, answer.headers).to_lowercase();
    for inside in
        ["postgres", "127.0.0.1", "connection closed", "refused", "timeout", "sql", "pool", "diesel", "os error"]
    {
        assert!(!text.contains(inside), "{inside}: {text}");
    }
}

/// What a caller may want of a store: to read, to write, to know its health.
fn wishes(anonymous: &Client, admin: &Client) -> Vec<RequestBuilder> {
    let read = |path: &str| anonymous.request(Method::GET, path);
    vec![
        read("/health"),
        read("/v1/changes"),
        admin.request(Method::GET, "/v1/me"),
        admin.request(Method::POST, "/v1/themes").json(&theme("away")),
        admin.request(Method::DELETE, "/v1/themes/housing").header("If-Match", "\"1-0\""),
        anonymous.request(Method::POST, "/v1/auth/login").json(&json!({ "email": "a@b.example", "password": "x" })),
    ]
}

/// What is answered all the same: from memory, or without any record.
async fn assert_reads_go_on(anonymous: &Client) {
    for path in [
        "/v1/councils",
        "/v1/initiatives/get-oldham-working",
        "/v1/initiatives?theme=housing&include=lead_council",
        "/v1/initiatives?q=credit+unions",
        "/v1/initiatives/facets",
        "/v1/map/initiatives?zoom=6",
        "/v1/initiatives.ndjson",
        "/v1/changes.atom",
        "/ogc/collections/initiatives/items",
        "/embed/initiatives",
        "/openapi.json",
        "/problems/unavailable",
        "/.well-known/jwks.json",
    ] {
        let since = std::time::Instant::now();
        let answer = soon(anonymous.request(Method::GET, path)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert!(since.elapsed() < Duration::from_millis(1000), "{path} waited for the store: {:?}", since.elapsed());
    }
    anonymous.request(Method::GET, "/").header("Accept", "text/html").send().await.unwrap().error_for_status().unwrap();
}

/// Until the service says how it stands: `ready` or `degraded`.
async fn until_it_is(anonymous: &Client, wanted: &str) {
    let since = std::time::Instant::now();
    loop {
        let answer = anonymous.get("/health/ready").await.expect(200);
        if answer.json["status"] == wanted {
            assert_eq!(answer.json["why"].is_null(), wanted == "ready");
            return;
        }
        assert!(since.elapsed() < Duration::from_secs(10), "never {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn theme(label: &str) -> serde_json::Value {
    json!({ "label": label, "definition": "A theme of the tests." })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_refuses_connections_is_told_of_at_once() {
    let (app, proxy) = at_a_line().await;
    let (anonymous, admin) = (app.anonymous(), app.admin().await);
    proxy.set(Line::Cut).await;
    for wish in wishes(&anonymous, &admin) {
        is_away(soon(wish).await);
    }
    assert_reads_go_on(&anonymous).await;
    until_it_is(&anonymous, "degraded").await;
    let shown = anonymous.get("/v1/councils").await.expect(200);
    let since = chrono::DateTime::parse_from_rfc3339(shown.header("last-synced")).expect("as of when it is");
    assert!(since <= chrono::Utc::now());
    proxy.set(Line::Whole).await;
    anonymous.get("/health").await.expect(200);
    until_it_is(&anonymous, "ready").await;
    assert!(anonymous.get("/v1/councils").await.expect(200).header("last-synced").is_empty());
    admin.post("/v1/themes", &theme("back")).await.expect(201);
    assert_eq!(anonymous.get("/v1/themes/back").await.expect(200).json["label"], "back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_store_is_told_of_within_two_seconds() {
    let (app, proxy) = at_a_line().await;
    let (anonymous, admin) = (app.anonymous(), app.admin().await);
    // All at once, on connections that have just been used and on new ones, and again once there are none left.
    for _ in 0..2 {
        proxy.set(Line::Frozen).await;
        let (one, other) = (wishes(&anonymous, &admin), wishes(&anonymous, &admin));
        let asked: Vec<_> = one.into_iter().chain(other).map(|wish| tokio::spawn(soon(wish))).collect();
        assert_reads_go_on(&anonymous).await;
        for answer in asked {
            is_away(answer.await.unwrap());
        }
        until_it_is(&anonymous, "degraded").await;
        proxy.set(Line::Whole).await;
        anonymous.get("/health").await.expect(200);
        admin.get("/v1/me").await.expect(200);
        until_it_is(&anonymous, "ready").await;
    }
    admin.post("/v1/themes", &theme("back")).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_goes_within_a_read_is_told_of() {
    for line in [Line::Cut, Line::Frozen] {
        let (app, proxy) = at_a_line().await;
        let admin = app.admin().await;
        proxy.set_at("\"users\"", line);
        is_away(soon(admin.request(Method::GET, "/v1/users")).await);
        assert_eq!(proxy.line(), line, "the query was never sent");
        proxy.set(Line::Whole).await;
        admin.get("/v1/users").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_goes_within_a_change_is_told_of_and_nothing_is_half_done() {
    for line in [Line::Cut, Line::Frozen] {
        for sent in ["INSERT INTO \"slugs\"", "INSERT INTO \"themes\"", "COMMIT"] {
            let (app, proxy) = at_a_line().await;
            let admin = app.admin().await;
            proxy.set_at(sent, line);
            is_away(soon(admin.request(Method::POST, "/v1/themes").json(&theme("Half done"))).await);
            assert_eq!(proxy.line(), line, "{sent} was never sent");
            proxy.set(Line::Whole).await;
            // A COMMIT that was merely late arrives now, and counts.
            if (sent, line) != ("COMMIT", Line::Frozen) {
                admin.get("/v1/themes/half-done").await.expect_problem(404, "not_found");
                // Neither is its slug taken.
                admin.post("/v1/themes", &theme("Half done")).await.expect(201);
                admin.get("/v1/themes/half-done").await.expect(200);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_whose_answer_was_lost_is_carried_out_once() {
    let (app, proxy) = at_a_line().await;
    let admin = app.admin().await;
    let before = admin.get("/v1/themes?limit=1").await.expect(200).json["total"].as_u64().unwrap();
    let create = || admin.request(Method::POST, "/v1/themes").header("Idempotency-Key", "once").json(&theme("Once"));
    proxy.set_at("COMMIT", Line::Frozen);
    is_away(soon(create()).await);
    // From here on the COMMIT is under way to the server: it may arrive before the second request or after it.
    proxy.set(Line::Whole).await;
    let answer = loop {
        let answer = send(create()).await;
        if answer.status != 409 {
            break answer.expect(201);
        }
    };
    assert_eq!(answer.json["slug"], "once");
    let after = admin.get("/v1/themes?limit=1").await.expect(200).json["total"].as_u64().unwrap();
    assert_eq!(after, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_merely_takes_long_is_waited_for() {
    let (app, _proxy) = at_a_line().await;
    let admin = app.admin().await;
    let mut holder = ccin_registry::db::establish(app.database.url.clone()).await.unwrap();
    use diesel_async::SimpleAsyncConnection;
    holder.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let asked = tokio::spawn(send(admin.request(Method::GET, "/v1/me")));
    // Longer than a silent store is waited for; there is nothing to see happen meanwhile.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert!(!asked.is_finished());
    holder.batch_execute("ROLLBACK").await.unwrap();
    asked.await.unwrap().expect(200);
}
