//! Publications in the weeks before an election.

use chrono::{Duration, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::{RECORD, act, begin, path};
use crate::audit::events_of;
use crate::support::client::send;
use crate::support::{Answer, Client, TestApp};

/// Records a period around today, with these members besides.
pub async fn record_period(admin: &Client, members: Value) -> Answer {
    let day = |days: i64| json!(Utc::now().date_naive() + Duration::days(days));
    let mut body = json!({ "election": "Local elections", "starts_on": day(-3), "polling_on": day(20) });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    admin.post("/v1/pre-election-periods", &body).await.expect(201)
}

/// A submitted revision of the record, which the moderator reviews.
async fn in_review(app: &TestApp, moderator: &Client) -> Answer {
    let editor = app.editor("oldham").await;
    let revision = begin(&editor).await;
    let edited = editor.patch(&path(&revision), revision.etag(), &json!({ "title": "Working in Oldham" })).await;
    let submitted = act(&editor, &edited.expect(200), "submit", &Value::Null).await.expect(200);
    act(moderator, &submitted, "claim", &Value::Null).await.expect(200)
}

async fn publish(officer: &Client, body: Value) -> Answer {
    let record = officer.get(RECORD).await.expect(200);
    let request = officer.request(Method::POST, &format!("{RECORD}/publish")).header("If-Match", record.etag());
    send(request.json(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_holds_publications_unless_an_officer_says_why() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let revision = in_review(&app, &moderator).await;
    record_period(&admin, json!({ "nation": "scotland" })).await;
    record_period(&admin, json!({ "council": "york" })).await;
    let queue = moderator.get("/v1/moderation/queue").await.expect(200);
    assert_eq!(queue.json["data"][0]["period"], Value::Null, "neither is for Oldham");
    record_period(&admin, json!({ "nation": "england", "rule": "warn" })).await;
    let own = record_period(&admin, json!({ "council": "oldham" })).await;
    let queue = moderator.get("/v1/moderation/queue").await.expect(200);
    let period = &queue.json["data"][0]["period"];
    assert_eq!((&period["id"], &period["rule"]), (&own.json["id"], &json!("hold")));

    let refused = publish(&moderator, json!({})).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("Local elections") && refused.text.contains("despite_period"), "{}", refused.text);
    let published = publish(&moderator, json!({ "despite_period": "Residents need to know." })).await.expect(200);
    assert_eq!(published.json["title"], "Working in Oldham");
    assert_eq!(events_of(&admin, &published).await[0]["action"], "initiative.publish_in_period");
    let kept = moderator.get(&path(&revision)).await.expect(200);
    assert_eq!(kept.json["reason"], "In the pre-election period: Residents need to know.");
}

#[tokio::test(flavor = "multi_thread")]
async fn both_reasons_are_kept_whole() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let revision = in_review(&app, &moderator).await;
    record_period(&admin, json!({})).await;
    let (reason, despite) = ("r".repeat(2000), "d".repeat(1000));
    publish(&moderator, json!({ "reason": reason, "despite_period": despite })).await.expect(200);
    let kept = moderator.get(&path(&revision)).await.expect(200).json["reason"].as_str().unwrap().to_owned();
    assert!(kept.starts_with(&reason) && kept.ends_with(&despite), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_holds_nothing() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    in_review(&app, &moderator).await;
    record_period(&admin, json!({ "rule": "warn" })).await;
    let published = publish(&moderator, json!({ "despite_period": "Not needed." })).await.expect(200);
    assert_eq!(events_of(&admin, &published).await[0]["action"], "initiative.publish");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_scheduled_or_minor_waits_for_the_end() {
    let app = TestApp::with_sample().await;
    let (admin, moderator, editor) = (app.admin().await, app.moderator().await, app.editor("oldham").await);
    let revision = in_review(&app, &moderator).await;
    let period = record_period(&admin, json!({})).await;
    let soon = Utc::now() + Duration::hours(1);
    publish(&moderator, json!({ "publish_at": soon })).await.expect(200);
    app.sql("UPDATE revisions SET publish_at = now() - interval '1 minute' WHERE publish_at IS NOT NULL").await;
    let due = async || super::scheduled::run(&app).await;
    assert_eq!(due().await, 0);
    assert_eq!(editor.get(&path(&revision)).await.expect(200).json["state"], "approved");
    let deleted = admin.delete(period.header("location"), period.etag()).await;
    assert_eq!(deleted.status, 204);
    assert_eq!(due().await, 1);

    record_period(&admin, json!({})).await;
    let revision = begin(&editor).await;
    let edit = json!({ "source_url": "https://www.oldham.gov.uk/working" });
    let edited = editor.patch(&path(&revision), revision.etag(), &edit).await.expect(200);
    let submitted = act(&editor, &edited, "submit", &Value::Null).await.expect(200);
    assert_eq!(submitted.json["state"], "submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn websites_find_the_notice_of_a_day() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let body = json!({ "election": "Local elections, May 2027", "nation": "england", "starts_on": "2027-03-26",
        "polling_on": "2027-05-06" });
    let made = admin.post("/v1/pre-election-periods", &body).await.expect(201);
    for (query, total) in [
        ("council=oldham&on=2027-03-26", 1),
        ("council=oldham&on=2027-05-06", 1),
        ("council=oldham&on=2027-05-07", 0),
        ("council=glasgow&on=2027-05-06", 0),
        ("council=glasgow&council=oldham", 1),
        ("", 1),
    ] {
        assert_eq!(
            anybody.get(&format!("/v1/pre-election-periods?{query}")).await.expect(200).json["total"],
            total,
            "{query}"
        );
    }
    anybody.get("/v1/pre-election-periods?council=oldhm").await.expect_problem(404, "not_found");
    let address = made.header("location");
    let notice = "Local elections, May 2027: until 6 May 2027, councils take special care with what they publish.";
    assert_eq!(anybody.get(address).await.expect(200).json["notice_text"], notice);
    let own = json!({ "notice": "We publish with care until the vote." });
    let changed = admin.patch(address, made.etag(), &own).await.expect(200);
    assert_eq!(changed.json["notice_text"], own["notice"]);
    assert_eq!(anybody.get(address).await.expect(200).json["version"], 2);
    admin.delete(address, changed.etag()).await.expect(204);
    anybody.get(address).await.expect_problem(404, "not_found");

    for (members, pointer) in [
        (json!({ "polling_on": "2027-03-25" }), "/polling_on"),
        (json!({ "polling_on": "2027-09-06" }), "/polling_on"),
        (json!({ "council": "oldham" }), "/nation"),
        (json!({ "nation": null, "council": "oldhm" }), "/council"),
        (json!({ "rule": "stop" }), "/rule"),
        (json!({ "election": "" }), "/election"),
    ] {
        let mut sent = body.clone();
        sent.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let refused = admin.post("/v1/pre-election-periods", &sent).await;
        assert!([409, 422].contains(&refused.status.as_u16()), "{members}: {}", refused.text);
        assert_eq!(refused.json["errors"][0]["pointer"], pointer, "{}", refused.text);
    }
}
