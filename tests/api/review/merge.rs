//! What happens when the published text changes under a revision.

use serde_json::{Value, json};

use super::{RECORD, act, begin, path};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn what_an_officer_changes_meanwhile_stays_and_a_conflict_is_named() {
    let app = TestApp::with_sample().await;
    let (editor, moderator) = (app.editor("oldham").await, app.moderator().await);
    let revision = begin(&editor).await;
    let patch = json!({ "title": "The editor's title", "who_for": "Residents of Oldham" });
    let edited = editor.patch(&path(&revision), revision.etag(), &patch).await.expect(200);

    let record = moderator.get(RECORD).await.expect(200);
    let patch = json!({ "title": "The officer's title", "provenance_note": "Checked by the network." });
    let by_officer = moderator.patch(RECORD, record.etag(), &patch).await.expect(200);
    let seen = editor.get(&path(&revision)).await.expect(200);
    assert_eq!(seen.json["conflicts"], json!(["title"]));
    assert_eq!(seen.json["text"]["provenance_note"], "Checked by the network.");
    assert_eq!(seen.json["text"]["title"], "The editor's title");

    // Another edit does not hide the conflict, and nobody publishes over it.
    let other = editor.patch(&path(&revision), edited.etag(), &json!({ "who_for": "All residents" })).await.expect(200);
    assert_eq!(other.json["conflicts"], json!(["title"]));
    let submitted = act(&editor, &other, "submit", &Value::Null).await.expect(200);
    let publish = format!("{RECORD}/publish");
    let refused = moderator.post_if_match(&publish, by_officer.etag()).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("title"), "{}", refused.text);
    let back = act(&editor, &submitted, "withdraw", &Value::Null).await.expect(200);

    // Sending the member again settles it, even with the same value.
    let settled = editor.patch(&path(&back), back.etag(), &json!({ "title": "The editor's title" })).await.expect(200);
    assert_eq!(settled.json["conflicts"], json!([]));
    act(&editor, &settled, "submit", &Value::Null).await.expect(200);
    moderator.post_if_match(&publish, by_officer.etag()).await.expect(200);
    let now = app.anonymous().get(RECORD).await.expect(200);
    assert_eq!(now.json["title"], "The editor's title");
    assert_eq!(
        (&now.json["who_for"], &now.json["provenance_note"]),
        (&json!("All residents"), &json!("Checked by the network."))
    );
    // Three texts were published: the officer's is revision 3.
    let list = app.anonymous().get(&format!("{RECORD}/revisions")).await.expect(200);
    assert_eq!(list.each("state"), ["superseded", "published", "superseded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_revision_stands_in_the_way_of_unpublishing_and_archiving() {
    let app = TestApp::with_sample().await;
    let (editor, moderator) = (app.editor("oldham").await, app.moderator().await);
    let revision = begin(&editor).await;
    let record = moderator.get(RECORD).await.expect(200);
    for action in ["unpublish", "archive"] {
        let refused = moderator.post_if_match(&format!("{RECORD}/{action}"), record.etag()).await;
        assert!(refused.expect_problem(409, "conflict").text.contains("Revision 2"), "{action}");
    }
    moderator.delete(&path(&revision), revision.etag()).await.expect(204);
    moderator.post_if_match(&format!("{RECORD}/archive"), record.etag()).await.expect(200);
    let refused = editor.post(&format!("{RECORD}/revisions"), &json!({})).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("archived"));
    // Readers still find it.
    let seen = app.anonymous().get(RECORD).await.expect(200);
    assert_eq!(seen.json["state"], "archived");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_text_is_kept_when_the_record_returns_to_draft() {
    let app = TestApp::with_sample().await;
    let (admin, editor) = (app.admin().await, app.editor("oldham").await);
    let record = admin.get(RECORD).await.expect(200);
    let draft = admin.post_if_match(&format!("{RECORD}/unpublish"), record.etag()).await.expect(200);
    let changed = editor.patch(RECORD, draft.etag(), &json!({ "title": "Quite another title" })).await.expect(200);
    let first = editor.get(&format!("{RECORD}/revisions/1")).await.expect(200);
    assert_eq!((&first.json["text"]["title"], &first.json["state"]), (&record.json["title"], &json!("superseded")));
    let open = editor.get(&format!("{RECORD}/revisions/2")).await.expect(200);
    assert_eq!(open.json["text"]["title"], "Quite another title");
    admin.post_if_match(&format!("{RECORD}/publish"), changed.etag()).await.expect(200);
    assert_eq!(app.anonymous().get(&format!("{RECORD}/revisions")).await.expect(200).each("number"), [2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_references_and_comments_are_refused_with_every_fault() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let revision = begin(&editor).await;
    let patch = json!({ "themes": ["housng"], "title": "X" });
    let refused = editor.patch(&path(&revision), revision.etag(), &patch).await.expect_problem(422, "invalid");
    assert!(refused.text.contains("housing") && refused.text.contains("/title"), "{}", refused.text);
    editor
        .patch(&path(&revision), revision.etag(), &json!({ "lead_council": "york" }))
        .await
        .expect_problem(422, "invalid");
    let comment = json!({ "pointer": "/summry", "comment": "" });
    let refused = act(&editor, &revision, "comments", &comment).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults().len(), 2, "{}", refused.text);
    assert!(refused.text.contains("summary"), "{}", refused.text);
    for number in ["0", "99", "x", "-1"] {
        editor.get(&format!("{RECORD}/revisions/{number}")).await.expect_problem(404, "not_found");
    }
}
