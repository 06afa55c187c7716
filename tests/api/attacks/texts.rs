//! Texts that cost more than their length says.

use serde_json::json;

use crate::support::TestApp;
use crate::support::practice::practice;

/// A text of 49,900 `>` took four to five seconds each time that it was read.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_nested_no_deeper_than_people_nest() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let mut body = practice("A library of things", "oldham");
    for deep in [">".repeat(49_900), "+ ".repeat(20_000), "<div>\n".repeat(8_000), "1. > ".repeat(60)] {
        body["body"] = deep.into();
        let refused = admin.post("/v1/initiatives", &body).await.expect_problem(422, "invalid");
        assert_eq!(refused.faults(), [("/body".into(), "nested_too_deep".into())]);
    }
    body["body"] = "> - one\n>   - two\n>     1. three\n\n".repeat(1000).into();
    let made = admin.post("/v1/initiatives", &body).await.expect(201);
    // What came before the bound did is shown as it was written.
    let id = made.json["id"].as_str().unwrap().to_owned();
    app.sql(&format!("UPDATE initiative_narratives SET body = repeat('>', 49900) WHERE initiative_id = '{id}'")).await;
    app.reload().await;
    let shown = admin.get(&format!("/v1/initiatives/{id}")).await.expect(200);
    assert!(shown.json["html"]["body"].as_str().unwrap().starts_with("<pre>&gt;"), "{:.200}", shown.text);
    let patched = admin.patch(&format!("/v1/initiatives/{id}"), shown.etag(), &json!({ "title": "Another" })).await;
    assert_eq!(patched.expect_problem(422, "invalid").faults(), [("/body".into(), "nested_too_deep".into())]);
}
