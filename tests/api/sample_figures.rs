//! Figures of the sample against the facts: each with its kind, bound, unit, date and caveat, for a bare number misleads.

use ccin_registry::api::routes::schemas;
use ccin_registry::app::sample;
use ccin_registry::app::sample::SampleError;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::records::{council, theme};

/// A claim as the facts have it: initiative, part of the measure, and the members that matter.
fn claims() -> Vec<(&'static str, &'static str, Value)> {
    let then = "2013-12";
    vec![
        (
            "lambeth-living-well-collaborative",
            "cost of the overall approach per patient",
            json!({ "kind": "cost", "bound": "about", "value": 99, "unit": "gbp", "as_at": then, "evidence_level": 2 }),
        ),
        (
            "lambeth-peer-support-programme",
            "People reached",
            json!({ "kind": "output", "bound": "at_least", "value": 1300, "unit": "people", "as_at": then }),
        ),
        (
            "lambeth-peer-support-programme",
            "Peer supporters on wards",
            json!({ "bound": "exact", "value": 10, "unit": "people", "as_at": "2011" }),
        ),
        (
            "lambeth-peer-support-programme",
            "of every five people",
            json!({ "kind": "projection", "bound": "range", "value": 1, "value_high": 3, "unit": "people" }),
        ),
        (
            "sunderland-community-leadership-programme",
            "Population of the city",
            json!({ "value": 280_000, "unit": "people", "as_at": then }),
        ),
        (
            "sunderland-community-leadership-programme",
            "decentralised local services",
            json!({ "bound": "exact", "value": 5, "unit": "areas", "evidence_level": 1 }),
        ),
        (
            "sunderland-responsive-local-services",
            "Saving",
            json!({ "kind": "saving", "bound": "at_least", "value": 3_000_000, "unit": "gbp", "as_at": then, "evidence_level": 2 }),
        ),
        (
            "sunderland-responsive-local-services",
            "satisfied with the responsive local services",
            json!({ "kind": "outcome", "bound": "at_least", "value": 95, "unit": "percent" }),
        ),
        (
            "sunderland-responsive-local-services",
            "MORI",
            json!({ "kind": "outcome", "bound": "direction", "direction": "up", "as_at": then }),
        ),
        (
            "lipson-co-operative-academy",
            "Ofsted",
            json!({ "kind": "award", "bound": "exact", "as_at": then, "evidence_level": 3 }),
        ),
        ("plymouth-primary-heads-cic", "Member schools", json!({ "bound": "exact", "value": 77, "unit": "schools" })),
        (
            "plymouth-primary-heads-cic",
            "Newly qualified teachers",
            json!({ "bound": "about", "value": 100, "unit": "people" }),
        ),
        (
            "plymouth-education-catering-joint-venture",
            "owned by schools",
            json!({ "kind": "target", "bound": "exact", "value": 60, "unit": "percent", "evidence_level": 0 }),
        ),
        (
            "get-oldham-working",
            "Work-related opportunities",
            json!({ "kind": "target", "value": 2015, "unit": "opportunities", "period_from": "2013-05", "period_to": "2015" }),
        ),
        (
            "get-oldham-working",
            "Jobs needed by 2020",
            json!({ "kind": "projection", "bound": "about", "value": 6600, "unit": "jobs", "period_to": "2020", "evidence_level": 0 }),
        ),
        (
            "get-oldham-working",
            "restructure the local jobs market",
            json!({ "kind": "target", "bound": "range", "value": 10, "value_high": 15, "unit": "years" }),
        ),
        (
            "get-oldham-working",
            "People claiming Jobseeker's Allowance",
            json!({ "kind": "outcome", "bound": "exact", "value": 7078, "unit": "people", "as_at": "2013-08", "evidence_level": 2 }),
        ),
        (
            "get-oldham-working",
            "Fall in claimants in the year, percentage",
            json!({ "value": 12.2, "unit": "percent", "as_at": "2013-08" }),
        ),
        ("get-oldham-working", "Fall in claimants in the month, number", json!({ "value": 399, "as_at": "2013-08" })),
        (
            "oldham-youth-council",
            "voted",
            json!({ "kind": "output", "bound": "at_most", "value": 10_000, "unit": "people", "as_at": "2014-06" }),
        ),
        (
            "york-community-equipment-store-and-telecare",
            "Budgeted saving",
            json!({ "kind": "projection", "bound": "exact", "value": 200_000, "unit": "gbp", "evidence_level": 0 }),
        ),
        (
            "york-community-equipment-store-and-telecare",
            "People supported",
            json!({ "kind": "output", "bound": "at_least", "value": 3000, "unit": "people", "evidence_level": 2 }),
        ),
        (
            "smarter-york",
            "Bags of litter",
            json!({ "kind": "output", "bound": "at_least", "value": 1600, "unit": "bags", "as_at": "2013-05" }),
        ),
        (
            "birmingham-climate-emergency",
            "net zero by 2030",
            json!({ "kind": "target", "value": 100, "unit": "percent", "period_to": "2030", "as_at": "2019-06-11" }),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_those_of_the_facts() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (slug, measure, expected) in claims() {
        let record = client.get(&format!("/v1/initiatives/{slug}")).await.expect(200);
        let claims = record.json["outcomes"].as_array().unwrap();
        let found: Vec<&Value> =
            claims.iter().filter(|claim| claim["measure"].as_str().unwrap().contains(measure)).collect();
        assert_eq!(found.len(), 1, "{slug}: {measure}");
        for (member, value) in expected.as_object().unwrap() {
            assert_eq!(&found[0][member], value, "{slug}: {measure}: {member}");
        }
        let bare = |member: &str| expected.get(member).is_none() && found[0].get(member).is_some();
        assert!(!bare("value") && !bare("value_high"), "{slug}: {measure}: a figure that is not in the facts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_that_could_mislead_says_so() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let record = client.get("/v1/initiatives/get-oldham-working").await.expect(200);
    let early: Vec<&Value> =
        record.json["outcomes"].as_array().unwrap().iter().filter(|claim| claim["as_at"] == "2013-08").collect();
    assert_eq!(early.len(), 8);
    assert!(early.iter().all(|claim| claim["caveat"].as_str().unwrap().contains("Universal Credit")));
    for (slug, words) in [
        ("oldham-youth-council", "nearly 10,000"),
        ("lambeth-peer-support-programme", "more than 1,300"),
        ("sunderland-responsive-local-services", "consistently above 95"),
        ("york-community-equipment-store-and-telecare", "projected saving"),
        ("oldham-enterprise-trust", "contradict"),
        ("southampton-municipal-energy", "thousands of council homes"),
    ] {
        let record = client.get(&format!("/v1/initiatives/{slug}")).await.expect(200);
        assert!(record.text.contains(words), "{slug} does not say {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_is_in_pence_with_what_it_is_for() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let trust = client.get("/v1/initiatives/oldham-enterprise-trust").await.expect(200);
    let gift = &trust.json["costs"][0];
    for (member, value) in [
        ("amount_pence", json!(100_000_000)),
        ("currency", json!("GBP")),
        ("bound", json!("exact")),
        ("kind", json!("grant")),
        ("payer", json!("Stoller Charitable Fund")),
    ] {
        assert_eq!(gift[member], value);
    }
    // One million in all, not in each year.
    assert!(gift["caveat"].as_str().unwrap().contains("250,000"));
    let costs = [
        ("sunderland-community-leadership-programme", 0, 1_500_000_000_i64, "at_least"),
        ("sunderland-area-budgets-and-community-chest", 0, 150_000_000, "at_least"),
        ("sunderland-area-budgets-and-community-chest", 1, 1_000_000, "exact"),
    ];
    for (slug, place, pence, bound) in costs {
        let record = client.get(&format!("/v1/initiatives/{slug}")).await.expect(200);
        let cost = &record.json["costs"][place];
        assert_eq!(
            (&cost["amount_pence"], &cost["bound"], &cost["kind"]),
            (&json!(pence), &json!(bound), &json!("revenue"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_is_loaded_into_an_empty_registry_only() {
    let refuse = async |app: &TestApp, list: &str| {
        let before = app.admin().await.get(list).await.expect(200);
        let refused = sample::load(&mut app.db.get().await.unwrap(), &schemas()).await;
        assert!(matches!(refused, Err(SampleError::NotEmpty)), "{refused:?}");
        assert_eq!(app.admin().await.get(list).await.etag(), before.etag());
    };
    refuse(&TestApp::with_sample().await, "/v1/initiatives?limit=200").await;
    // One record is enough, also one that was withdrawn again.
    let app = TestApp::empty().await;
    app.admin().await.post("/v1/themes", &theme("One theme")).await.expect(201);
    refuse(&app, "/v1/themes").await;
    let app = TestApp::empty().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/councils", &council("One council")).await.expect(201);
    admin.delete("/v1/councils/one-council", made.etag()).await.expect(204);
    refuse(&app, "/v1/councils").await;

    let app = TestApp::empty().await;
    let loaded = sample::load(&mut app.db.get().await.unwrap(), &schemas()).await.expect("an empty registry takes it");
    assert_eq!((loaded.councils, loaded.themes, loaded.initiatives), (439, 18, 134));
}
