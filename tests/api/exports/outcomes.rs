//! Outcomes as a list of their own: a row a claim, its filters and its pages.

use serde_json::{Value, json};

use super::{plain, whole_list};
use crate::support::{Answer, Client, TestApp};

/// Every claim of the sample with its initiative, as the list of initiatives has them.
async fn claims(client: &Client) -> Vec<(Value, usize, Value)> {
    let mut claims = Vec::new();
    for initiative in whole_list(client, "/v1/initiatives").await {
        for (position, claim) in initiative["outcomes"].as_array().unwrap().iter().enumerate() {
            claims.push((initiative.clone(), position, claim.clone()));
        }
    }
    claims
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_a_claim_with_its_initiative_and_source() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let rows = whole_list(&client, "/v1/outcomes").await;
    let claims = claims(&client).await;
    assert_eq!(rows.len(), claims.len());
    assert!(rows.len() > 60);
    for (row, (initiative, position, claim)) in rows.iter().zip(&claims) {
        let of = &row["initiative"];
        for member in ["id", "slug", "title", "lead_council"] {
            assert_eq!(of[member], initiative[member]);
        }
        assert_eq!((&row["position"], &row["updated_at"]), (&json!(position), &initiative["updated_at"]));
        let source = initiative["sources"].as_array().unwrap().iter().find(|source| source["key"] == claim["source"]);
        assert_eq!(&row["source"], source.unwrap_or(&Value::Null), "{claim}");
        for member in [
            "measure",
            "kind",
            "bound",
            "value",
            "value_high",
            "direction",
            "unit",
            "baseline",
            "period_from",
            "period_to",
            "as_at",
            "definition",
            "caveat",
            "evidence_level",
        ] {
            assert_eq!(plain(&row[member]), plain(&claim[member]), "{member} of {claim}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_of_claims_and_of_initiatives_go_together() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let claims = claims(&client).await;
    let has_theme = |initiative: &Value, slug: &str| {
        initiative["themes"].as_array().unwrap().iter().any(|theme| theme["slug"] == slug)
    };
    let check = async |filter: &str, wanted: &dyn Fn(&Value, &Value) -> bool| {
        let rows = whole_list(&client, &format!("/v1/outcomes?{filter}")).await;
        let found: Vec<_> = rows.iter().map(|row| (row["initiative"]["id"].clone(), row["position"].clone())).collect();
        let expected: Vec<_> = claims
            .iter()
            .filter(|(initiative, _, claim)| wanted(initiative, claim))
            .map(|(initiative, position, _)| (initiative["id"].clone(), json!(position)))
            .collect();
        assert!((1..claims.len()).contains(&expected.len()), "{filter} tells nothing apart");
        assert_eq!(found, expected, "{filter}");
    };
    check("kind=saving", &|_, claim| claim["kind"] == "saving").await;
    check("kind=target&kind=projection", &|_, claim| claim["kind"] == "target" || claim["kind"] == "projection").await;
    check("unit=people", &|_, claim| claim["unit"] == "people").await;
    check("bound=at_least", &|_, claim| claim["bound"] == "at_least").await;
    check("direction=up&direction=down", &|_, claim| claim["direction"] == "up" || claim["direction"] == "down").await;
    // Of the claim, not of any claim of its initiative.
    check("min_evidence=2", &|_, claim| claim["evidence_level"].as_i64() >= Some(2)).await;
    check("initiative=get-oldham-working", &|initiative, _| initiative["slug"] == "get-oldham-working").await;
    check("initiative_kind=policy_lab", &|initiative, _| initiative["kind"] == "policy_lab").await;
    check("delivery_status=completed", &|initiative, _| initiative["delivery_status"] == "completed").await;
    check("theme=housing&kind=output", &|initiative, claim| {
        has_theme(initiative, "housing") && claim["kind"] == "output"
    })
    .await;
    check("unit=gbp&year_to=2014", &|initiative, claim| {
        let year = initiative["started_on"].as_str().map(|date| date[..4].parse::<i32>().unwrap());
        claim["unit"] == "gbp" && year.is_some_and(|year| year <= 2014)
    })
    .await;
    client.get("/v1/outcomes?initiative=nothing&theme=housin").await.expect_problem(404, "not_found");
    let refused = client.get("/v1/outcomes?initiative=nothing&theme=housin").await;
    assert_eq!(refused.faults().len(), 2, "{}", refused.text);
    client.get("/v1/outcomes?kind=savings").await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_through_every_claim_once_and_back() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let name = |row: &Value| (row["initiative"]["id"].clone(), row["position"].clone());
    for order in ["title", "-title", "-started_on", "updated_at"] {
        let whole: Vec<_> = whole_list(&client, &format!("/v1/outcomes?sort={order}")).await.iter().map(name).collect();
        // Seven: pages end in the middle of an initiative.
        let first = format!("/v1/outcomes?sort={order}&limit=7");
        let check = |page: &Answer| assert_eq!(page.json["total"], whole.len());
        let (there, back) = client.there_and_back(&first, check).await;
        assert!(there.iter().map(name).eq(whole.iter().cloned()), "forward by {order}");
        assert!(back.iter().map(name).eq(whole.iter().cloned()), "backward by {order}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_pick_members_of_a_claim() {
    let app = TestApp::with_sample().await;
    let page = app.anonymous().get("/v1/outcomes?fields=measure,unit&limit=3").await.expect(200);
    for row in page.json["data"].as_array().unwrap() {
        assert_eq!(row.as_object().unwrap().keys().collect::<Vec<_>>(), ["measure", "unit"]);
    }
}
