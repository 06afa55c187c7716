//! Organisations among all records: searched, suggested, counted and filtered.

use serde_json::{Value, json};

use super::{change, enter};
use crate::support::records::whole_organisation;
use crate::support::{Answer, Client, TestApp};

/// The kind and slug of each record in an answer.
fn named(answer: &Answer) -> Vec<(String, String)> {
    let text = |one: &Value, member: &str| one[member].as_str().unwrap().to_owned();
    let one = |one: &Value| (text(one, "resource"), text(one, "slug"));
    answer.json["data"].as_array().unwrap().iter().map(one).collect()
}

async fn finds(client: &Client, path: &str) -> Vec<(String, String)> {
    named(&client.get(path).await.expect(200))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_of_all_records_finds_organisations_by_all_their_names() {
    let app = TestApp::with_sample().await;
    let (moderator, client) = (app.moderator().await, app.anonymous());
    moderator.post("/v1/organisations", &whole_organisation()).await.expect(201);
    let own = ("organisation".to_owned(), "wombat-housing".to_owned());
    // A name, an alias, an identifier, a slip.
    for q in ["wombat+housing", "wombat+homes+ltd", "GB-COH-01234567", "wombatt"] {
        let found = finds(&client, &format!("/v1/search?q={q}")).await;
        assert_eq!(found.first(), Some(&own), "{q}: {found:?}");
    }
    let hit = client.get("/v1/search?q=wombats&highlight=true").await.expect(200);
    let hit = &hit.json["data"][0];
    assert_eq!(
        (&hit["title"], &hit["summary"], &hit["lead_council"]),
        (&json!("Wombat Housing"), &Value::Null, &Value::Null)
    );
    assert_eq!(hit["highlight"]["title"], "<mark>Wombat</mark> Housing");
    assert_eq!(hit["highlight"]["text"], "Homes for <mark>wombats</mark>");
    // A new name is found at once, and the old one no longer.
    change(&moderator, "wombat-housing", json!({ "name": "Numbat Homes", "aliases": [], "description": null })).await;
    assert_eq!(finds(&client, "/v1/search?q=numbat").await, [own]);
    assert_eq!(client.get("/v1/search?q=wombat").await.expect(200).json["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_stand_among_the_other_hits_on_every_page() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let (there, back) = client.there_and_back("/v1/search?q=co-operative&limit=7", |_| {}).await;
    assert_eq!(there, back);
    for kind in ["council", "initiative", "organisation"] {
        let of_kind = there.iter().filter(|hit| hit["resource"] == kind).count() as u64;
        let list = format!("/v1/{kind}s?q=co-operative&limit=1");
        let listed = client.get(&list).await.expect(200).json;
        let listed = if listed["search"]["relaxed"] == true { 0 } else { listed["total"].as_u64().unwrap() };
        assert_eq!(of_kind, listed, "{kind}");
    }
    assert!(there.iter().any(|hit| hit["resource"] == "organisation"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_has_no_place_to_search_in() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    assert!(finds(&client, "/v1/search?q=co-operative&limit=200").await.iter().any(|hit| hit.0 == "organisation"));
    for place in ["region=north_west", "nation=england", "near=53.5,-2.1&radius_km=1000", "bbox=-8,50,1,60"] {
        let found = finds(&client, &format!("/v1/search?q=co-operative&limit=200&{place}")).await;
        assert!(!found.is_empty() && found.iter().all(|hit| hit.0 != "organisation"), "{place}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn organisations_are_suggested_by_all_their_names() {
    let app = TestApp::with_sample().await;
    let (moderator, client) = (app.moderator().await, app.anonymous());
    moderator.post("/v1/organisations", &whole_organisation()).await.expect(201);
    for q in ["womb", "Wombat+H", "wh", "wombat+homes"] {
        let found = finds(&client, &format!("/v1/suggest?q={q}")).await;
        assert!(found.contains(&("organisation".into(), "wombat-housing".into())), "{q}: {found:?}");
    }
    let answer = client.get("/v1/suggest?q=wh").await.expect(200);
    let own = answer.json["data"].as_array().unwrap().iter().find(|one| one["slug"] == "wombat-housing").unwrap();
    assert_eq!(own["text"], "Wombat Housing");
    for number in 1..=9 {
        enter(&moderator, &format!("Quokka {number}")).await;
    }
    assert_eq!(finds(&client, "/v1/suggest?q=quokka&limit=8").await.len(), 2, "a quarter of what is asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn memberships_are_listed_by_organisation() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for organisation in ["co-operatives-uk", "locality"] {
        let listed = client.get(&format!("/v1/memberships?organisation={organisation}")).await.expect(200);
        let members = listed.json["data"].as_array().unwrap();
        assert!(!members.is_empty(), "{organisation}");
        assert!(members.iter().all(|one| one["member"]["organisation"]["record"]["slug"] == organisation));
        let file = client.get(&format!("/v1/memberships.ndjson?organisation={organisation}")).await.expect(200);
        assert_eq!(file.text.lines().count(), members.len());
    }
    let refused = client.get("/v1/memberships?organisation=localitty").await.expect_problem(404, "not_found");
    assert!(refused.text.contains("did you mean locality?"), "{}", refused.text);
    let both = client.get("/v1/memberships?organisation=locality&council=oldham").await.expect(200);
    assert_eq!(both.json["total"], 0, "no member is both");
}
