//! The DCAT catalogue: what it says, that every term is explained in the document itself, and that it follows changes.

use chrono::DateTime;
use serde_json::{Value, json};

use super::published;
use crate::support::TestApp;

/// Every member, with the objects that it is of.
fn each(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| *name != "@context") {
                visit(name, member);
                each(member, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| each(item, visit)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_describes_the_dataset_and_explains_its_terms() {
    let app = TestApp::with_sample().await;
    let answer = app.anonymous().get("/catalog.jsonld").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/ld+json");
    let (said, dataset) = (&answer.json, &answer.json["dataset"][0]);
    assert_eq!((&said["@type"], &dataset["@type"]), (&json!("dcat:Catalog"), &json!("dcat:Dataset")));
    for name in [
        "title",
        "description",
        "publisher",
        "license",
        "spatial",
        "temporal",
        "issued",
        "modified",
        "keyword",
        "theme",
    ] {
        assert!(!dataset[name].is_null(), "{name}");
    }
    let distributions = dataset["distribution"].as_array().unwrap();
    let addresses: Vec<&str> =
        distributions.iter().map(|one| one["accessURL"].as_str().unwrap().trim_start_matches(&*app.url)).collect();
    for wanted in [
        "initiatives",
        "initiatives.csv",
        "initiatives.xlsx",
        "outcomes.xlsx",
        "councils.xlsx",
        "memberships.xlsx",
        "themes.xlsx",
        "initiatives.ndjson",
        "initiatives.geojson",
        "outcomes.csv",
        "councils.csv",
        "council-changes.csv",
        "memberships.csv",
        "themes.csv",
        "datapackage.json",
    ] {
        assert!(addresses.contains(&format!("/v1/{wanted}").as_str()), "{wanted}: {addresses:?}");
    }
    let service = &said["service"][0];
    assert_eq!(service["endpointDescription"], format!("{}/openapi.json", app.url));
    assert_eq!(service["servesDataset"], dataset["@id"]);
    let themes = app.anonymous().get("/v1/themes?limit=1").await.expect(200).json["total"].clone();
    assert_eq!(json!(dataset["theme"].as_array().unwrap().len()), themes);

    let context = &said["@context"];
    each(said, &mut |name, value| {
        assert!(name.starts_with('@') || context.get(name).is_some(), "the context does not say what {name} is");
        let prefix = value.as_str().filter(|_| name == "@type").and_then(|kind| kind.split_once(':'));
        assert!(name != "@type" || prefix.is_some_and(|(prefix, _)| context[prefix].is_string()), "{name}: {value}");
        assert!(!value.is_null(), "{name} is null");
    });
    let remote = context.as_object().unwrap().values().any(|term| term.as_str().is_some_and(|iri| !iri.contains(':')));
    assert!(!remote, "{context}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_as_new_as_the_newest_public_change() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let modified = async || {
        let answer = client.get("/catalog.jsonld").await.expect(200).json;
        DateTime::parse_from_rfc3339(answer["dataset"][0]["modified"].as_str().unwrap()).expect("a date and time")
    };
    let before = modified().await;
    let record = published(&app, json!({ "started_on": "1899-12" })).await;
    assert!(modified().await > before);
    assert_eq!(modified().await, DateTime::parse_from_rfc3339(record["updated_at"].as_str().unwrap()).unwrap());
    let answer = client.get("/catalog.jsonld").await.expect(200);
    assert_eq!(answer.json["dataset"][0]["temporal"]["startDate"], "1899-12");
    assert_eq!(
        client
            .request(reqwest::Method::GET, "/catalog.jsonld")
            .header("If-None-Match", answer.etag())
            .send()
            .await
            .unwrap()
            .status(),
        304
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_registry_has_a_catalogue_as_well() {
    let app = TestApp::empty().await;
    let answer = app.anonymous().get("/catalog.jsonld").await.expect(200);
    assert_eq!(answer.json["dataset"][0].get("issued"), None);
    assert_eq!(answer.json["dataset"][0].get("theme"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_theme_is_not_in_it() {
    let app = TestApp::with_sample().await;
    let (moderator, client) = (app.admin().await, app.anonymous());
    let has = async || {
        let catalog = client.get("/catalog.jsonld").await.expect(200);
        catalog.json["dataset"][0]["theme"].as_array().unwrap().iter().any(|one| one["notation"] == "cost-of-living")
    };
    assert!(has().await);
    moderator.post("/v1/themes/cost-of-living/merge", &json!({ "into": "housing" })).await.expect(200);
    assert!(!has().await);
}
