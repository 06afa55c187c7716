//! Who may take how much: many rows are for callers with an account, or with a key that has the scope.

use ccin_registry::access::role::Role;
use ccin_registry::access::scope::Scope;
use reqwest::Method;

use super::Csv;
use crate::support::client::send;
use crate::support::{Answer, TestApp};

async fn with_key(app: &TestApp, key: &str, path: &str) -> Answer {
    send(app.anonymous().request(Method::GET, path).header("X-API-Key", key)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_need_an_account_or_a_key_with_the_scope() {
    // The sample has 134 initiatives, some ninety outcomes, 68 memberships, 38 councils that are or were members, and fewer themes.
    let app = TestApp::with_flags(&["--export-rows", "60"]).await;
    let (admin, _) = app.user(Role::NetworkAdmin, None).await;
    let reader = app.key(admin, &[Scope::ReadPublic, Scope::ReadMembers]).await.key;
    let exporter = app.key(admin, &[Scope::Export]).await.key;
    let viewer = app.signed_in(Role::MemberViewer, None).await;
    for path in [
        "/v1/initiatives.csv",
        "/v1/initiatives.xlsx",
        "/v1/initiatives.ndjson",
        "/v1/initiatives.geojson",
        "/v1/outcomes.csv",
        "/v1/councils.csv",
    ] {
        let refused = app.anonymous().get(path).await.expect_problem(401, "unauthenticated");
        let detail = refused.json["detail"].as_str().unwrap();
        assert!(detail.contains("more than 60 rows") && detail.contains("/v1/api-keys/requests"), "{detail}");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        let refused = with_key(&app, &reader, path).await.expect_problem(403, "forbidden");
        assert!(refused.json["detail"].as_str().unwrap().contains("scope export"), "{}", refused.text);
        with_key(&app, &exporter, path).await.expect(200);
        viewer.get(path).await.expect(200);
    }
    let by_accept = |path| app.anonymous().request(Method::GET, path).header("Accept", "text/csv");
    send(by_accept("/v1/initiatives")).await.expect_problem(401, "unauthenticated");
    for path in [
        "/v1/councils.csv?membership=full",
        "/v1/themes.csv",
        "/v1/initiatives.csv?council=oldham",
        "/v1/outcomes.csv?kind=award",
    ] {
        app.anonymous().get(path).await.expect(200);
        with_key(&app, &reader, path).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bound_itself_is_still_allowed() {
    for (most, status) in [("134", 200), ("133", 401)] {
        let app = TestApp::with_flags(&["--export-rows", most]).await;
        let answer = app.anonymous().get("/v1/initiatives.csv?fields=slug").await.expect(status);
        if status == 200 {
            assert_eq!(Csv::of(&answer).rows.len(), 134);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_costs_the_same_however_it_is_asked_for() {
    let app = TestApp::with_flags(&["--limit-anonymous", "100"]).await;
    let client = app.anonymous();
    let mut left = Vec::new();
    for (path, accept) in [
        ("/v1/themes", "application/json"),
        ("/v1/themes.csv", "*/*"),
        ("/v1/themes", "text/csv"),
        ("/v1/councils", "application/geo+json"),
        ("/v1/themes.xlsx", "*/*"),
        ("/v1/outcomes", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("/v1/outcomes", "*/*"),
    ] {
        let answer = send(client.request(Method::GET, path).header("Accept", accept)).await.expect(200);
        let rest = answer.header("ratelimit").split("r=").nth(1).unwrap().split(';').next().unwrap();
        left.push(rest.parse::<i32>().unwrap());
    }
    assert_eq!(left, [98, 88, 78, 68, 58, 48, 46]);
}
