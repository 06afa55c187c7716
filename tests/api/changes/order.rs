//! The order of changes is the order of commits: nobody passes a transaction that is slower than others.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use super::reader::{Reader, assert_same, fresh};
use crate::support::practice::{practice, publish};
use crate::support::{TestApp, records};

const SLOW: &str = "UPDATE initiatives SET title = 'Changed by somebody slow' WHERE slug = 'get-oldham-working'";

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_began_first_and_commits_last_is_not_passed() {
    let app = TestApp::with_sample().await;
    let mut reader = Reader::new(&app, app.anonymous());
    reader.finish().await;
    let mut slow = ccin_registry::db::establish(app.database.url.clone()).await.unwrap();
    slow.batch_execute(&format!("BEGIN; {SLOW}")).await.unwrap();

    let quick = app.admin().await.post("/v1/themes", &records::theme("Quick")).await.expect(201);
    reader.finish().await;
    assert!(reader.copy.contains_key(&("theme".into(), quick.json["id"].as_str().unwrap().into())));
    let behind = reader.clone();
    assert!(!reader.copy.values().any(|record| record["title"] == "Changed by somebody slow"));

    slow.batch_execute("COMMIT").await.unwrap();
    for mut reader in [reader, behind] {
        reader.finish().await;
        assert!(reader.copy.values().any(|record| record["title"] == "Changed by somebody slow"));
        assert_same(&reader.copy, &fresh(&app.anonymous()).await, "after the slow one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_has_its_place_and_does_not_commit_yet_is_waited_for() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut reader = Reader::new(&app, app.anonymous());
    reader.finish().await;
    let before = reader.copy.clone();
    let mut slow = ccin_registry::db::establish(app.database.url.clone()).await.unwrap();
    // Its place is given out; the commit is held back.
    slow.batch_execute(&format!("BEGIN; {SLOW}; SET CONSTRAINTS ALL IMMEDIATE")).await.unwrap();

    let quick = tokio::spawn(async move { admin.post("/v1/themes", &records::theme("Quick")).await.expect(201) });
    app.until_waiting(1, || quick.is_finished()).await;
    assert!(!quick.is_finished(), "the quick one did not wait for its place");
    reader.finish().await;
    assert_same(&reader.copy, &before, "while both are under way");

    slow.batch_execute("COMMIT").await.unwrap();
    quick.await.unwrap();
    reader.finish().await;
    assert!(reader.copy.values().any(|record| record["title"] == "Changed by somebody slow"));
    assert_same(&reader.copy, &fresh(&app.anonymous()).await, "when both are there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rolled_back_is_no_change() {
    let app = TestApp::with_sample().await;
    let page = app.anonymous().get("/v1/changes?limit=1000").await.expect(200);
    app.sql(&format!("BEGIN; {SLOW}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK")).await;
    assert_eq!(app.anonymous().get("/v1/changes?limit=1000").await.expect(200).text, page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_kept_through_every_kind_of_change_stays_right() {
    let app = TestApp::with_sample().await;
    let (admin, anonymous) = (app.admin().await, app.anonymous());
    let mut reader = Reader::new(&app, anonymous.clone());
    reader.finish().await;
    let entered = admin.post("/v1/initiatives", &practice("Followed practice", "oldham")).await.expect(201);
    let mut shown = publish(&app.moderator().await, &entered).await;
    let path = format!("/v1/initiatives/{}", entered.json["id"].as_str().unwrap());
    for patch in [
        json!({ "parent": "get-oldham-working" }),
        json!({ "visibility": "members" }),
        json!({ "visibility": "public", "lead_council": "york" }),
        json!({ "parent": null, "participants": [{ "council": "oldham", "role": "co_lead" }] }),
    ] {
        shown = admin.patch(&path, shown.etag(), &patch).await.expect(200);
        reader.step(1).await;
        reader.finish().await;
        assert_same(&reader.copy, &fresh(&anonymous).await, &patch.to_string());
    }
    for list in ["/v1/councils/oldham", "/v1/themes/housing"] {
        let found = admin.get(list).await.expect(200);
        let name = if list.contains("councils") { "name" } else { "label" };
        admin.patch(list, found.etag(), &json!({ name: "Another name" })).await.expect(200);
        reader.finish().await;
        assert_same(&reader.copy, &fresh(&anonymous).await, list);
    }
    let moderator = app.moderator().await;
    let now = admin.get(&path).await.expect(200);
    moderator.post_if_match(&format!("{path}/unpublish"), now.etag()).await.expect(200);
    reader.finish().await;
    assert!(!reader.copy.contains_key(&("initiative".into(), entered.json["id"].as_str().unwrap().into())));
    assert_same(&reader.copy, &fresh(&anonymous).await, "no longer public");
}
