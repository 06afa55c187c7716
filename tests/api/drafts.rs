//! Drafts: whose they are, who changes them, who publishes them.

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::send;
use crate::support::practice::{path, practice, publish, with};

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_of_another_council_neither_finds_nor_changes_a_draft() {
    let app = TestApp::with_sample().await;
    let (own, other) = (app.editor("oldham").await, app.editor("rochdale").await);
    let draft = own.post("/v1/initiatives", &practice("Oldham's own draft", "oldham")).await.expect(201);
    let id = draft.json["id"].as_str().unwrap();
    for path in [path(&draft), format!("/v1/initiatives/{id}")] {
        other.get(&path).await.expect_problem(404, "not_found");
        other.put(&path, draft.etag(), &practice("Taken over", "rochdale")).await.expect_problem(404, "not_found");
        other.patch(&path, draft.etag(), &json!({ "title": "Changed" })).await.expect_problem(404, "not_found");
        other.delete(&path, draft.etag()).await.expect_problem(404, "not_found");
    }
    let component = with(practice("A component of it", "rochdale"), json!({ "parent": id }));
    let component = other.post("/v1/initiatives", &component).await.expect_problem(409, "conflict");
    assert_eq!(component.faults(), [("/parent".into(), "unknown_reference".into())]);
    assert_eq!(own.get(&path(&draft)).await.expect(200).json, draft.json);

    // What is published can be read, and is as little theirs to change.
    let moderator = app.moderator().await;
    let published = publish(&moderator, &draft).await;
    let path = path(&published);
    other.get(&path).await.expect(200);
    other.put(&path, published.etag(), &practice("Taken over", "rochdale")).await.expect_problem(403, "forbidden");
    other.patch(&path, published.etag(), &json!({ "title": "Changed" })).await.expect_problem(403, "forbidden");
    other.delete(&path, published.etag()).await.expect_problem(403, "forbidden");
    assert_eq!(own.get(&path).await.expect(200).json, published.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_keeps_a_parent_that_its_editor_does_not_see() {
    let app = TestApp::with_sample().await;
    let (oldham, rochdale) = (app.editor("oldham").await, app.editor("rochdale").await);
    let moderator = app.moderator().await;
    let bundle = oldham.post("/v1/initiatives", &practice("A bundle of Oldham", "oldham")).await.expect(201);
    let bundle = publish(&moderator, &bundle).await;
    let part = with(practice("Rochdale's part of it", "rochdale"), json!({ "parent": bundle.json["slug"] }));
    let part = rochdale.post("/v1/initiatives", &part).await.expect(201);
    assert_eq!(part.json["parent"]["id"], bundle.json["id"]);
    let taken_back = moderator.post_if_match(&format!("{}/unpublish", path(&bundle)), bundle.etag()).await;
    taken_back.expect(200);

    let hidden = rochdale.get(&path(&part)).await.expect(200);
    assert_eq!(hidden.json["parent"], Value::Null);
    let patched = rochdale.patch(&path(&part), hidden.etag(), &json!({ "title": "A new title" })).await.expect(200);
    assert_eq!(patched.json["parent"], Value::Null);
    let put = practice("Another title", "rochdale");
    let replaced = rochdale.put(&path(&part), patched.etag(), &put).await.expect(200);
    let known = moderator.get(&path(&replaced)).await.expect(200);
    assert_eq!(known.json["parent"]["id"], bundle.json["id"]);
    publish(&moderator, &replaced).await;
    app.anonymous().get(&path(&replaced)).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contributor_drafts_for_the_own_council_and_no_more() {
    let app = TestApp::with_sample().await;
    let contributor = app.signed_in(Role::Contributor, Some("oldham")).await;
    let draft = contributor.post("/v1/initiatives", &practice("A contributor's draft", "oldham")).await.expect(201);
    assert_eq!(draft.json["state"], "draft");
    let path = path(&draft);
    contributor.publish(&path, draft.etag()).await.expect_problem(403, "forbidden");
    for lead in ["rochdale", "network"] {
        for refused in [
            contributor.post("/v1/initiatives", &practice("Another's draft", lead)).await,
            contributor.put(&path, draft.etag(), &practice("Another's draft", lead)).await,
            contributor.patch(&path, draft.etag(), &json!({ "lead_council": lead })).await,
        ] {
            let refused = refused.expect_problem(422, "invalid");
            assert_eq!(refused.faults(), [("/lead_council".into(), "not_yours".into())], "{lead}");
        }
    }
    let changed = contributor.patch(&path, draft.etag(), &json!({ "title": "A better title" })).await.expect(200);

    let published = publish(&app.moderator().await, &changed).await;
    contributor.put(&path, published.etag(), &practice("Rewritten", "oldham")).await.expect_problem(403, "forbidden");
    contributor.patch(&path, published.etag(), &json!({ "title": "Changed" })).await.expect_problem(403, "forbidden");
    contributor.delete(&path, published.etag()).await.expect_problem(403, "forbidden");
    let unpublish = contributor.post_if_match(&format!("{path}/unpublish"), published.etag()).await;
    unpublish.expect_problem(403, "forbidden");
    assert_eq!(contributor.get(&path).await.expect(200).json, published.json);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wrote_a_record_does_not_publish_it_but_for_an_admin() {
    let app = TestApp::with_sample().await;
    let (moderator, admin) = (app.moderator().await, app.admin().await);
    let own = moderator.post("/v1/initiatives", &practice("A moderator's work", "network")).await.expect(201);
    let address = format!("{}/publish", path(&own));
    send(moderator.request(Method::POST, &address)).await.expect_problem(428, "precondition_required");
    moderator.post_if_match(&address, "\"7\"").await.expect_problem(412, "stale");
    moderator.post_if_match(&address, own.etag()).await.expect_problem(403, "forbidden");
    app.anonymous().get(&path(&own)).await.expect_problem(404, "not_found");

    let another = app.moderator().await;
    send(another.request(Method::POST, &address)).await.expect_problem(428, "precondition_required");
    let stale = another.post_if_match(&address, "\"7\"").await.expect_problem(412, "stale");
    let published = another.post_if_match(&address, stale.etag()).await.expect(200);
    assert_eq!((&published.json["state"], published.json["published_at"].is_string()), (&json!("published"), true));
    assert_eq!(app.anonymous().get(&path(&own)).await.expect(200).json["id"], own.json["id"]);

    let written = admin.post("/v1/initiatives", &practice("An admin's work", "oldham")).await.expect(201);
    let address = format!("{}/publish", path(&written));
    let refused = admin.post_if_match(&address, written.etag()).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults(), [("/reason".into(), "required".into())]);
    assert_eq!(publish(&admin, &written).await.json["state"], "published");
}
