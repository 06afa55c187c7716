//! A revision's way from its author to readers.

use ccin_registry::access::role::Role;
use serde_json::{Value, json};

use super::{RECORD, act, begin, path};
use crate::support::TestApp;
use crate::support::practice::practice;

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_changes_the_own_published_record_by_a_revision() {
    let app = TestApp::with_sample().await;
    let (editor, moderator, anybody) = (app.editor("oldham").await, app.moderator().await, app.anonymous());
    let before = anybody.get(RECORD).await.expect(200);
    let refused = editor.patch(RECORD, before.etag(), &json!({ "title": "Working in Oldham" })).await;
    assert!(refused.expect_problem(403, "forbidden").text.contains("/revisions"));

    let revision = begin(&editor).await;
    assert_eq!((&revision.json["number"], &revision.json["state"]), (&json!(2), &json!("draft")));
    assert_eq!(revision.json["actions"], json!(["edit", "submit", "discard"]));
    let edited = editor.patch(&path(&revision), revision.etag(), &json!({ "title": "Working in Oldham" })).await;
    let edited = edited.expect(200);
    assert_eq!(edited.json["changed"], json!(["title"]));
    let submitted = act(&editor, &edited, "submit", &json!({ "note": "The name changed." })).await.expect(200);
    assert!(submitted.json["stands"].as_str().unwrap().contains("It waits for a network officer"));
    assert_eq!(anybody.get(RECORD).await.expect(200).json["title"], before.json["title"], "readers see the old text");
    editor
        .patch(&path(&revision), submitted.etag(), &json!({ "title": "X and more" }))
        .await
        .expect_problem(409, "conflict");

    let queue = moderator.get("/v1/moderation/queue").await.expect(200);
    let first = &queue.json["data"][0];
    assert_eq!((&first["note"], &first["days_waiting"]), (&json!("The name changed."), &json!(0)));
    assert_eq!((&first["council"]["slug"], &first["is_published"]), (&json!("oldham"), &json!(true)));
    let claimed = act(&moderator, &submitted, "claim", &Value::Null).await.expect(200);
    assert_eq!(moderator.get("/v1/moderation/queue?mine=true").await.expect(200).json["total"], 1);
    assert_eq!(moderator.get("/v1/moderation/queue?mine=false").await.expect(200).json["total"], 0);

    let comment = json!({ "pointer": "/title", "comment": "Keep the old name in the summary." });
    let commented = act(&moderator, &claimed, "comments", &comment).await.expect(200);
    let asked =
        act(&moderator, &commented, "request-changes", &json!({ "reason": "One small thing." })).await.expect(200);
    let mine = editor.get("/v1/me/submissions").await.expect(200);
    let mine = &mine.json["data"][0];
    assert_eq!((&mine["state"], &mine["open_comments"]), (&json!("changes_requested"), &json!(1)));
    assert!(mine["stands"].as_str().unwrap().contains("asks for changes"));
    let seen = editor.get(&path(&asked)).await.expect(200);
    assert_eq!(
        (&seen.json["reason"], &seen.json["comments"][0]["pointer"]),
        (&json!("One small thing."), &json!("/title"))
    );

    let summary = "Formerly Get Oldham Working. Residents find work with the council and its partners.";
    let edited = editor.patch(&path(&asked), seen.etag(), &json!({ "summary": summary })).await.expect(200);
    let resolve = format!("comments/{}/resolve", edited.json["comments"][0]["id"].as_str().unwrap());
    let resolved = act(&editor, &edited, &resolve, &Value::Null).await.expect(200);
    assert!(resolved.json["comments"][0]["resolved_at"].is_string());
    act(&editor, &resolved, &resolve, &Value::Null).await.expect_problem(409, "conflict");
    let submitted = act(&editor, &resolved, "submit", &Value::Null).await.expect(200);
    let claimed = act(&moderator, &submitted, "claim", &Value::Null).await.expect(200);
    let approved = act(&moderator, &claimed, "approve", &Value::Null).await.expect(200);
    assert_eq!(approved.json["actions"], json!(["withdraw", "request_changes", "publish"]));

    let published = moderator.post_if_match(&format!("{RECORD}/publish"), before.etag()).await.expect(200);
    let now = anybody.get(RECORD).await.expect(200);
    assert_eq!((&now.json["title"], &now.json["summary"]), (&json!("Working in Oldham"), &json!(summary)));
    assert_eq!((&now.json["id"], &now.json["slug"]), (&before.json["id"], &before.json["slug"]));
    assert_eq!(now.json["entered_by"], "council");
    assert_eq!(published.json["version"], json!(before.json["version"].as_i64().unwrap() + 1));
    let numbers = anybody.get(&format!("{RECORD}/revisions")).await.expect(200);
    assert_eq!(numbers.each("state"), ["published", "superseded"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_record_goes_through_the_same_review() {
    let app = TestApp::with_sample().await;
    let (contributor, moderator) = (app.signed_in(Role::Contributor, Some("oldham")).await, app.moderator().await);
    let draft = contributor.post("/v1/initiatives", &practice("A library of things", "oldham")).await.expect(201);
    let record = draft.header("location").to_owned();
    let revision = contributor.get(&format!("{record}/revisions/1")).await.expect(200);
    assert_eq!(revision.json["text"]["title"], "A library of things");
    let elsewhere = contributor.patch(&path(&revision), revision.etag(), &json!({ "title": "Something else" })).await;
    assert!(elsewhere.expect_problem(409, "conflict").text.contains("PATCH"));
    contributor.delete(&path(&revision), revision.etag()).await.expect_problem(409, "conflict");
    contributor.post(&format!("{record}/revisions"), &json!({})).await.expect_problem(409, "conflict");

    let submitted = act(&contributor, &revision, "submit", &Value::Null).await.expect(200);
    let locked = contributor.patch(&record, draft.etag(), &json!({ "title": "Quietly changed" })).await;
    assert!(locked.expect_problem(409, "conflict").text.contains("You can: withdraw."));
    let claimed = act(&moderator, &submitted, "claim", &Value::Null).await.expect(200);
    let rejected = act(&moderator, &claimed, "reject", &json!({ "reason": "It is in the registry already." })).await;
    assert_eq!(rejected.expect(200).json["actions"], json!([]));
    contributor.patch(&record, draft.etag(), &json!({ "title": "Once more" })).await.expect_problem(409, "conflict");

    let second = contributor.post(&format!("{record}/revisions"), &json!({})).await.expect(201);
    assert_eq!(second.json["number"], 2);
    let changed = contributor.patch(&record, draft.etag(), &json!({ "title": "A library of tools" })).await.expect(200);
    let first = contributor.get(&format!("{record}/revisions/1")).await.expect(200);
    assert_eq!(first.json["text"]["title"], "A library of things", "what was rejected stays as it was");
    act(&contributor, &second, "submit", &Value::Null).await.expect(200);
    moderator.post_if_match(&format!("{record}/publish"), changed.etag()).await.expect(200);
    let seen = app.anonymous().get(&format!("{record}/revisions")).await.expect(200);
    assert_eq!(seen.each("number"), [2]);
    app.anonymous().get(&format!("{record}/revisions/1")).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_officers_who_decide_at_once_one_wins_and_one_gets_a_conflict() {
    let app = TestApp::with_sample().await;
    let (editor, one, other) = (app.editor("oldham").await, app.admin().await, app.admin().await);
    let revision = begin(&editor).await;
    let edited =
        editor.patch(&path(&revision), revision.etag(), &json!({ "title": "Another title" })).await.expect(200);
    let submitted = act(&editor, &edited, "submit", &Value::Null).await.expect(200);
    let claimed = act(&one, &submitted, "claim", &Value::Null).await.expect(200);
    let reason = json!({ "reason": "No." });
    let (first, second) =
        tokio::join!(act(&one, &claimed, "reject", &reason), act(&other, &claimed, "approve", &Value::Null));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{}\n{}", first.text, second.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_officer_takes_over_by_claiming_and_not_by_deciding() {
    let app = TestApp::with_sample().await;
    let (editor, one, other) = (app.editor("oldham").await, app.moderator().await, app.moderator().await);
    let revision = begin(&editor).await;
    let edited =
        editor.patch(&path(&revision), revision.etag(), &json!({ "title": "Another title" })).await.expect(200);
    let submitted = act(&editor, &edited, "submit", &Value::Null).await.expect(200);
    let claimed = act(&one, &submitted, "claim", &Value::Null).await.expect(200);
    let record = app.anonymous().get(RECORD).await;
    let refused = act(&other, &claimed, "approve", &Value::Null).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("claim it first"));
    other.post_if_match(&format!("{RECORD}/publish"), record.etag()).await.expect_problem(409, "conflict");
    let claimed = act(&other, &claimed, "claim", &Value::Null).await.expect(200);
    act(&other, &claimed, "approve", &Value::Null).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_a_revision_does_not_approve_it_but_for_an_admin_with_a_reason() {
    let app = TestApp::with_sample().await;
    let (moderator, admin) = (app.moderator().await, app.admin().await);
    for (officer, may) in [(&moderator, false), (&admin, true)] {
        let revision = begin(officer).await;
        let edited = officer.patch(&path(&revision), revision.etag(), &json!({ "title": "By an officer" })).await;
        let submitted = act(officer, &edited.expect(200), "submit", &Value::Null).await.expect(200);
        let claimed = act(officer, &submitted, "claim", &Value::Null).await.expect(200);
        let refused = act(officer, &claimed, "approve", &Value::Null).await;
        let with_reason = json!({ "reason": "The council asked for it by letter." });
        if may {
            refused.expect_problem(422, "invalid");
            act(officer, &claimed, "approve", &with_reason).await.expect(200);
        } else {
            refused.expect_problem(403, "forbidden");
            act(officer, &claimed, "approve", &with_reason).await.expect_problem(403, "forbidden");
            act(officer, &claimed, "reject", &with_reason).await.expect(200);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn minor_facts_are_published_at_once_for_an_editor_only() {
    let app = TestApp::with_sample().await;
    let (editor, contributor) = (app.editor("oldham").await, app.signed_in(Role::Contributor, Some("oldham")).await);
    let minor = json!({ "source_url": "https://www.oldham.gov.uk/work", "location": { "latitude": 53.54, "longitude": -2.11 } });
    for (author, state) in [(&editor, "published"), (&contributor, "submitted")] {
        let revision = begin(author).await;
        let edited = author.patch(&path(&revision), revision.etag(), &minor).await.expect(200);
        let submitted = act(author, &edited, "submit", &Value::Null).await.expect(200);
        // The second changes nothing any more, so there is nothing to publish at once.
        assert_eq!(submitted.json["state"], state, "{}", submitted.text);
    }
    assert_eq!(app.anonymous().get(RECORD).await.expect(200).json["source_url"], minor["source_url"]);
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let revision = begin(&editor).await;
    let both = json!({ "source_url": "https://www.oldham.gov.uk/work", "title": "And the title" });
    let edited = editor.patch(&path(&revision), revision.etag(), &both).await.expect(200);
    assert_eq!(act(&editor, &edited, "submit", &Value::Null).await.expect(200).json["state"], "submitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_sent_twice_begins_one_revision() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let send_it = async || {
        let request = editor.request(reqwest::Method::POST, &format!("{RECORD}/revisions"));
        crate::support::client::send(request.header("Idempotency-Key", "the-same-form").json(&json!({})))
            .await
            .expect(201)
    };
    let (first, again) = (send_it().await, send_it().await);
    assert_eq!(first.json["id"], again.json["id"]);
    editor.post(&format!("{RECORD}/revisions"), &json!({})).await.expect_problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_that_is_taken_is_refused_when_it_is_entered() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let revision = begin(&editor).await;
    let edit = async |slug: &str| editor.patch(&path(&revision), revision.etag(), &json!({ "slug": slug })).await;
    edit("10-by-10").await.expect_problem(409, "conflict");
    let reserved = edit("facets").await.expect_problem(409, "conflict");
    assert_eq!(reserved.faults(), [("/slug".into(), "reserved".into())]);
    let edited = edit("work-for-oldham").await.expect(200);
    assert_eq!(edited.json["text"]["slug"], "work-for-oldham");
}
