//! Context is no result, and independence goes with evidence level 4.

use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::practice::{path, practice, publish, with};

fn claim(kind: &str, level: i16, more: Value) -> Value {
    let claim = json!({ "measure": "Residents", "kind": kind, "bound": "exact", "value": 280_000, "unit": "people",
                        "evidence_level": level, "source": "paper" });
    with(claim, more)
}

fn claiming(title: &str, claims: &[Value]) -> Value {
    let sources = json!([{ "key": "paper", "title": "A paper", "kind": "report" }]);
    with(practice(title, "oldham"), json!({ "outcomes": claims, "sources": sources }))
}

#[tokio::test(flavor = "multi_thread")]
async fn context_counts_for_no_filter_or_facet_of_results() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let body = claiming("Only background", &[claim("context", 5, json!({}))]);
    let only = publish(&admin, &admin.post("/v1/initiatives", &body).await.expect(201)).await;
    let body = claiming("Background and a result", &[claim("context", 5, json!({})), claim("outcome", 2, json!({}))]);
    let both = publish(&admin, &admin.post("/v1/initiatives", &body).await.expect(201)).await;
    let anyone = app.anonymous();
    let has = |filter: &'static str, one: &Value| {
        let (anyone, slug) = (&anyone, one["slug"].clone());
        async move {
            let found = anyone.get(&format!("/v1/initiatives?limit=200&fields=slug&{filter}")).await.expect(200);
            found.json["data"].as_array().unwrap().iter().any(|one| one["slug"] == slug)
        }
    };
    for (filter, first, second) in [
        ("has_outcomes=true", false, true),
        ("has_outcomes=false", true, false),
        ("min_evidence=0", false, true),
        ("min_evidence=2", false, true),
        ("min_evidence=3", false, false),
    ] {
        assert_eq!((has(filter, &only.json).await, has(filter, &both.json).await), (first, second), "{filter}");
    }
    let facet = |level: &'static str| {
        let anyone = &anyone;
        async move {
            let counts = anyone.get("/v1/initiatives/facets?q=%22entered+to+see+who+gets+to+know%22").await.expect(200);
            let levels = counts.json["facets"]["min_evidence"].as_array().unwrap().clone();
            levels.into_iter().find(|one| one["value"] == level).map(|one| one["initiatives"].clone())
        }
    };
    assert_eq!((facet("2").await, facet("3").await), (Some(json!(1)), None));

    // The claims themselves are listed as what they are.
    let of = format!("/v1/outcomes?initiative={}", both.json["slug"].as_str().unwrap());
    assert_eq!(anyone.get(&of).await.expect(200).json["total"], 2);
    assert_eq!(anyone.get(&format!("{of}&min_evidence=0")).await.expect(200).json["total"], 1);
    assert_eq!(anyone.get(&format!("{of}&kind=context")).await.expect(200).json["data"][0]["evidence_level"], 5);
    assert_eq!(anyone.get(&format!("{of}&kind=saving")).await.expect(200).json["total"], 0);
    let csv = anyone.get("/v1/initiatives.csv?fields=slug,outcomes&q=%22only+background%22").await.expect(200);
    // The search is relaxed to "background" alone, which others say too.
    let lines: Vec<&str> = csv.text.lines().collect();
    assert!(lines[0] == "slug,outcome_count,best_evidence" && lines.contains(&"only-background,1,"), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn independence_goes_with_evidence_level_4_and_older_records_stay_valid() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let by = json!({ "independence": { "evaluator": "The RSA", "declared_interest": "It manages the network." } });
    let claims = [claim("outcome", 4, by.clone()), claim("outcome", 4, json!({})), claim("outcome", 5, by.clone())];
    let made = admin.post("/v1/initiatives", &claiming("Evaluated", &claims)).await.expect(201);
    assert_eq!(made.json["outcomes"][0]["independence"], by["independence"]);
    assert!(made.json["outcomes"][1].get("independence").is_none());
    let made = publish(&admin, &made).await;
    let listed = app.anonymous().get(&format!("/v1/outcomes?initiative={}", made.json["slug"].as_str().unwrap())).await;
    let listed = listed.expect(200).json["data"].clone();
    assert_eq!(listed[0]["independence"], by["independence"]);
    assert_eq!(listed[1]["independence"], Value::Null);
    let csv = app.anonymous().get("/v1/outcomes.csv?council=oldham&min_evidence=4").await.expect(200);
    assert!(csv.text.contains("The RSA") && csv.text.contains("It manages the network."), "{}", csv.text);

    for (sent, pointer, code) in [
        (claim("outcome", 3, by.clone()), "/outcomes/0/independence", "not_allowed"),
        (claim("outcome", 4, json!({ "independence": {} })), "/outcomes/0/independence/evaluator", "required"),
        (
            claim("outcome", 4, json!({ "independence": { "declared_interest": "Some" } })),
            "/outcomes/0/independence/evaluator",
            "required",
        ),
    ] {
        let body = claiming("Refused", &[sent]);
        let refused = admin.post("/v1/initiatives", &body).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [(pointer.to_owned(), code.to_owned())]);
    }
    let again = admin.get(&path(&made)).await.expect(200);
    assert_eq!(again.json["outcomes"], made.json["outcomes"]);
}
