//! What browsers are told, and where to report a weakness.

use chrono::{DateTime, Days, Utc};

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_tells_browsers_to_be_strict() {
    let app = TestApp::with_sample().await;
    for path in ["/", "/v1/councils/oldham", "/v1/nothing", "/nowhere", "/health", "/openapi.json", "/problems/stale"] {
        let answer = app.anonymous().get(path).await;
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    for path in ["/docs", "/docs/", "/docs/swagger-ui.css", "/docs/nothing"] {
        let policy = app.anonymous().get(path).await;
        let policy = policy.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
    }
    // What the policy forbids is not there.
    let page = app.anonymous().get("/docs/").await.expect(200);
    assert!(!page.text.contains("<script>") && !page.text.contains("//unpkg"), "{}", page.text);

    let app = TestApp::with_flags(&["--public-url", "https://registry.example.org"]).await;
    let answer = app.anonymous().get("/v1/nothing").await.expect(404);
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weakness_is_reported_to_the_contact_that_is_set() {
    let app = TestApp::with_flags(&[]).await;
    let answer = app.anonymous().get("/.well-known/security.txt").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    assert!(answer.text.starts_with("Contact: https://www.councils.coop/\n"), "{}", answer.text);
    assert!(!answer.text.contains("Canonical"), "{}", answer.text);
    let expires = answer.text.lines().find_map(|line| line.strip_prefix("Expires: ")).unwrap();
    let expires: DateTime<Utc> = expires.parse().unwrap();
    assert!(expires > Utc::now() + Days::new(90) && expires < Utc::now() + Days::new(365), "{expires}");
    app.anonymous().get("/.well-known/security.txt?x=1").await.expect_problem(400, "bad_query");

    let flags = ["--public-url", "https://registry.example.org/", "--security-contact", "mailto:security@example.org"];
    let answer = TestApp::with_flags(&flags).await.anonymous().get("/.well-known/security.txt").await.expect(200);
    assert!(answer.text.contains("Contact: mailto:security@example.org\n"), "{}", answer.text);
    let canonical = "\nCanonical: https://registry.example.org/.well-known/security.txt\n";
    assert!(answer.text.contains(canonical), "{}", answer.text);
}
