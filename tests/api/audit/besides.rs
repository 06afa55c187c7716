//! Records whose version changes because another record was changed leave events, too.

use std::collections::BTreeMap;

use diesel_async::RunQueryDsl;
use serde_json::json;

use super::{events_of, verified};
use crate::support::records::{initiative, theme};
use crate::support::{Answer, Client, TestApp};

type Versions = BTreeMap<String, i64>;

/// The version of every record, by its id.
async fn versions(app: &TestApp) -> Versions {
    let all =
        "SELECT id::text || ' ' || version FROM initiatives UNION ALL SELECT id::text || ' ' || version FROM themes
        UNION ALL SELECT id::text || ' ' || version FROM councils";
    let rows: Vec<String> =
        diesel::dsl::sql::<diesel::sql_types::Text>(all).load(&mut *app.db.get().await.unwrap()).await.unwrap();
    rows.iter()
        .map(|row| row.split_once(' ').unwrap())
        .map(|(id, version)| (id.into(), version.parse().unwrap()))
        .collect()
}

/// Every record whose version a write has changed has one event of it, with both versions. Returns how many there are.
async fn each_has_its_event(app: &TestApp, admin: &Client, before: &Versions, write: &Answer) -> usize {
    let after = versions(app).await;
    let changed: BTreeMap<&String, (i64, i64)> =
        after.iter().filter(|(id, now)| before[*id] != **now).map(|(id, now)| (id, (before[id], *now))).collect();
    let events = events_of(admin, write).await;
    for (id, (was, is)) in &changed {
        let of_it: Vec<_> = events.iter().filter(|event| event["record"]["id"] == id.as_str()).collect();
        assert_eq!(of_it.len(), 1, "{id}: {events:?}");
        assert_eq!(of_it[0]["version_before"], *was, "{}", of_it[0]);
        // What a merged theme has become can no longer be read.
        if of_it[0]["action"] != "theme.merge" || !of_it[0]["version_after"].is_null() {
            assert_eq!(of_it[0]["version_after"], *is, "{}", of_it[0]);
        }
    }
    assert!(verified(app, None).await.findings.is_empty());
    changed.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn components_that_follow_their_bundle_leave_events() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let bundle = admin.post("/v1/initiatives", &initiative("A bundle", "oldham")).await.expect(201);
    let path = bundle.header("location").to_owned();
    for (title, council) in [("A part", "oldham"), ("Another part", "york")] {
        let mut part = initiative(title, council);
        part["parent"] = json!("a-bundle");
        let part = admin.post("/v1/initiatives", &part).await.expect(201);
        admin.publish(part.header("location"), part.etag()).await.expect(200);
    }
    let before = versions(&app).await;
    let etag = admin.get(&path).await.etag().to_owned();
    let published = admin.publish(&path, &etag).await.expect(200);
    assert_eq!(each_has_its_event(&app, &admin, &before, &published).await, 3);
    let events = events_of(&admin, &published).await;
    let actions: Vec<&str> = events.iter().map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["initiative.publish", "initiative.follow", "initiative.follow"]);
    // A part is its own council's: its editors read of it.
    let york = app.editor("york").await;
    let read = york.get(&format!("/v1/audit?request_id={}", published.header("x-request-id"))).await.expect(200);
    assert_eq!(read.json["data"][0]["record"]["slug"], "another-part", "{}", read.text);

    let before = versions(&app).await;
    let narrowed = admin.patch(&path, published.etag(), &json!({ "visibility": "members" })).await.expect(200);
    assert_eq!(each_has_its_event(&app, &admin, &before, &narrowed).await, 3);
    let before = versions(&app).await;
    let renamed = admin.patch(&path, narrowed.etag(), &json!({ "title": "A bundle of two" })).await.expect(200);
    assert_eq!(each_has_its_event(&app, &admin, &before, &renamed).await, 1);
    let before = versions(&app).await;
    let taken_back = admin.post_if_match(&format!("{path}/unpublish"), renamed.etag()).await.expect(200);
    assert_eq!(each_has_its_event(&app, &admin, &before, &taken_back).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_merged_theme_was_on_leaves_events() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut within = theme("Within housing");
    within["broader"] = json!("housing");
    admin.post("/v1/themes", &within).await.expect(201);
    admin.post("/v1/themes", &theme("Homes")).await.expect(201);
    let before = versions(&app).await;
    let merged = admin.post("/v1/themes/housing/merge", &json!({ "into": "homes" })).await.expect(200);
    let on_it = admin.get("/v1/initiatives?theme=homes&limit=1").await.json["total"].as_u64().unwrap();
    let count = each_has_its_event(&app, &admin, &before, &merged).await;
    // The initiatives, the theme that is gone and the one that was within it.
    assert!(on_it > 5 && count as u64 >= on_it + 2, "{count} changes, {on_it} initiatives");
}
