//! What a caller may not see is in no export, and nothing in an export tells of it.

use serde_json::json;

use super::{Csv, whole_list};
use crate::support::practice::{practice, publish, with};
use crate::support::{Client, TestApp};

const EXPORTS: [&str; 16] = [
    "initiatives.csv",
    "initiatives.ndjson",
    "initiatives.geojson",
    "council-changes.csv",
    "council-changes.ndjson",
    "memberships.csv",
    "memberships.ndjson",
    "organisations.csv",
    "organisations.ndjson",
    "outcomes.csv",
    "outcomes.ndjson",
    "councils.csv",
    "councils.ndjson",
    "councils/oldham/initiatives.csv",
    "councils/oldham/initiatives.geojson",
    "themes/housing/initiatives.ndjson",
];

/// Everything that a caller can export.
async fn everything(client: &Client) -> Vec<String> {
    let mut all = Vec::new();
    for path in EXPORTS {
        all.push(client.get(&format!("/v1/{path}")).await.expect(200).text);
    }
    all
}

fn secret(title: &str) -> serde_json::Value {
    let outcome = json!({ "measure": format!("{title} measured"), "kind": "output", "bound": "exact", "value": 7,
        "unit": "people", "evidence_level": 1 });
    with(practice(title, "oldham"), json!({ "outcomes": [outcome] }))
}

#[tokio::test(flavor = "multi_thread")]
async fn hidden_records_change_no_byte_for_those_who_do_not_see_them() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let (anonymous, stranger, own) = (app.anonymous(), app.editor("rochdale").await, app.editor("oldham").await);
    let parent = publish(&moderator, &admin.post("/v1/initiatives", &practice("An open parent", "oldham")).await).await;
    let before = (everything(&anonymous).await, everything(&stranger).await);

    // A draft, a component of what is open, an open component's hidden parent, a private record, recruitment.
    admin.post("/v1/initiatives", &secret("Secret draft")).await.expect(201);
    let child = with(secret("Secret component"), json!({ "parent": parent.json["slug"] }));
    admin.post("/v1/initiatives", &child).await.expect(201);
    let private = with(secret("Secret private"), json!({ "visibility": "private" }));
    publish(&moderator, &admin.post("/v1/initiatives", &private).await).await;
    let prospect = json!({ "target": { "organisation": "Secret Prospect Council" }, "note": "Secret Prospect" });
    admin.post("/v1/recruitment", &prospect).await.expect(201);

    let after = (everything(&anonymous).await, everything(&stranger).await);
    assert!(before == after, "hidden records show");
    let seen = everything(&own).await;
    for title in ["Secret draft", "Secret component", "Secret private"] {
        for (path, text) in EXPORTS.iter().zip(&seen).filter(|(path, _)| {
            !["councils.", "council-changes.", "memberships.", "organisations."]
                .iter()
                .any(|list| path.starts_with(list))
        }) {
            assert!(text.contains(title), "the own council's editor misses {title} in {path}");
        }
    }
    assert!(!seen.concat().contains("Secret Prospect"));
    assert!(!everything(&admin).await.concat().contains("Secret Prospect"), "it is in no export");
}

#[tokio::test(flavor = "multi_thread")]
async fn parents_and_components_follow_the_caller() {
    let app = TestApp::with_sample().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let parent = publish(&moderator, &admin.post("/v1/initiatives", &practice("An open parent", "oldham")).await).await;
    let slug = parent.json["slug"].as_str().unwrap();
    for (title, visibility) in [("Component for all", "public"), ("Component for members", "members")] {
        let body = with(practice(title, "oldham"), json!({ "parent": slug, "visibility": visibility }));
        publish(&moderator, &admin.post("/v1/initiatives", &body).await).await;
    }
    let components = async |client: &Client| {
        let csv = Csv::of(&client.get("/v1/initiatives.csv").await.expect(200));
        let place = csv.column("slug").iter().position(|one| *one == slug).unwrap();
        csv.column("components")[place].to_owned()
    };
    assert_eq!(components(&app.anonymous()).await, "component-for-all");
    let member = app.signed_in(ccin_registry::access::role::Role::MemberViewer, None).await;
    assert_eq!(components(&member).await, "component-for-all;component-for-members");
    // A parent that goes back to draft takes its components along; the own editor sees all of them.
    let now = admin.get(&format!("/v1/initiatives/{slug}")).await.expect(200);
    moderator.post_if_match(&format!("/v1/initiatives/{slug}/unpublish"), now.etag()).await.expect(200);
    let csv = Csv::of(&app.anonymous().get("/v1/initiatives.csv").await.expect(200));
    assert!(!csv.column("slug").contains(&"component-for-all") && !csv.column("parent").contains(&slug));
    let own = app.editor("oldham").await;
    assert_eq!(components(&own).await, "component-for-all;component-for-members");
    assert_eq!(
        Csv::of(&own.get("/v1/initiatives.csv").await.expect(200)).rows.len(),
        whole_list(&own, "/v1/initiatives").await.len()
    );
}
