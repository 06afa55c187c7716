//! Publication on schedule.

use ccin_registry::api::routes::schemas;
use ccin_registry::app::scheduled::publish_due;
use ccin_registry::letters::events::Letters;
use chrono::{Days, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::{RECORD, act, begin, path};
use crate::support::client::send;
use crate::support::{Answer, Client, TestApp};

/// Sets the time of the publication of the record.
pub async fn schedule(officer: &Client, etag: &str, at: &Value) -> Answer {
    let request = officer.request(Method::POST, &format!("{RECORD}/publish")).header("If-Match", etag);
    send(request.json(&json!({ "publish_at": at }))).await
}

async fn submitted(app: &TestApp, title: &str) -> (Client, Answer) {
    let editor = app.editor("oldham").await;
    let revision = begin(&editor).await;
    let edited = editor.patch(&path(&revision), revision.etag(), &json!({ "title": title })).await.expect(200);
    let submitted = act(&editor, &edited, "submit", &Value::Null).await.expect(200);
    (editor, submitted)
}

/// Publishes what is due.
pub async fn run(app: &TestApp) -> usize {
    publish_due(&app.db, &app.keys, &schemas(), &Letters::new(&app.settings)).await.expect("the database is there")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_revision_is_published_when_its_time_has_come() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    let (editor, revision) = submitted(&app, "A title on schedule").await;
    let etag = moderator.get(RECORD).await.expect(200).etag().to_owned();
    for (at, code) in [("2020-01-01T00:00:00Z", "in_past"), ("2099-01-01T00:00:00Z", "too_late")] {
        let refused = schedule(&moderator, &etag, &json!(at)).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [("/publish_at".into(), code.into())]);
    }
    let at = Utc::now().checked_add_days(Days::new(7)).unwrap();
    schedule(&moderator, &etag, &json!(at)).await.expect(200);
    let waiting = editor.get(&path(&revision)).await.expect(200);
    assert_eq!((&waiting.json["state"], waiting.json["publish_at"].is_string()), (&json!("approved"), true));
    assert!(waiting.json["stands"].as_str().unwrap().contains("It will be published on"));
    assert_eq!(run(&app).await, 0);

    app.sql("UPDATE revisions SET publish_at = now() - interval '1 second' WHERE publish_at IS NOT NULL").await;
    assert_eq!(run(&app).await, 1);
    assert_eq!(run(&app).await, 0);
    app.settle().await;
    assert_eq!(app.anonymous().get(RECORD).await.expect(200).json["title"], "A title on schedule");
    let events = app.admin().await.get("/v1/audit?action=initiative.publish&limit=1").await.expect(200);
    assert_eq!(events.json["data"][0]["origin"], "command_line");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_published_goes_back_to_the_officers_with_the_reason() {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    let (_, revision) = submitted(&app, "The editor's title").await;
    let record = moderator.get(RECORD).await.expect(200);
    let at = Utc::now().checked_add_days(Days::new(7)).unwrap();
    schedule(&moderator, record.etag(), &json!(at)).await.expect(200);
    let record = moderator.get(RECORD).await.expect(200);
    moderator.patch(RECORD, record.etag(), &json!({ "title": "The officer's title" })).await.expect(200);
    app.sql("UPDATE revisions SET publish_at = now() - interval '1 second' WHERE publish_at IS NOT NULL").await;
    assert_eq!(run(&app).await, 0);
    let back = moderator.get(&path(&revision)).await.expect(200);
    assert_eq!((&back.json["state"], &back.json["publish_at"]), (&json!("submitted"), &Value::Null));
    assert!(back.json["reason"].as_str().unwrap().contains("title"), "{}", back.text);
    assert_eq!(app.anonymous().get(RECORD).await.expect(200).json["title"], "The officer's title");
}
