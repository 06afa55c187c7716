//! Nothing in the feed of changes tells of what a caller may not see: every answer is the same, byte for byte, whatever
//! happens to hidden records.

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::practice::{practice, publish, with};
use crate::support::{Answer, Client, TestApp};

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
        "/v1/councils/swansea/changes.atom",
        "/v1/councils/norwich/changes.atom",
        "/v1/themes/housing/changes.atom",
    ] {
        answers.push(read(path.into()).await);
    }
    for first in [
        "/v1/changes?limit=60",
        "/v1/changes?resource=initiative",
        "/v1/changes?resource=council&resource=membership&limit=1000",
    ] {
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

    let prospect = json!({ "target": { "council": "swansea" }, "note": "Hoped for." });
    let prospect = admin.post("/v1/recruitment", &prospect).await.expect(201);
    assert_unchanged(&before, &everything(&app, &anonymous).await, "a prospect is entered");
    let norwich = admin.get("/v1/memberships?council=norwich").await.expect(200).json["data"][0].clone();
    let path = format!("/v1/memberships/{}", norwich["id"].as_str().unwrap());
    let known = admin.get(&path).await.expect(200);
    admin.patch(&path, known.etag(), &json!({ "renewal_on": "2027-04" })).await.expect(200);
    assert_unchanged(&before, &everything(&app, &anonymous).await, "the terms of a membership change");
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
    let path = prospect.header("location");
    let applied = admin.patch(path, prospect.etag(), &json!({ "stage": "applied" })).await.expect(200);
    assert_unchanged(&before, &everything(&app, &anonymous).await, "a prospect applies");
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
    admin.delete(path, applied.etag()).await.expect(204);
    assert_unchanged(&before, &everything(&app, &anonymous).await, "a prospect is deleted");
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
