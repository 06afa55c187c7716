//! Nothing in the feed of changes tells of what a caller may not see: every answer is the same, byte for byte, whatever
//! happens to hidden records.

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::practice::{practice, publish, with};
use crate::support::{Answer, Client, TestApp, records};

/// Everything that a caller is answered about changes: lists a page at a time, to the end and beyond, and feeds.
async fn everything(app: &TestApp, client: &Client) -> Vec<(String, Answer)> {
    let read = async |path: String| {
        let answer = send(client.request(Method::GET, &path).header("X-Request-Id", "compared")).await;
        (path, answer)
    };
    let mut answers = Vec::new();
    for path in [
        "/v1/changes.atom",
        "/v1/councils/oldham/changes.atom",
        "/v1/councils/hoped-for/changes.atom",
        "/v1/themes/housing/changes.atom",
    ] {
        answers.push(read(path.into()).await);
    }
    for first in ["/v1/changes?limit=60", "/v1/changes?resource=initiative", "/v1/changes?resource=council&limit=1000"]
    {
        let mut path = first.to_owned();
        loop {
            let (asked, answer) = read(path).await;
            let page = answer.json["page"].clone();
            path = page["next"].as_str().unwrap().replace(&app.url, "");
            answers.push((asked, answer));
            if page["more"] == false {
                break;
            }
        }
        // Where there is nothing more yet.
        answers.push(read(path).await);
    }
    answers
}

#[track_caller]
fn assert_unchanged(before: &[(String, Answer)], after: &[(String, Answer)], when: &str) {
    assert_eq!(before.len(), after.len(), "{when}");
    for ((path, before), (_, after)) in before.iter().zip(after) {
        assert!(before.text == after.text, "{when}: {path}: {}", after.text);
        assert_eq!(before.status, after.status, "{when}: {path}");
        for header in ["etag", "last-modified", "link", "cache-control", "content-length", "content-type", "vary"] {
            assert_eq!(before.header(header), after.header(header), "{when}: {path}: {header}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_to_hidden_records_changes_no_answer() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let anonymous = app.anonymous();
    // With a cursor that was given out before.
    let before = everything(&app, &anonymous).await;
    assert!(before.len() > 10);

    let prospect = json!({ "slug": "hoped-for", "membership": { "tier": "none", "status": "prospect" } });
    let prospect = admin.post("/v1/councils", &with(records::council("Hoped For"), prospect)).await.expect(201);
    assert_unchanged(&before, &everything(&app, &anonymous).await, "a prospect is entered");
    let mut entered = Vec::new();
    for members in [
        json!({}),
        json!({ "visibility": "members" }),
        json!({ "visibility": "officers", "parent": "get-oldham-working" }),
        json!({ "visibility": "private", "participants": [{ "council": "york", "role": "co_lead" }] }),
    ] {
        let body = with(practice("Hidden practice", "oldham"), members);
        let mut hidden = admin.post("/v1/initiatives", &body).await.expect(201);
        if !entered.is_empty() {
            hidden = publish(&moderator, &hidden).await;
        }
        entered.push(hidden);
        assert_unchanged(&before, &everything(&app, &anonymous).await, "a hidden initiative is entered");
    }
    let found = admin.get("/v1/councils/hoped-for").await.expect(200);
    admin.patch("/v1/councils/hoped-for", found.etag(), &json!({ "name": "Longed For" })).await.expect(200);
    assert_unchanged(&before, &everything(&app, &anonymous).await, "a prospect has a new name");
    for hidden in &entered {
        let path = format!("/v1/initiatives/{}", hidden.json["id"].as_str().unwrap());
        let mut etag = hidden.etag().to_owned();
        for patch in [
            json!({ "title": "Another hidden title", "themes": ["co-production"] }),
            json!({ "lead_council": "rochdale", "parent": null }),
            json!({ "visibility": "private" }),
        ] {
            etag = admin.patch(&path, &etag, &patch).await.expect(200).etag().to_owned();
        }
        assert_unchanged(&before, &everything(&app, &anonymous).await, "a hidden initiative is edited");
        admin.delete(&path, &etag).await.expect(204);
        assert_unchanged(&before, &everything(&app, &anonymous).await, "a hidden initiative is withdrawn");
    }
    admin.delete("/v1/councils/hoped-for", admin.get("/v1/councils/hoped-for").await.etag()).await.expect(204);
    assert_unchanged(&before, &everything(&app, &anonymous).await, "a prospect is withdrawn");
    drop(prospect);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_and_other_councils_get_no_sign_either() {
    let app = TestApp::with_sample().await;
    let editor = app.editor("oldham").await;
    let others = [app.signed_in(Role::MemberViewer, None).await, app.editor("rochdale").await];
    let mut before = Vec::new();
    for other in &others {
        before.push(everything(&app, other).await);
    }
    let draft = practice("A draft of Oldham", "oldham");
    let draft =
        editor.post("/v1/initiatives", &with(draft, json!({ "parent": "get-oldham-working" }))).await.expect(201);
    let path = format!("/v1/initiatives/{}", draft.json["id"].as_str().unwrap());
    let edited = editor.patch(&path, draft.etag(), &json!({ "title": "A better title" })).await.expect(200);
    editor.delete(&path, edited.etag()).await.expect(204);
    for (other, before) in others.iter().zip(&before) {
        assert_unchanged(before, &everything(&app, other).await, "a draft comes and goes");
    }
    let mine = editor.get("/v1/changes?resource=initiative&limit=1000").await.expect(200);
    let gone = mine.json["data"].as_array().unwrap().iter().find(|change| change["id"] == draft.json["id"]);
    assert_eq!(gone.map(|change| &change["change"]), Some(&Value::from("delete")), "the council itself is told");
}
