//! Positions: a caller who goes from one instance to another can ask for the state that the first one showed.

use std::time::Duration;

use serde_json::json;

use crate::support::TestApp;
use crate::support::client::send;
use crate::support::scratch::connect;

#[tokio::test(flavor = "multi_thread")]
async fn another_instance_shows_a_write_to_who_brings_its_position() {
    let app = TestApp::with_sample().await;
    let other = app.another_instance(&[]).await;
    let admin = app.admin().await;
    for number in 0..20 {
        let theme = json!({ "label": format!("Position {number}"), "definition": "A theme of the tests." });
        let made = admin.post("/v1/themes", &theme).await.expect(201);
        let position = made.header("registry-position").to_owned();
        assert!(!position.is_empty());
        let path = format!("/v1/themes/position-{number}");
        let read = other.anonymous().request(reqwest::Method::GET, &path).header("Registry-Min-Position", &position);
        let read = send(read).await.expect(200);
        assert_eq!(read.json["label"], theme["label"]);
        assert!(!read.header("registry-position").is_empty());
        // On the instance that wrote nobody needs to ask.
        app.anonymous().get(&path).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_is_sealed_and_a_forged_one_refused() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let position = client.get("/v1/themes").await.expect(200).header("registry-position").to_owned();
    assert!(position.parse::<i64>().is_err(), "it tells nobody how much is written");
    for forged in ["1", "", "AAAA", &format!("{position}A")] {
        let request = client.request(reqwest::Method::GET, "/v1/themes").header("Registry-Min-Position", forged);
        assert_eq!(send(request).await.expect(400).faults()[0].0, "registry-min-position", "{forged}");
    }
    let request = client.request(reqwest::Method::GET, "/v1/themes").header("Registry-Min-Position", &position);
    send(request).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ready_answer_goes_with_what_it_shows_and_stays_with_the_rest() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    let tag = async |path: &str| client.get(path).await.expect(200).etag().to_owned();
    let (record, other) = ("/v1/initiatives/get-oldham-working", "/v1/initiatives/york-snow-wardens");
    let (list, councils) = ("/v1/initiatives?theme=housing", "/v1/councils?nation=wales");
    let mut before = Vec::new();
    for path in [record, other, list, councils] {
        before.push(tag(path).await);
        assert_eq!(tag(path).await, before[before.len() - 1], "{path} is the same when asked again");
    }
    // In every encoding the same text, and 304 for who has it.
    for encoding in ["gzip", "br"] {
        for _ in 0..2 {
            let request = client.request(reqwest::Method::GET, record).header("Accept-Encoding", encoding);
            let answer = request.send().await.unwrap();
            assert_eq!(answer.headers()["content-encoding"], encoding);
            let tag = answer.headers()["etag"].clone();
            let again = client.request(reqwest::Method::GET, record).header("Accept-Encoding", encoding);
            assert_eq!(again.header("If-None-Match", tag).send().await.unwrap().status(), 304);
        }
    }
    let known = admin.get(record).await.expect(200);
    let changed =
        admin.patch(record, known.etag(), &json!({ "summary": "Another summary, long enough." })).await.expect(200);
    assert_eq!(tag(record).await, changed.etag());
    assert_eq!(client.get(record).await.json["summary"], "Another summary, long enough.");
    assert_eq!([tag(other).await, tag(councils).await], [before[1].clone(), before[3].clone()]);
    let known = admin.get("/v1/councils/cardiff").await.expect(200);
    admin.patch("/v1/councils/cardiff", known.etag(), &json!({ "short_name": "Caerdydd" })).await.expect(200);
    assert_ne!(tag(councils).await, before[3]);
    // A record that is hidden from now on is gone from here on.
    let known = admin.get(other).await.expect(200);
    admin.post_if_match(&format!("{other}/unpublish"), known.etag()).await.expect(200);
    client.get(other).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn until_the_records_are_read_every_read_is_told_to_come_again() {
    let app = TestApp::with_sample().await;
    let holder = connect(&app.database.url).await;
    holder.batch_execute("BEGIN; LOCK TABLE initiatives IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let starting = app.starting_instance(&[]);
    let client = starting.anonymous();
    for path in ["/health/ready", "/v1/themes", "/v1/initiatives/get-oldham-working"] {
        let answer = client.get(path).await.expect_problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1", "{path}");
        assert!(answer.text.contains("% of its records"), "{path}: {}", answer.text);
    }
    client.get("/health").await.expect(200);
    holder.batch_execute("ROLLBACK").await.unwrap();
    assert!(starting.read_model.ready(Duration::from_secs(20)).await);
    assert_eq!(client.get("/health/ready").await.expect(200).json["status"], "ready");
    client.get("/v1/themes").await.expect(200);
}
