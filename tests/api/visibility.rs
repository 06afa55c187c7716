//! What is hidden stays hidden: in lists, totals, records, references, filters and ETags.

use ccin_registry::access::role::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::client::send;
use crate::support::practice::{practice, publish, with};
use crate::support::{Client, TestApp};

/// Hidden records of Oldham: a draft, one of each narrow visibility, two components of hidden parents, and one of a
/// parent that everybody sees.
const HIDDEN: [&str; 7] = [
    "hidden-draft",
    "hidden-members",
    "hidden-officers",
    "hidden-private",
    "hidden-in-draft",
    "hidden-in-members",
    "hidden-in-public",
];

async fn plant(app: &TestApp) {
    let (editor, moderator) = (app.editor("oldham").await, app.moderator().await);
    for (slug, members) in [
        ("hidden-draft", json!({})),
        ("hidden-members", json!({ "visibility": "members" })),
        ("hidden-officers", json!({ "visibility": "officers" })),
        ("hidden-private", json!({ "visibility": "private" })),
        ("hidden-in-draft", json!({ "parent": "hidden-draft" })),
        ("hidden-in-members", json!({ "parent": "hidden-members" })),
        ("hidden-in-public", json!({ "parent": "get-oldham-working" })),
    ] {
        let body = with(practice("Hidden practice", "oldham"), with(members, json!({ "slug": slug })));
        let entered = editor.post("/v1/initiatives", &body).await.expect(201);
        if !["hidden-draft", "hidden-in-public"].contains(&slug) {
            publish(&moderator, &entered).await;
        }
    }
}

/// Who sees which of the planted records.
async fn callers(app: &TestApp) -> [(&'static str, Client, Vec<&'static str>); 8] {
    let members = vec!["hidden-members", "hidden-in-members"];
    let officers = vec!["hidden-members", "hidden-officers", "hidden-in-members"];
    [
        ("anonymous", app.anonymous(), vec![]),
        ("member viewer", app.signed_in(Role::MemberViewer, None).await, members),
        ("contributor of Rochdale", app.signed_in(Role::Contributor, Some("rochdale")).await, officers.clone()),
        ("editor of Rochdale", app.editor("rochdale").await, officers),
        ("contributor of Oldham", app.signed_in(Role::Contributor, Some("oldham")).await, HIDDEN.to_vec()),
        ("editor of Oldham", app.editor("oldham").await, HIDDEN.to_vec()),
        ("moderator", app.moderator().await, HIDDEN.to_vec()),
        ("network admin", app.admin().await, HIDDEN.to_vec()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_caller_sees_what_is_theirs_to_see() {
    const LISTS: [&str; 6] = [
        "/v1/initiatives?limit=200",
        "/v1/initiatives?limit=200&theme=housing&council=oldham",
        "/v1/initiatives?limit=200&participant=oldham&region=north_west&kind=commission",
        "/v1/initiatives?limit=200&delivery_status=live&has_outcomes=false&sort=-updated_at",
        "/v1/councils/oldham/initiatives?limit=200",
        "/v1/themes/housing/initiatives?limit=200",
    ];
    let app = TestApp::with_sample().await;
    let mut totals = Vec::new();
    for list in LISTS {
        totals.push(app.anonymous().get(list).await.expect(200).json["total"].as_u64().unwrap());
    }
    plant(&app).await;
    for (caller, client, seen) in callers(&app).await {
        for (list, total) in LISTS.iter().zip(&totals) {
            let page = client.get(list).await.expect(200);
            let mut listed: Vec<_> = page.each("slug").iter().map(|slug| slug.as_str().unwrap().to_owned()).collect();
            assert_eq!(listed.len() as u64, total + seen.len() as u64, "{caller}: {list}");
            assert_eq!(page.json["total"], listed.len(), "{caller}: {list}");
            listed.retain(|slug| HIDDEN.contains(&slug.as_str()));
            listed.sort();
            let mut seen = seen.clone();
            seen.sort_unstable();
            assert_eq!(listed, seen, "{caller}: {list}");
        }
        for slug in HIDDEN {
            let record = client.get(&format!("/v1/initiatives/{slug}")).await;
            assert_eq!(record.status.as_u16(), if seen.contains(&slug) { 200 } else { 404 }, "{caller}: {slug}");
        }
        let parent = client.get("/v1/initiatives/get-oldham-working?include=components").await.expect(200);
        let is_seen = seen.contains(&"hidden-in-public");
        for components in [&parent.json["components"], &parent.json["embedded"]["components"]] {
            assert_eq!(components.to_string().contains("hidden-in-public"), is_seen, "{caller}: {components}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_anybody_gets_is_the_same_with_and_without_hidden_records() {
    let app = TestApp::with_sample().await;
    let mut paths: Vec<String> = [
        "/v1/initiatives",
        "/v1/initiatives?limit=200",
        "/v1/initiatives?sort=-updated_at&limit=5",
        "/v1/initiatives?theme=housing&kind=commission&include=components,parent,participants,lead_council",
        "/v1/initiatives?council=oldham&updated_since=2026-01-01T00:00:00Z",
        "/v1/initiatives?council=swansea",
        "/v1/initiatives/get-oldham-working?include=components",
        "/v1/councils?limit=200",
        "/v1/councils?nation=scotland",
        "/v1/councils?council=swansea",
        "/v1/councils?council=hoped-for",
        "/v1/councils/oldham",
        "/v1/councils/oldham/initiatives",
        "/v1/councils/hoped-for",
        "/v1/councils/swansea",
        "/v1/councils/swansea/initiatives",
        "/v1/councils/swansea/changes.atom",
        "/v1/memberships?limit=200",
        "/v1/memberships?council=swansea",
        "/v1/memberships.csv",
        "/v1/recruitment",
        "/v1/suggest?q=hoped",
        "/v1/changes.atom",
        "/v1/themes?limit=200",
        "/v1/themes/housing",
        "/v1/themes/housing/initiatives",
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(HIDDEN.map(|slug| format!("/v1/initiatives/{slug}?include=parent")));
    let read = async || {
        let mut answers = Vec::new();
        for path in &paths {
            // A fixed request id, so that the problem documents can be compared whole.
            answers.push(send(app.anonymous().request(Method::GET, path).header("X-Request-Id", "compared")).await);
        }
        answers
    };
    let before = read().await;
    plant(&app).await;
    for target in [json!({ "council": "swansea" }), json!({ "organisation": "Hoped-for Council" })] {
        let prospect = json!({ "target": target, "stage": "applied", "note": "Hoped for." });
        app.admin().await.post("/v1/recruitment", &prospect).await.expect(201);
    }
    for ((path, before), after) in paths.iter().zip(before).zip(read().await) {
        assert_eq!((before.status, before.etag()), (after.status, after.etag()), "{path}");
        assert_eq!(before.header("last-modified"), after.header("last-modified"), "{path}");
        assert!(before.text == after.text, "{path}: {}", after.text);
    }
}
