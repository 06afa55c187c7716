//! Outcomes in numbers: what they say is what the list of outcomes has.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::records::initiative;
use crate::support::{Client, TestApp};

/// Every outcome at an address of the service.
async fn claims(app: &TestApp, client: &Client, address: &str) -> Vec<Value> {
    let path = address.strip_prefix(&app.url).expect("an address of this service");
    let page = client.get(&format!("{path}&limit=200")).await.expect(200);
    assert!(page.json["page"]["next"].is_null() && page.json["next"].is_null(), "more than a page");
    page.json["data"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_group_is_what_its_address_lists_and_mixes_nothing() {
    let app = TestApp::with_sample().await;
    let anybody = app.anonymous();
    for query in ["", "theme=housing", "theme=employment-skills&theme=housing", "region=north_west", "min_evidence=2"] {
        let summary = anybody.get(&format!("/v1/outcomes/summary?{query}")).await.expect(200).json;
        let listed = anybody.get(&format!("/v1/outcomes?{query}&limit=1")).await.expect(200).json;
        assert_eq!(summary["total"], listed["total"], "{query}");
        let groups = summary["groups"].as_array().unwrap();
        assert!(!groups.is_empty(), "{query}");
        let mut met = BTreeSet::new();
        for group in groups {
            let name = format!("{} {} {} {}", group["theme"]["slug"], group["kind"], group["unit"], group["bound"]);
            assert!(met.insert(name.clone()), "{name} is there once");
            assert!(query.find("theme=").is_none() || query.contains(group["theme"]["slug"].as_str().unwrap()));
            let claims = claims(&app, &anybody, group["claims"].as_str().unwrap()).await;
            assert_eq!(group["outcomes"], claims.len(), "{query} {name}");
            let of: BTreeSet<&str> = claims.iter().map(|one| one["initiative"]["slug"].as_str().unwrap()).collect();
            assert_eq!(group["initiatives"], of.len(), "{query} {name}");
            for one in &claims {
                assert_eq!(
                    [&one["kind"], &one["unit"], &one["bound"]],
                    [&group["kind"], &group["unit"], &group["bound"]]
                );
            }
            let number = |value: &Value| value.as_f64().unwrap();
            let low: Vec<f64> = claims.iter().map(|one| number(&one["value"])).collect();
            let high = |one: &Value| one["value_high"].as_f64().unwrap_or_else(|| number(&one["value"]));
            assert_eq!(number(&group["lowest"]), low.iter().copied().fold(f64::INFINITY, f64::min), "{name}");
            assert_eq!(number(&group["highest"]), claims.iter().map(high).fold(f64::NEG_INFINITY, f64::max), "{name}");
            let has_median = matches!(group["bound"].as_str(), Some("exact" | "about"));
            assert_eq!(group["median"].is_number(), has_median, "{name}");
            let levels: u64 = group["evidence"].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).sum();
            assert_eq!(json!(levels), group["outcomes"], "{name}");
        }
        // Of one theme, every outcome is in one group or left out with a reason.
        if query == "theme=housing" {
            let count = |list: &Value| {
                list.as_array().unwrap().iter().map(|one| one["outcomes"].as_u64().unwrap()).sum::<u64>()
            };
            assert_eq!(json!(count(&summary["groups"]) + count(&summary["left_out"])), summary["total"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_figure_is_left_out_and_counted() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut theme = json!({ "label": "Mending", "definition": "Repairs of things." });
    theme["slug"] = json!("mending");
    admin.post("/v1/themes", &theme).await.expect(201);
    let claim = |kind: &str, bound: &str, rest: Value| {
        let mut claim = json!({ "measure": "Things", "kind": kind, "bound": bound, "evidence_level": 1 });
        claim.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        claim
    };
    let people = |value: f64| json!({ "value": value, "unit": "people" });
    let mut wish = initiative("Mending things", "oldham");
    wish["themes"] = json!(["mending"]);
    wish["outcomes"] = json!([
        claim("output", "exact", people(3.0)),
        claim("output", "exact", people(8.0)),
        claim("output", "at_least", people(100.0)),
        claim("target", "exact", people(900.0)),
        claim("output", "range", json!({ "value": 5, "value_high": 9, "unit": "people" })),
        claim("outcome", "direction", json!({ "direction": "up" })),
        claim("context", "exact", people(50_000.0)),
        claim("award", "exact", json!({})),
    ]);
    let made = admin.post("/v1/initiatives", &wish).await.expect(201);
    let path = "/v1/outcomes/summary?theme=mending";
    let hidden = app.anonymous().get(path).await.expect(200).json;
    assert_eq!(hidden, json!({ "total": 0, "groups": [], "left_out": [] }), "a draft");
    assert_eq!(admin.get(path).await.expect(200).json["total"], 8);

    admin.publish(made.header("location"), made.etag()).await.expect(200);
    let summary = app.anonymous().get(path).await.expect(200).json;
    let told: Vec<_> = summary["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| [&one["kind"], &one["bound"], &one["outcomes"], &one["lowest"], &one["median"], &one["highest"]])
        .map(|told| json!(told))
        .collect();
    assert_eq!(
        told,
        [
            json!(["target", "exact", 1, 900, 900, 900]),
            json!(["output", "exact", 2, 3, 5.5, 8]),
            json!(["output", "at_least", 1, 100, null, 100]),
            json!(["output", "range", 1, 5, null, 9]),
        ]
    );
    let left: Vec<_> =
        summary["left_out"].as_array().unwrap().iter().map(|one| json!([one["reason"], one["outcomes"]])).collect();
    assert_eq!(left, [json!(["context", 1]), json!(["direction_only", 1]), json!(["no_figure", 1])]);
    for one in summary["left_out"].as_array().unwrap() {
        let claims = claims(&app, &app.anonymous(), one["claims"].as_str().unwrap()).await;
        assert_eq!(claims.len(), 1, "{one}");
    }
    let wrong = app.anonymous().get("/v1/outcomes/summary?limit=3&unit=peeple").await.expect_problem(400, "bad_query");
    let mut faults = wrong.faults();
    faults.sort();
    assert_eq!(faults, [("limit".into(), "unknown_parameter".into()), ("unit".into(), "not_allowed".into())]);
}
