//! The sample's councils: every principal council of the country, those that are no more, and those to come.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn being_listed_means_nothing() {
    let app = TestApp::with_sample().await;
    let (councils, _) = app.anonymous().there_and_back("/v1/councils?limit=200", |_| {}).await;
    let mut types: BTreeMap<&str, usize> = BTreeMap::new();
    for council in &councils {
        *types.entry(council["council_type"].as_str().unwrap()).or_default() += 1;
    }
    // The 382 principal councils of 2026, one combined authority, and three town councils with a part in the network.
    let expected = [
        ("combined_authority", 1),
        ("county", 21),
        ("district", 164),
        ("london_borough", 33),
        ("metropolitan_district", 36),
        ("ni_district", 11),
        ("scottish_unitary", 32),
        ("town_or_parish", 3),
        ("unitary", 63),
        ("welsh_unitary", 22),
    ];
    assert_eq!(types, BTreeMap::from(expected));
    // Swansea and Newport are like hundreds of others.
    let facets = app.anonymous().get("/v1/initiatives/facets").await.expect(200);
    let leads: Vec<&Value> =
        facets.json["facets"]["council"].as_array().unwrap().iter().map(|one| &one["value"]).collect();
    let alike = |one: &&Value| one["membership"] == json!({ "tier": "none" }) && !leads.contains(&&one["slug"]);
    assert!(councils.iter().filter(alike).count() > 300);
    // Nothing tells them from their neighbours: not what is known of them, and not the order in which they were added.
    let mut neighbours: Vec<&Value> = councils.iter().filter(|one| one["nation"] == "wales").filter(alike).collect();
    neighbours.sort_by_key(|one| one["id"].as_str());
    let codes: Vec<&str> = neighbours.iter().filter_map(|one| one["gss_code"].as_str()).collect();
    assert!(codes.is_sorted() && codes.len() == 21 && codes.contains(&"W06000011") && codes.contains(&"W06000022"));
    let known = |one: &Value| -> Vec<String> {
        let members = one.as_object().unwrap().iter();
        members.filter(|(_, value)| !value.is_null() && **value != json!([])).map(|(name, _)| name.clone()).collect()
    };
    assert!(neighbours.iter().all(|one| known(one) == known(neighbours[0])));
    // Each code has the letter of its nation.
    for council in &councils {
        let letter = match council["nation"].as_str().unwrap() {
            "england" => "E",
            "wales" => "W",
            "scotland" => "S",
            _ => "N",
        };
        for code in council["codes"].as_array().unwrap() {
            assert!(code["gss"].as_str().unwrap().starts_with(letter), "{council}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn old_codes_and_old_councils_lead_where_they_should() {
    let app = TestApp::with_sample().await;
    let anybody = app.anonymous();
    for (code, slug) in [
        ("S12000046", "glasgow"),
        ("S12000043", "glasgow"),
        ("E07000101", "stevenage"),
        ("E06000048", "northumberland"),
        ("E08000019", "sheffield"),
        ("E07000187", "mendip"),
    ] {
        assert_eq!(anybody.get(&format!("/v1/councils/{code}")).await.expect(200).json["slug"], slug, "{code}");
    }
    let somerset = anybody.get("/v1/council-changes?council=somerset").await.expect(200);
    let change = &somerset.json["data"][0];
    assert_eq!((&change["kind"], &change["effective_on"]), (&json!("merged"), &json!("2023-04-01")));
    assert_eq!(change["order"]["url"], "https://www.legislation.gov.uk/uksi/2022/329");
    assert_eq!(change["from"].as_array().unwrap().len(), 5);
    // On the day before there were five councils in Somerset, and one since.
    let of = async |day: &str| {
        let asked = "mendip&council=sedgemoor&council=south-somerset&council=somerset-west-and-taunton&council=somerset-county&council=somerset";
        anybody.get(&format!("/v1/councils?as_at={day}&council={asked}")).await.expect(200).json["total"].clone()
    };
    assert_eq!(
        (of("2019-03-31").await, of("2023-03-31").await, of("2023-04-01").await),
        (json!(4), json!(5), json!(1))
    );
    // What is decided, and what is proposed.
    let stage =
        async |slug: &str| anybody.get(&format!("/v1/councils/{slug}")).await.expect(200).json["status"].clone();
    assert_eq!(stage("greater-norwich-city").await, "proposed");
    let surrey = anybody.get("/v1/councils/guildford").await.expect(200);
    assert_eq!(surrey.json["abolished_on"], "2027-04-01");
    // Each change says where it is from.
    let all = anybody.get("/v1/council-changes?limit=200").await.expect(200);
    assert_eq!(all.json["total"], 19);
    assert!(
        all.each("source").iter().all(|source| source["url"].as_str().is_some_and(|url| url.starts_with("https://")))
    );
    let unordered: Vec<&Value> =
        all.json["data"].as_array().unwrap().iter().filter(|one| one["order"].is_null()).collect();
    assert!(
        unordered.iter().all(|one| one["source"]["title"].as_str().unwrap().contains("names no order")),
        "{unordered:?}"
    );
}
