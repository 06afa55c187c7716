//! Bad input that is large: the answer to it is small, and comes after work that its length accounts for.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::client::send;
use crate::support::practice::practice;
use crate::support::{Answer, TestApp};

async fn post(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.admin().await.post(path, body).await
}

/// 80,000 unknown members made an answer of several megabytes, for one unit.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_fifty_of_many_faults_are_told_and_the_others_counted() {
    let app = TestApp::with_sample().await;
    let mut body = practice("A library of things", "oldham");
    let members = body.as_object_mut().unwrap();
    members.extend((0..9000).map(|at| (format!("member_{at}"), Value::Null)));
    let refused = post(&app, "/v1/initiatives", &body).await.expect_problem(422, "invalid");
    assert_eq!(refused.faults().len(), 50);
    assert_eq!(refused.json["detail"], "50 members are not valid, and 8950 more; see errors for the first 50.");
    assert!(refused.text.len() < 16 * 1024, "{} bytes", refused.text.len());

    let names: Map<String, Value> = (0..50).map(|at| (format!("{at}{}", "x".repeat(10_000)), Value::Null)).collect();
    let refused = post(&app, "/v1/initiatives", &Value::Object(names)).await.expect_problem(422, "invalid");
    assert!(refused.text.len() < 32 * 1024, "names are not repeated whole: {} bytes", refused.text.len());
}

/// `outcomes: [{}] × 90,000` kept a worker busy for 26 s.
#[tokio::test(flavor = "multi_thread")]
async fn items_beyond_those_that_are_allowed_are_not_looked_at() {
    let app = TestApp::with_sample().await;
    let mut body = practice("A library of things", "oldham");
    body["outcomes"] = vec![json!({}); 15_000].into();
    let refused = post(&app, "/v1/initiatives", &body).await.expect_problem(422, "invalid");
    assert!(refused.faults().contains(&("/outcomes".into(), "too_many".into())), "{}", refused.text);
    let looked_at = refused.faults().iter().filter(|(place, _)| place.starts_with("/outcomes/")).count();
    assert!((1..50).contains(&looked_at), "{}", refused.text);

    body["outcomes"] = vec![json!({}); 90_000].into();
    let refused = post(&app, "/v1/initiatives", &body).await.expect_problem(400, "unreadable");
    assert!(refused.text.contains("more than 20000 values"), "{}", refused.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_no_larger_than_its_operation_needs() {
    let app = TestApp::with_sample().await;
    let stranger = app.anonymous();
    let credentials = |length: usize| json!({ "email": "a@example.org", "password": "x".repeat(length) });
    for path in ["/v1/auth/login", "/v1/auth/refresh", "/v1/api-keys/claim"] {
        stranger.post(path, &credentials(100_000)).await.expect_problem(413, "too_large");
    }
    let admin = app.admin().await;
    let theme = admin.get("/v1/themes/housing").await.expect(200);
    let patch = json!({ "description": "x".repeat(1_000_000) });
    admin.patch("/v1/themes/housing", theme.etag(), &patch).await.expect_problem(413, "too_large");
    // The longest texts of an initiative, every character of them escaped as a pair of surrogates, are read.
    let mut body = practice("A library of things", "oldham");
    body["body"] = Value::Null;
    let longest = "\\ud83d\\ude00".repeat(50_000);
    let text = body.to_string().replace("\"body\":null", &format!("\"body\":\"{longest}\""));
    let request = app.admin().await.request(Method::POST, "/v1/initiatives");
    send(request.header("Content-Type", "application/json").body(text)).await.expect(201);
}
