//! Principles and values: read-only, each word in its scheme.

use reqwest::Method;
use serde_json::Value;

use crate::support::TestApp;
use crate::support::client::send;

#[tokio::test(flavor = "multi_thread")]
async fn each_scheme_has_its_words_in_their_order() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    let ccin = [
        "social-partnership",
        "democratic-engagement",
        "co-production",
        "enterprise-social-economy",
        "maximising-social-value",
        "community-leadership",
        "new-models-of-meeting-priority-needs",
        "innovation",
        "learning",
        "walking-the-talk",
    ];
    let schemes: [(&str, &str, &[&str]); 4] = [
        ("principles", "ccin", &ccin),
        (
            "principles",
            "ica",
            &[
                "ica-voluntary-and-open-membership",
                "ica-democratic-member-control",
                "ica-member-economic-participation",
                "ica-autonomy-and-independence",
                "ica-education-training-and-information",
                "ica-co-operation-among-co-operatives",
                "ica-concern-for-community",
            ],
        ),
        (
            "values",
            "co_operative",
            &["self-help", "self-responsibility", "democracy", "equality", "equity", "solidarity"],
        ),
        ("values", "ethical", &["honesty", "openness", "social-responsibility", "caring-for-others"]),
    ];
    for (path, scheme, slugs) in schemes {
        let page = client.get(&format!("/v1/{path}?scheme={scheme}")).await.expect(200);
        assert_eq!(page.each("slug"), slugs, "{scheme}");
        assert_eq!(page.each("position"), (1..=slugs.len()).collect::<Vec<_>>());
        assert!(page.each("scheme").iter().all(|of| of == scheme));
        assert!(page.each("definition").iter().chain(&page.each("label")).all(|text| text.as_str() > Some("")));
        assert_eq!(page.json["total"], slugs.len());
        assert_eq!((&page.json["page"]["next"], &page.json["page"]["prev"]), (&Value::Null, &Value::Null));
    }
    for (path, total) in [("principles", 17), ("values", 10)] {
        let all = client.get(&format!("/v1/{path}")).await.expect(200);
        assert_eq!((all.each("id").len(), &all.json["total"]), (total, &total.into()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vocabularies_are_not_to_be_written_and_their_schemes_not_mixed() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    for path in ["/v1/principles", "/v1/values"] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let refused = send(admin.request(method, path)).await.expect_problem(405, "method_not_allowed");
            assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
        }
    }
    // Initiatives live by CCIN's ten: the ICA's are another set.
    let refused = admin.get("/v1/initiatives?principle=ica-concern-for-community").await;
    let refused = refused.expect_problem(404, "not_found");
    assert_eq!(refused.faults(), [("principle".into(), "unknown_reference".into())]);
}
