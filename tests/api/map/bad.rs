//! What is no map: refused, each fault with what would be right.

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_mapped_is_refused() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (query, parameter, code) in [
        ("zoom=19", "zoom", "too_large"),
        ("zoom=-1", "zoom", "wrong_type"),
        ("zoom=4.5", "zoom", "wrong_type"),
        ("zoom=", "zoom", "wrong_type"),
        ("zoom=99999999999999999999", "zoom", "too_large"),
        ("zoom=3&zoom=4", "zoom", "repeated"),
        ("zom=3", "zom", "unknown_parameter"),
        ("limit=3", "limit", "unknown_parameter"),
        ("sort=title", "sort", "unknown_parameter"),
        ("bbox=53.4,-2.3,53.7,-1.9", "bbox", "swapped"),
        ("near=NaN,0", "near", "malformed"),
        ("radius_km=4", "radius_km", "needs_near"),
    ] {
        for layer in ["initiatives", "councils"] {
            let refused = client.get(&format!("/v1/map/{layer}?{query}")).await.expect_problem(400, "bad_query");
            assert_eq!(refused.faults()[0], (parameter.into(), code.into()), "{layer} {query}: {}", refused.text);
        }
        let refused = client.get(&format!("/v1/map/summary?{query}")).await.expect_problem(400, "bad_query");
        let code = if parameter == "zoom" && code != "repeated" { "unknown_parameter" } else { code };
        assert_eq!(refused.faults()[0], (parameter.into(), code.into()), "summary {query}: {}", refused.text);
    }
    let refused = client.get("/v1/map/initiatives?zoom=40&kind=ida&bbox=1").await.expect_problem(400, "bad_query");
    assert_eq!(refused.faults().len(), 3, "{}", refused.text);
    client.get("/v1/map/initiatives?council=nowhere-at-all").await.expect_problem(404, "not_found");
    client.get("/v1/map/themes").await.expect_problem(404, "not_found");
    let asked = client.post("/v1/map/initiatives", &serde_json::json!({})).await;
    asked.expect_problem(405, "method_not_allowed");
}
