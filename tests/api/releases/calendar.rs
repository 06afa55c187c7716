//! The releases that the service makes by itself.

use std::sync::Arc;

use ccin_registry::api::routes::document;
use ccin_registry::app::quarters::make_due;
use ccin_registry::openapi::Document;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{file, unzipped};
use crate::support::TestApp;

async fn at(app: &TestApp, document: &Arc<Document>, now: &str) -> Option<String> {
    let snapshot = app.read_model.snapshot().expect("it is loaded");
    let now: DateTime<Utc> = now.parse().unwrap();
    let address = Some("https://registry.example/");
    make_due(&app.db, &app.keys, snapshot, document, address, now).await.expect("the database is there")
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_quarter_ends_one_instance_makes_its_release() {
    let app = TestApp::with_sample().await;
    let document = document();
    app.sql("UPDATE initiatives SET published_at = '2026-11-28T00:00:00Z'").await;
    app.settle().await;
    assert_eq!(at(&app, &document, "2026-12-31T23:59:59Z").await, None, "the quarter has not ended");
    assert_eq!(at(&app, &document, "2026-10-01T00:00:00Z").await, None, "there was no registry then");
    // Two instances at once.
    let (one, other) =
        tokio::join!(at(&app, &document, "2027-01-01T00:00:01Z"), at(&app, &document, "2027-01-01T00:00:02Z"));
    let made = Some("2026-Q4".to_owned());
    assert!(matches!((&one, &other), (Some(_), None) | (None, Some(_))), "{one:?} {other:?}");
    assert_eq!(one.or(other), made);
    assert_eq!(at(&app, &document, "2027-01-05T00:00:00Z").await, None, "it is there");
    assert_eq!(at(&app, &document, "2027-02-01T00:00:00Z").await, None, "nothing is due");
    assert_eq!(at(&app, &document, "2027-04-02T00:00:00Z").await.as_deref(), Some("2027-Q1"));

    let list = app.anonymous().get("/v1/releases").await.expect(200);
    assert_eq!(list.each("name"), ["2027-Q1", "2026-Q4"], "the latest first");
    assert_eq!(list.json["data"][1]["reason"], Value::Null);
    let readme = unzipped(&file(&app.anonymous(), "2026-Q4").await.0)["README.txt"].clone();
    assert!(readme.contains("https://registry.example/v1/releases/2026-Q4"), "{readme}");
    let events = app.admin().await.get("/v1/audit?action=release.create").await.expect(200);
    assert_eq!(events.json["total"], 2);
    let event = &events.json["data"][1];
    assert_eq!((&event["origin"], &event["record"]["slug"]), (&"command_line".into(), &"2026-Q4".into()));
}
