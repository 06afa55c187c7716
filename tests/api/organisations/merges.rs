//! Two records of one body become one.

use serde_json::{Value, json};

use super::{change, enter, merge, withdraw};
use crate::support::TestApp;
use crate::support::records::whole_organisation;

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_moves_names_and_addresses() {
    let app = TestApp::with_sample().await;
    let (moderator, client) = (app.moderator().await, app.anonymous());
    let from = moderator.post("/v1/organisations", &whole_organisation()).await.expect(201);
    change(&moderator, "wombat-housing", json!({ "slug": "wombat-homes" })).await.expect(200);
    enter(&moderator, "Wombats").await;
    change(&moderator, "wombats", json!({ "aliases": ["wh"] })).await.expect(200);
    let merged = merge(&moderator, "wombat-homes", "wombats").await.expect(200);
    // Its names are aliases now, each once; its identifier fills a gap.
    assert_eq!(merged.json["aliases"], json!(["wh", "Wombat Housing", "Wombat Homes Ltd"]));
    assert_eq!((&merged.json["org_id"], &merged.json["version"]), (&whole_organisation()["org_id"], &json!(3)));
    let id = from.json["id"].as_str().unwrap();
    for old in ["wombat-housing", "wombat-homes", id] {
        let moved = client.get(&format!("/v1/organisations/{old}?fields=slug")).await.expect(308);
        assert_eq!(moved.header("location"), "/v1/organisations/wombats?fields=slug");
    }
    assert_eq!(client.get(&format!("/id/{id}")).await.expect(303).header("location"), "/v1/organisations/wombats");
    let found = client.get("/v1/organisations?q=wombat+housing&fields=slug").await.expect(200);
    assert_eq!(found.each("slug"), ["wombats"]);
    let gone = client.get("/v1/changes?resource=organisation&limit=1000").await.expect(200);
    let told = gone.json["data"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
    assert_eq!(told["change"], "delete");
    // The heir may take a name of the merged one; another organisation may not.
    let taken = json!({ "name": "Others", "kind": "charity", "slug": "wombat-housing" });
    moderator.post("/v1/organisations", &taken).await.expect_problem(409, "conflict");
    change(&moderator, "wombats", json!({ "slug": "wombat-housing" })).await.expect(200);
    assert_eq!(
        client.get(&format!("/v1/organisations/{id}")).await.expect(308).header("location"),
        "/v1/organisations/wombat-housing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn merges_follow_each_other_and_a_withdrawal_ends_them() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    let first = enter(&moderator, "First").await;
    for name in ["Second", "Third"] {
        enter(&moderator, name).await;
    }
    merge(&moderator, "first", "second").await.expect(200);
    merge(&moderator, "first", "third").await.expect(200);
    let id = first.json["id"].as_str().unwrap();
    for old in ["first", "second", id] {
        let moved = moderator.get(&format!("/v1/organisations/{old}")).await.expect(308);
        assert_eq!(moved.header("location"), "/v1/organisations/third");
    }
    withdraw(&moderator, "third").await.expect(204);
    for gone in ["first", "third", id] {
        moderator.get(&format!("/v1/organisations/{gone}")).await.expect_problem(404, "withdrawn");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_not_merged_into_itself_or_into_nothing() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    enter(&moderator, "Wombats").await;
    enter(&moderator, "Quokkas").await;
    for (into, code) in [("wombats", "circular"), ("wombat", "unknown_reference")] {
        let refused = merge(&moderator, "wombats", into).await.expect_problem(409, "conflict");
        assert_eq!(refused.faults(), [("/into".into(), code.into())]);
    }
    let refused = merge(&moderator, "wombats", "wombat").await.expect(409);
    assert!(refused.text.contains("did you mean wombats?"), "{}", refused.text);
    let missing = moderator.post("/v1/organisations/wombats/merge", &json!({})).await.expect_problem(422, "invalid");
    assert_eq!(missing.faults(), [("/into".into(), "required".into())]);
    merge(&moderator, "nowhere", "wombats").await.expect_problem(404, "not_found");
    let untouched = moderator.get("/v1/organisations/wombats").await.expect(200);
    assert_eq!((&untouched.json["version"], &untouched.json["aliases"]), (&json!(1), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_would_lose_a_name_is_refused() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    enter(&moderator, "Wombats").await;
    enter(&moderator, "Quokkas").await;
    let names: Vec<String> = (1..=20).map(|number| format!("Wombat {number}")).collect();
    change(&moderator, "wombats", json!({ "aliases": names })).await.expect(200);
    let refused = merge(&moderator, "quokkas", "wombats").await.expect_problem(409, "conflict");
    assert!(refused.text.contains("21 names besides Wombats"), "{}", refused.text);
    moderator.get("/v1/organisations/quokkas").await.expect(200);
    change(&moderator, "wombats", json!({ "aliases": names[1..] })).await.expect(200);
    let merged = merge(&moderator, "quokkas", "wombats").await.expect(200);
    assert_eq!(merged.json["aliases"].as_array().map(Vec::len), Some(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_merges_that_would_make_a_circle_one_holds() {
    let app = TestApp::empty().await;
    let moderator = app.moderator().await;
    let ids: Vec<Value> =
        [enter(&moderator, "Here").await, enter(&moderator, "There").await].map(|one| one.json["id"].clone()).into();
    let (one, other) = tokio::join!(merge(&moderator, "here", "there"), merge(&moderator, "there", "here"));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    // The second finds one record where there were two.
    assert_eq!(statuses, [200, 409], "{}\n{}", one.text, other.text);
    for id in ids {
        let path = format!("/v1/organisations/{}", id.as_str().unwrap());
        assert!([200, 308].contains(&moderator.get(&path).await.status.as_u16()));
    }
    assert_eq!(moderator.get("/v1/organisations").await.expect(200).json["total"], 1);
}
