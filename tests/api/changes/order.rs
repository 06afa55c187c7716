//! The order of changes is the order of commits: nobody passes a transaction that is slower than others.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use super::reader::{Reader, assert_same, fresh};
use crate::support::practice::{practice, publish};
use crate::support::{Answer, TestApp, records};

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
    // The feed is read from the database; the lists show the commit once the service has followed it.
    app.settle().await;
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
    app.settle().await;
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

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_sight_of_a_record_is_told() {
    let app = TestApp::with_sample().await;
    let (admin, anonymous, editor) = (app.admin().await, app.anonymous(), app.editor("oldham").await);
    let draft = editor.post("/v1/initiatives", &practice("A draft to hand over", "oldham")).await.expect(201);
    let council = admin.post("/v1/councils", &records::council("Newcomer")).await.expect(201);
    let key = |resource: &str, record: &Answer| (resource.to_owned(), record.json["id"].as_str().unwrap().to_owned());
    let (draft_key, council_key) = (key("initiative", &draft), key("council", &council));
    let (mut of_editor, mut of_anybody) = (Reader::new(&app, editor.clone()), Reader::new(&app, anonymous.clone()));
    of_editor.finish().await;
    of_anybody.finish().await;
    assert!(of_editor.copy.contains_key(&draft_key) && of_anybody.copy.contains_key(&council_key));

    let behind = of_editor.clone();
    let path = format!("/v1/initiatives/{}", draft_key.1);
    let york = admin.patch(&path, draft.etag(), &json!({ "lead_council": "york" })).await.expect(200);
    of_editor.finish().await;
    assert!(!of_editor.copy.contains_key(&draft_key), "the draft is another council's now");
    // Its last change is not Oldham's to know of, the one that took it away still is.
    admin.patch(&path, york.etag(), &json!({ "title": "A draft handed over" })).await.expect(200);
    let mut anew = Reader::new(&app, editor.clone());
    anew.finish().await;
    assert_same(&anew.copy, &fresh(&editor).await, "from the beginning");
    for mut reader in [of_editor, behind] {
        reader.finish().await;
        assert_same(&reader.copy, &fresh(&editor).await, "the former lead council");
    }

    let body = json!({ "member": { "council": council_key.1 }, "tier": "associate", "from": "2013" });
    let joined = admin.post("/v1/memberships", &body).await.expect(201);
    of_anybody.finish().await;
    assert_eq!(of_anybody.copy[&council_key]["membership"]["joined_on"], "2013", "the council shows its membership");
    assert_same(&of_anybody.copy, &fresh(&anonymous).await, "a member");
    admin.delete(joined.header("location"), joined.etag()).await.expect(204);
    of_anybody.finish().await;
    assert_eq!(of_anybody.copy[&council_key]["membership"], json!({ "tier": "none" }));
    assert_same(&of_anybody.copy, &fresh(&anonymous).await, "no member again");
}
