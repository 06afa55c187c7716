//! What changed from one text to another, and earlier texts restored.

use serde_json::{Value, json};

use super::{RECORD, act, begin, path};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn readers_compare_published_texts_as_a_patch_and_in_words() {
    let app = TestApp::with_sample().await;
    let (admin, anybody) = (app.admin().await, app.anonymous());
    let record = admin.get(RECORD).await.expect(200);
    let title = record.json["title"].as_str().unwrap().to_owned();
    let patch = json!({ "title": "Work for Oldham", "who_for": "Residents", "provenance_note": null });
    let changed = admin.patch(RECORD, record.etag(), &patch).await.expect(200);
    let diff = anybody.get(&format!("{RECORD}/revisions/2/diff")).await.expect(200);
    assert_eq!((&diff.json["from"], &diff.json["to"]), (&json!(1), &json!(2)));
    let words = diff.json["in_words"].as_array().unwrap();
    assert!(words.contains(&json!(format!("title: “{title}” is now “Work for Oldham”"))), "{words:?}");
    assert!(words.contains(&json!("who_for: added “Residents”")), "{words:?}");
    let patch = diff.json["patch"].as_array().unwrap();
    assert!(patch.contains(&json!({ "op": "replace", "path": "/title", "value": "Work for Oldham" })), "{patch:?}");
    let back = anybody.get(&format!("{RECORD}/revisions/1/diff?from=2")).await.expect(200);
    assert_eq!((&back.json["from"], &back.json["to"]), (&json!(2), &json!(1)));
    assert!(back.text.contains("who_for: removed"));
    let same = anybody.get(&format!("{RECORD}/revisions/1/diff")).await.expect(200);
    assert_eq!((&same.json["patch"], &same.json["in_words"]), (&json!([]), &json!([])));

    // Who does not see a text does not see its differences either.
    let editor = app.editor("oldham").await;
    let revision = begin(&editor).await;
    editor.patch(&path(&revision), revision.etag(), &json!({ "title": "A secret title" })).await.expect(200);
    for address in [format!("{RECORD}/revisions/3/diff"), format!("{RECORD}/revisions/1/diff?from=3")] {
        anybody.get(&address).await.expect_problem(404, "not_found");
        assert!(editor.get(&address).await.expect(200).text.contains("A secret title"));
    }
    anybody.get(&format!("{RECORD}/revisions/2/diff?from=99")).await.expect_problem(404, "not_found");
    let hidden = admin.patch(RECORD, changed.etag(), &json!({ "visibility": "private" })).await;
    hidden.expect(200);
    anybody.get(&format!("{RECORD}/revisions/2/diff")).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_text_is_restored_as_a_new_revision() {
    let app = TestApp::with_sample().await;
    let (admin, editor, moderator) = (app.admin().await, app.editor("oldham").await, app.moderator().await);
    let record = admin.get(RECORD).await.expect(200);
    let changed = admin.patch(RECORD, record.etag(), &json!({ "title": "Work for Oldham", "slug": "work" })).await;
    changed.expect(200);
    let new = json!({ "from": 1, "note": "The old title was right." });
    let revision = editor.post("/v1/initiatives/work/revisions", &new).await.expect(201);
    assert_eq!(
        (&revision.json["text"]["title"], &revision.json["text"]["slug"]),
        (&record.json["title"], &json!("work"))
    );
    assert_eq!(revision.json["changed"], json!(["title"]));
    let submitted = act(&editor, &revision, "submit", &Value::Null).await.expect(200);
    let now = moderator.get("/v1/initiatives/work").await.expect(200);
    moderator.post_if_match("/v1/initiatives/work/publish", now.etag()).await.expect(200);
    let now = app.anonymous().get("/v1/initiatives/work").await.expect(200);
    assert_eq!((&now.json["title"], &now.json["summary"]), (&record.json["title"], &record.json["summary"]));
    assert_eq!(submitted.json["number"], 3);

    let unknown = editor.post("/v1/initiatives/work/revisions", &json!({ "from": 99 })).await;
    unknown.expect_problem(404, "not_found");
    let draft =
        editor.post("/v1/initiatives", &crate::support::practice::practice("A new one", "oldham")).await.expect(201);
    let refused = editor.post(&format!("{}/revisions", draft.header("location")), &json!({ "from": 1 })).await;
    refused.expect_problem(409, "conflict");
}
