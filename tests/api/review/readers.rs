//! What readers see of revisions, and what they do not.

use ccin_registry::access::role::Role;
use serde_json::{Value, json};

use super::{RECORD, act, begin, path};
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_no_people_no_notes_and_nothing_that_is_not_published() {
    let app = TestApp::with_sample().await;
    let (editor, moderator) = (app.editor("oldham").await, app.moderator().await);
    let revision = begin(&editor).await;
    let edited =
        editor.patch(&path(&revision), revision.etag(), &json!({ "title": "A secret title" })).await.expect(200);
    let submitted = act(&editor, &edited, "submit", &json!({ "note": "A secret note" })).await.expect(200);
    let strangers = [app.anonymous(), app.signed_in(Role::MemberViewer, None).await, app.editor("york").await];
    for stranger in &strangers {
        stranger.get(&path(&revision)).await.expect_problem(404, "not_found");
        assert_eq!(stranger.get(&format!("{RECORD}/revisions")).await.expect(200).json["total"], 1);
    }
    app.anonymous().get("/v1/moderation/queue").await.expect(401);
    assert_eq!(app.editor("york").await.get("/v1/me/submissions").await.expect(200).json["total"], 0);

    act(&moderator, &submitted, "claim", &Value::Null).await.expect(200);
    let record = moderator.get(RECORD).await;
    let reason = json!({ "reason": "A secret reason" });
    let publish = moderator.request(reqwest::Method::POST, &format!("{RECORD}/publish"));
    crate::support::client::send(publish.header("If-Match", record.etag()).json(&reason)).await.expect(200);
    for stranger in &strangers {
        let seen = stranger.get(&path(&revision)).await.expect(200);
        assert!(!seen.text.contains("secret note") && !seen.text.contains("secret reason"), "{}", seen.text);
        assert_eq!((&seen.json["writers"], &seen.json["decided_by"]), (&json!([]), &Value::Null));
        assert_eq!(seen.json["actions"], json!([]));
    }
    assert_eq!(editor.get(&path(&revision)).await.expect(200).json["reason"], "A secret reason");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_was_for_members_stays_for_members() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut etag = admin.get(RECORD).await.expect(200).etag().to_owned();
    for visibility in ["members", "public"] {
        let body = json!({ "visibility": visibility, "provenance_note": format!("For {visibility}") });
        etag = admin.patch(RECORD, &etag, &body).await.expect(200).etag().to_owned();
    }
    let first = |answer: crate::support::Answer| answer.expect(200).each("number");
    let list = format!("{RECORD}/revisions");
    assert_eq!(first(app.anonymous().get(&list).await), [3, 1]);
    app.anonymous().get(&format!("{list}/2")).await.expect_problem(404, "not_found");
    let member = app.signed_in(Role::MemberViewer, None).await;
    assert_eq!(first(member.get(&list).await), [3, 2, 1]);
    assert_eq!(member.get(&format!("{list}/2")).await.expect(200).json["text"]["visibility"], "members");
    // A record that is hidden hides its revisions.
    admin.patch(RECORD, &etag, &json!({ "visibility": "private" })).await.expect(200);
    app.anonymous().get(&list).await.expect_problem(404, "not_found");
    app.anonymous().get(&format!("{list}/1")).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_revisions_is_read_in_pages() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut etag = admin.get(RECORD).await.expect(200).etag().to_owned();
    for at in 0..4 {
        let body = json!({ "provenance_note": format!("Edit {at}") });
        etag = admin.patch(RECORD, &etag, &body).await.expect(200).etag().to_owned();
    }
    let mut next = format!("{RECORD}/revisions?limit=2");
    let mut numbers = Vec::new();
    loop {
        let page = app.anonymous().get(&next).await.expect(200);
        numbers.extend(page.each("number"));
        match page.json["page"]["next"].as_str() {
            Some(url) => next = url[url.find("/v1/").unwrap()..].to_owned(),
            None => break,
        }
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
}
