//! "Still true?": who confirms a record, and what readers see of it.

use ccin_registry::access::role::Role;
use chrono::{Months, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::records::initiative;
use crate::support::{Answer, Client, TestApp};

/// A published initiative of Oldham that was running in 2013: its path and ETag.
async fn published(admin: &Client, title: &str, status: &str) -> (String, String) {
    let mut wish = initiative(title, "oldham");
    (wish["delivery_status"], wish["status_as_at"]) = (json!(status), json!("2013-12"));
    let made = admin.post("/v1/initiatives", &wish).await.expect(201);
    let path = made.header("location").to_owned();
    let published = admin.publish(&path, made.etag()).await.expect(200);
    (path, published.etag().to_owned())
}

async fn verify(client: &Client, path: &str, etag: &str, body: &Value) -> Answer {
    send(client.request(Method::POST, &format!("{path}/verify")).header("If-Match", etag).json(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_council_confirms_its_own_published_record() {
    let app = TestApp::with_sample().await;
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let (path, etag) = published(&admin, "Mending bicycles", "live").await;
    let before = app.anonymous().get(&path).await.expect(200);
    assert_eq!(before.json["status_text"], "Running, as of December 2013; not confirmed since");

    let verified = verify(&editor, &path, &etag, &json!({ "method": "owner_confirmed" })).await.expect(200);
    let today = Utc::now().date_naive();
    let next_year = today.checked_add_months(Months::new(12)).unwrap();
    for read in [verified.json.clone(), app.anonymous().get(&path).await.expect(200).json] {
        assert_eq!(read["verified_method"], "owner_confirmed");
        assert!(read["verified_at"].as_str().unwrap().starts_with(&today.to_string()));
        assert_eq!(read["review_due_on"], json!(next_year));
        assert_eq!(read["status_confirmation"], "current");
        assert_eq!(read["freshness"], "fresh");
        assert_eq!(read["status_as_at"], "2013-12", "what the source said stays");
        assert_eq!(read["version"], 3);
    }
    let listed = app.anonymous().get("/v1/initiatives?freshness=fresh").await.expect(200);
    assert_eq!(listed.each("slug"), ["mending-bicycles"]);
    let page = app.anonymous().get("/initiatives/mending-bicycles").await.expect(200);
    assert!(page.text.contains("Confirmed by the council"), "{}", page.text);
    let csv = app.anonymous().get("/v1/initiatives.csv?q=bicycles&fields=slug,verified_method").await.expect(200);
    assert!(csv.text.contains("mending-bicycles,owner_confirmed"), "{}", csv.text);
    // The text is still the network's to change.
    editor.patch(&path, verified.etag(), &json!({ "title": "Mending" })).await.expect_problem(403, "forbidden");
    // Once more, against documents this time. Who edited in between is noticed.
    verify(&editor, &path, &etag, &json!({ "method": "document_checked" })).await.expect_problem(412, "stale");
    let again = verify(&editor, &path, verified.etag(), &json!({ "method": "document_checked" })).await.expect(200);
    assert_eq!(again.json["verified_method"], "document_checked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_review_depends_on_the_stage() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let today = Utc::now().date_naive();
    for (status, months) in [("idea", Some(6)), ("pilot", Some(12)), ("completed", None)] {
        let (path, etag) = published(&admin, &format!("At the stage {status}"), status).await;
        let verified = verify(&admin, &path, &etag, &json!({ "method": "independent" })).await.expect(200);
        let due = months.map(|months| today.checked_add_months(Months::new(months)).unwrap());
        assert_eq!(verified.json["review_due_on"], json!(due), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_confirms_a_record_and_nobody_the_own_one_independently() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let (path, etag) = published(&admin, "Mending bicycles", "live").await;
    let owner = json!({ "method": "owner_confirmed" });
    for stranger in [app.editor("york").await, app.signed_in(Role::Contributor, Some("oldham")).await] {
        verify(&stranger, &path, &etag, &owner).await.expect_problem(403, "forbidden");
    }
    verify(&app.anonymous(), &path, &etag, &owner).await.expect(401);
    let editor = app.editor("oldham").await;
    let own = verify(&editor, &path, &etag, &json!({ "method": "independent" })).await.expect_problem(422, "invalid");
    assert_eq!(own.faults(), [("/method".into(), "not_allowed".into())]);
    let typo =
        verify(&editor, &path, &etag, &json!({ "method": "owner_confirmd" })).await.expect_problem(422, "invalid");
    assert!(typo.text.contains("owner_confirmed"), "{}", typo.text);
    verify(&editor, &path, &etag, &json!({})).await.expect_problem(422, "invalid");
    let draft = admin.post_if_match(&format!("{path}/unpublish"), &etag).await.expect(200);
    let refused = verify(&editor, &path, draft.etag(), &owner).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("is a draft"), "{}", refused.text);
    // Nobody writes it into a body.
    let body = json!({ "verified_method": "independent" });
    admin.patch(&path, draft.etag(), &body).await.expect_problem(422, "invalid");
}
