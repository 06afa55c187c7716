//! What a caller may not see is in no form of anything.

use ccin_registry::access::role::Role;
use serde_json::json;

use super::accepting;
use crate::support::practice::{practice, publish, with};
use crate::support::{Client, TestApp};

const FORMS: [(&str, &str); 7] = [
    ("", "application/ld+json"),
    ("", "text/markdown"),
    ("/citation", "application/vnd.citationstyles.csl+json"),
    ("/citation?format=bibtex", "*/*"),
    ("/citation?format=ris", "*/*"),
    ("/citation?format=datacite", "*/*"),
    ("/citation?format=text", "*/*"),
];

/// The statuses of every form of a record.
async fn statuses(client: &Client, slug: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    for (rest, accept) in FORMS {
        statuses.push(accepting(client, &format!("/v1/initiatives/{slug}{rest}"), accept).await.status.as_u16());
    }
    statuses.dedup();
    statuses
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_and_records_for_members_are_for_those_who_see_them() {
    let app = TestApp::with_sample().await;
    let (editor, moderator, anonymous) = (app.editor("oldham").await, app.moderator().await, app.anonymous());
    let member = app.signed_in(Role::MemberViewer, None).await;
    editor.post("/v1/initiatives", &practice("The draft", "oldham")).await.expect(201);
    let for_members = with(practice("For members", "oldham"), json!({ "visibility": "members" }));
    publish(&moderator, &editor.post("/v1/initiatives", &for_members).await.expect(201)).await;

    assert_eq!(statuses(&anonymous, "the-draft").await, [404]);
    assert_eq!(statuses(&member, "the-draft").await, [404]);
    assert_eq!(statuses(&editor, "the-draft").await, [200]);
    assert_eq!(statuses(&anonymous, "for-members").await, [404]);
    assert_eq!(statuses(&member, "for-members").await, [200]);

    // Whoever sees them is told what they are.
    let draft = editor.get("/v1/initiatives/the-draft/citation").await.expect(200);
    assert!(draft.json[0].get("issued").is_none() && draft.json[0]["status"] == "draft", "{}", draft.text);
    assert_eq!(draft.header("cache-control"), "private, no-store");
    let draft = accepting(&editor, "/v1/initiatives/the-draft", "text/markdown").await.expect(200);
    assert!(draft.text.contains("Draft: not published") && draft.text.contains("**Not public:**"), "{}", draft.text);
    let narrow = accepting(&member, "/v1/initiatives/for-members", "application/ld+json").await.expect(200);
    assert_eq!(narrow.json["conditionsOfAccess"], "Visible to: members");
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_relatives_change_nothing() {
    let app = TestApp::with_sample().await;
    let (editor, moderator, anonymous) = (app.editor("oldham").await, app.moderator().await, app.anonymous());
    let read = async || {
        let mut texts = Vec::new();
        for (rest, accept) in FORMS {
            let answer =
                accepting(&anonymous, &format!("/v1/initiatives/get-oldham-working{rest}"), accept).await.expect(200);
            texts.push((answer.etag().to_owned(), answer.text));
        }
        let catalog = anonymous.get("/catalog.jsonld").await.expect(200);
        texts.push((catalog.etag().to_owned(), catalog.text));
        texts
    };
    let before = read().await;
    let component =
        json!({ "parent": "get-oldham-working", "visibility": "members", "started_on": "1801", "ended_on": "2199" });
    let hidden = editor.post("/v1/initiatives", &with(practice("Hidden part", "oldham"), component)).await.expect(201);
    let whole = publish(&moderator, &hidden).await;
    assert_eq!(read().await, before);
    let seen = accepting(&editor, "/v1/initiatives/get-oldham-working", "application/ld+json").await.expect(200);
    assert!(seen.text.contains(whole.json["id"].as_str().unwrap()), "the test hid nothing");
    // Recruitment is nobody's business either.
    let prospect = json!({ "target": { "council": "swansea" } });
    app.admin().await.post("/v1/recruitment", &prospect).await.expect(201);
    assert_eq!(read().await, before);
}
