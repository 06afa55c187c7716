//! Changes that somebody suggests to the council that looks after an initiative.

use ccin_registry::access::role::Role;
use futures_util::join;
use reqwest::Method;
use serde_json::{Value, json};

use super::{RECORD, act, begin, path};
use crate::support::client::send;
use crate::support::records::suggestion;
use crate::support::{Answer, Client, TestApp};

const SLUG: &str = "get-oldham-working";

/// A suggestion with these operations.
fn with(operations: Value) -> Value {
    json!({ "initiative": SLUG, "reason": "The report says so.", "operations": operations })
}

async fn suggest(author: &Client, operations: Value) -> Answer {
    author.post("/v1/suggestions", &with(operations)).await.expect(201)
}

/// Takes an action on the suggestion in an answer, in that version.
async fn take(client: &Client, suggestion: &Answer, action: &str, body: &Value) -> Answer {
    let path = format!("/v1/suggestions/{}/{action}", suggestion.json["id"].as_str().expect("a suggestion"));
    let request = client.request(Method::POST, &path).header("If-Match", suggestion.etag());
    send(if body.is_null() { request } else { request.json(body) }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_accepts_a_part_and_readers_see_whom_to_thank() {
    let app = TestApp::with_sample().await;
    let (friend, owner, moderator) = (app.editor("york").await, app.editor("oldham").await, app.moderator().await);
    let before = app.anonymous().get(RECORD).await.expect(200);
    let made = suggest(
        &friend,
        json!([
            { "op": "add", "path": "/who_for", "value": "Residents without work." },
            { "op": "replace", "path": "/title", "value": "Get All of Oldham Working" },
        ]),
    )
    .await;
    assert_eq!((&made.json["state"], &made.json["actions"]), (&json!("open"), &json!(["withdraw"])));
    assert_eq!(
        (&made.json["council"]["slug"], &made.json["author_council"]["slug"]),
        (&json!("oldham"), &json!("york"))
    );
    let words = made.json["in_words"].to_string();
    assert!(words.contains("“Get All of Oldham Working”") && words.contains("who_for: "), "{words}");

    let waiting = owner.get("/v1/suggestions?state=open&mine=false").await.expect(200);
    assert_eq!(waiting.json["data"][0]["id"], made.json["id"]);
    assert_eq!(waiting.json["data"][0]["actions"], json!(["accept", "decline"]));
    let accepted =
        take(&owner, &made, "accept", &json!({ "operations": [0], "reply": "Thank you." })).await.expect(200);
    assert_eq!((&accepted.json["state"], &accepted.json["accepted"]), (&json!("partly_accepted"), &json!([0])));
    assert_eq!((&accepted.json["revision"], &accepted.json["actions"]), (&json!(2), &json!([])));
    assert_eq!(app.anonymous().get(RECORD).await.expect(200).json["who_for"], before.json["who_for"]);

    let revision = owner.get(&format!("{RECORD}/revisions/2")).await.expect(200);
    assert_eq!((&revision.json["state"], &revision.json["changed"]), (&json!("draft"), &json!(["who_for"])));
    assert_eq!(revision.json["writers"].as_array().unwrap().len(), 2, "both have written it");
    assert!(revision.json["note"].as_str().unwrap().contains("The report says so."));
    let submitted = act(&owner, &revision, "submit", &Value::Null).await.expect(200);
    act(&moderator, &submitted, "claim", &Value::Null).await.expect(200);
    moderator.post_if_match(&format!("{RECORD}/publish"), before.etag()).await.expect(200);
    let read = app.anonymous().get(&format!("{RECORD}/revisions/2")).await.expect(200);
    assert_eq!(read.json["text"]["who_for"], "Residents without work.");
    assert_eq!((&read.json["credits"][0]["slug"], &read.json["writers"]), (&json!("york"), &json!([])));
    let first = app.anonymous().get(&format!("{RECORD}/revisions/1")).await.expect(200);
    assert_eq!(first.json["credits"], json!([]));
    let told = friend.get(&format!("/v1/suggestions/{}", made.json["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(told.json["reply"], "Thank you.");
    assert!(told.json["stands"].as_str().unwrap().contains("revision 2"), "{}", told.json["stands"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suggestion_that_does_not_apply_is_refused_with_the_failing_operation() {
    let app = TestApp::with_sample().await;
    let friend = app.signed_in(Role::Researcher, None).await;
    for (operations, place, code) in [
        (json!([]), "/operations", "too_few"),
        (json!([{ "op": "remove", "path": "title" }]), "/operations/0/path", "malformed"),
        (json!([{ "op": "replace", "path": "/title", "value": "Get Oldham Working" }]), "/operations", "no_change"),
        (
            json!([{ "op": "add", "path": "/who_for", "value": "X" }, { "op": "remove", "path": "/outcomes/99" }]),
            "/operations/1/path",
            "does_not_apply",
        ),
        (json!([{ "op": "test", "path": "/title", "value": "Smart York" }]), "/operations/0/value", "test_failed"),
        (json!([{ "op": "add", "path": "/title" }]), "/operations/0/value", "required"),
        (json!([{ "op": "move", "path": "/who_for" }]), "/operations/0/from", "required"),
        (json!([{ "op": "remove", "path": "/title", "value": 1 }]), "/operations/0/value", "not_allowed"),
        (json!([{ "op": "replace", "path": "/visibility", "value": "private" }]), "/operations/0/path", "not_allowed"),
        (json!([{ "op": "copy", "path": "/who_for", "from": "/slug" }]), "/operations/0/path", "not_allowed"),
        (json!([{ "op": "replace", "path": "/title", "value": null }]), "/operations/0/value", "wrong_type"),
        (
            json!([{ "op": "replace", "path": "/delivery_status", "value": "over" }]),
            "/operations/0/value",
            "not_allowed",
        ),
        (json!([{ "op": "add", "path": "/no_such_member", "value": 1 }]), "/operations/0/value", "unknown_member"),
        (
            json!([{ "op": "replace", "path": "/themes/0", "value": "housng" }]),
            "/operations/0/value",
            "unknown_reference",
        ),
    ] {
        let refused = friend.post("/v1/suggestions", &with(operations.clone())).await;
        let status = if code == "unknown_reference" { 409 } else { 422 };
        assert_eq!(refused.status, status, "{operations}: {}", refused.text);
        let faults = refused.json["errors"].as_array().unwrap_or_else(|| panic!("{}", refused.text));
        assert_eq!((&faults[0]["pointer"], &faults[0]["code"]), (&json!(place), &json!(code)), "{}", refused.text);
    }
    // Drafts of others are unknown, like what does not exist.
    let draft = crate::support::practice::practice("A draft of Oldham", "oldham");
    let draft = app.editor("oldham").await.post("/v1/initiatives", &draft).await.expect(201);
    for unknown in [draft.json["slug"].as_str().unwrap(), "no-such-initiative"] {
        let refused = friend.post("/v1/suggestions", &suggestion(unknown)).await.expect_problem(409, "conflict");
        assert_eq!(refused.json["errors"][0]["pointer"], "/initiative");
    }
    for (slip, nearest) in
        [("get-oldham-workin", Some("did you mean get-oldham-working?")), ("a-draft-of-oldhem", None)]
    {
        let refused = friend.post("/v1/suggestions", &suggestion(slip)).await.expect_problem(409, "conflict");
        let told = refused.json["errors"][0]["detail"].as_str().unwrap();
        assert_eq!(told.split_once("; ").map(|(_, hint)| hint), nearest, "{told}");
    }
    let own =
        app.editor("oldham").await.post("/v1/suggestions", &suggestion(draft.json["slug"].as_str().unwrap())).await;
    assert!(own.expect_problem(409, "conflict").text.contains("is not published"));
    for _ in 0..10 {
        friend.post("/v1/suggestions", &suggestion(SLUG)).await.expect(201);
    }
    friend.post("/v1/suggestions", &suggestion(SLUG)).await.expect_problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_meanwhile_is_not_overwritten() {
    let app = TestApp::with_sample().await;
    let (friend, owner, admin) = (app.editor("york").await, app.editor("oldham").await, app.admin().await);
    let made = suggest(
        &friend,
        json!([
            { "op": "replace", "path": "/title", "value": "Get All of Oldham Working" },
            { "op": "add", "path": "/who_for", "value": "Residents without work." },
        ]),
    )
    .await;
    let record = admin.get(RECORD).await.expect(200);
    admin.patch(RECORD, record.etag(), &json!({ "title": "Oldham at work" })).await.expect(200);
    let seen = owner.get(&format!("/v1/suggestions/{}", made.json["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(seen.json["outdated"], json!(["title"]));
    let refused = take(&owner, &made, "accept", &Value::Null).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("title") && !refused.text.contains("who_for"), "{}", refused.text);
    take(&owner, &made, "accept", &json!({ "operations": [2] })).await.expect_problem(422, "invalid");

    // The owner has begun a revision: what is accepted goes there, and leaves the rest of it alone.
    let revision = begin(&owner).await;
    let edited = owner
        .patch(
            &path(&revision),
            revision.etag(),
            &json!({ "summary": "Residents of Oldham find work with the council." }),
        )
        .await;
    let submitted = act(&owner, &edited.expect(200), "submit", &Value::Null).await.expect(200);
    let refused = take(&owner, &made, "accept", &json!({ "operations": [1] })).await.expect_problem(409, "conflict");
    assert!(refused.text.contains("withdraw"), "{}", refused.text);
    act(&owner, &submitted, "withdraw", &Value::Null).await.expect(200);
    let accepted = take(&owner, &made, "accept", &json!({ "operations": [1] })).await.expect(200);
    let revision = owner.get(&format!("{RECORD}/revisions/{}", accepted.json["revision"])).await.expect(200);
    assert_eq!(revision.json["changed"], json!(["summary", "who_for"]));
    assert_eq!(revision.json["text"]["title"], "Oldham at work");
    take(&owner, &accepted, "decline", &json!({ "reply": "No." })).await.expect_problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suggestion_is_for_its_author_and_for_those_who_decide() {
    let app = TestApp::with_sample().await;
    let (friend, owner, other) = (app.editor("york").await, app.editor("oldham").await, app.editor("plymouth").await);
    let made = friend.post("/v1/suggestions", &suggestion(SLUG)).await.expect(201);
    let address = format!("/v1/suggestions/{}", made.json["id"].as_str().unwrap());
    app.anonymous().get("/v1/suggestions").await.expect_problem(401, "unauthenticated");
    other.get(&address).await.expect_problem(404, "not_found");
    take(&other, &made, "accept", &Value::Null).await.expect_problem(404, "not_found");
    take(&other, &made, "withdraw", &Value::Null).await.expect_problem(404, "not_found");
    take(&owner, &made, "withdraw", &Value::Null).await.expect_problem(403, "forbidden");
    take(&friend, &made, "accept", &Value::Null).await.expect_problem(403, "forbidden");
    for (client, total) in [(&friend, 1), (&owner, 1), (&app.moderator().await, 1), (&other, 0)] {
        assert_eq!(client.get("/v1/suggestions").await.expect(200).json["total"], total);
    }
    for (query, total) in [
        ("initiative=get-oldham-working", 1),
        ("initiative=smarter-york", 0),
        ("council=oldham&state=open", 1),
        ("council=york", 0),
        ("mine=true", 0),
        ("state=declined&state=withdrawn", 0),
    ] {
        assert_eq!(owner.get(&format!("/v1/suggestions?{query}")).await.expect(200).json["total"], total, "{query}");
    }
    owner.get("/v1/suggestions?council=oldhm").await.expect_problem(404, "not_found");
    owner.get("/v1/suggestions?initiative=no-such-initiative").await.expect_problem(404, "not_found");

    let (declined, withdrawn) = (json!({ "reply": "The report counts another ward." }), Value::Null);
    let (one, other) = join!(take(&owner, &made, "decline", &declined), take(&friend, &made, "withdraw", &withdrawn));
    let statuses = [one.status.as_u16(), other.status.as_u16()];
    assert!(statuses == [200, 409] || statuses == [409, 200], "one wins, the other learns why: {statuses:?}");
    let after = friend.get(&address).await.expect(200);
    assert_eq!((&after.json["actions"], &after.json["revision"]), (&json!([]), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_suggests_does_not_approve() {
    let app = TestApp::with_sample().await;
    let (moderator, owner) = (app.moderator().await, app.editor("oldham").await);
    let made = moderator.post("/v1/suggestions", &suggestion(SLUG)).await.expect(201);
    let accepted = take(&owner, &made, "accept", &Value::Null).await.expect(200);
    let revision = owner.get(&format!("{RECORD}/revisions/{}", accepted.json["revision"])).await.expect(200);
    let submitted = act(&owner, &revision, "submit", &Value::Null).await.expect(200);
    let claimed = act(&moderator, &submitted, "claim", &Value::Null).await.expect(200);
    act(&moderator, &claimed, "approve", &Value::Null).await.expect_problem(403, "forbidden");
}
