//! Which form a caller gets: by the end of the address, by `Accept`, and what is refused.

use reqwest::Method;

use super::{Csv, lines};
use crate::support::client::send;
use crate::support::{Answer, TestApp};

async fn accepting(app: &TestApp, path: &str, accept: &str) -> Answer {
    send(app.anonymous().request(Method::GET, path).header("Accept", accept)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_page_unless_accept_likes_an_export_better() {
    let app = TestApp::with_sample().await;
    for (accept, kind) in [
        ("*/*", "application/json"),
        ("application/json, text/csv", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "application/json"),
        ("text/csv;q=0.4, application/json;q=0.5", "application/json"),
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("text/csv, */*;q=0.1", "text/csv; charset=utf-8; header=present"),
        ("application/json;q=0.4, application/x-ndjson;q=0.5", "application/x-ndjson"),
        ("application/geo+json", "application/geo+json"),
    ] {
        for path in
            ["/v1/initiatives", "/v1/councils", "/v1/councils/oldham/initiatives", "/v1/themes/housing/initiatives"]
        {
            let answer = accepting(&app, path, accept).await.expect(200);
            assert_eq!(answer.header("content-type"), kind, "{path} for {accept}");
            assert!(answer.header("vary").contains("Accept"), "{path}");
        }
    }
    for path in ["/v1/themes", "/v1/outcomes"] {
        assert!(accepting(&app, path, "text/csv").await.expect(200).header("content-type").starts_with("text/csv"));
        assert_eq!(accepting(&app, path, "*/*").await.expect(200).header("content-type"), "application/json");
        let refused = accepting(&app, path, "application/geo+json").await.expect_problem(406, "not_acceptable");
        assert!(refused.json["detail"].as_str().unwrap().contains("application/x-ndjson"));
    }
    accepting(&app, "/v1/initiatives", "image/png").await.expect_problem(406, "not_acceptable");
    // A browser shows what it is given.
    let shown = accepting(&app, "/v1/initiatives", "text/html").await.expect(200);
    assert_eq!(shown.header("content-type"), "application/json");
    // The address has said it already.
    accepting(&app, "/v1/initiatives.csv", "application/json").await.expect(200);
    // What is no list of these answers as ever.
    accepting(&app, "/v1/principles", "text/csv").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn by_accept_and_by_address_are_the_same() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in
        ["initiatives", "councils", "themes", "outcomes", "councils/oldham/initiatives", "themes/housing/initiatives"]
    {
        let by_address = client.get(&format!("/v1/{path}.csv?updated_since=2020-01-01T00:00:00Z")).await.expect(200);
        let list = format!("/v1/{path}?updated_since=2020-01-01T00:00:00Z");
        let by_accept = accepting(&app, &list, "text/csv").await.expect(200);
        assert_eq!(by_address.text, by_accept.text, "{path}");
        assert!(!Csv::of(&by_address).rows.is_empty(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_suffix_names_the_nearest() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (path, hint) in [
        ("initiatives.cvs", "did you mean initiatives.csv?"),
        ("initiatives.CSV", "did you mean initiatives.csv?"),
        ("councils.geojsn", "did you mean councils.geojson?"),
        ("themes.ndjsn", "did you mean themes.ndjson?"),
        ("councils/oldham/initiatives.cvs", "did you mean initiatives.csv?"),
        ("themes.geojson", ".csv, .xlsx, .ndjson"),
        ("outcomes.xls", "did you mean outcomes.xlsx?"),
        ("outcomes.pdf", ".csv, .xlsx, .ndjson"),
    ] {
        let refused = client.get(&format!("/v1/{path}")).await.expect_problem(404, "not_found");
        assert!(refused.json["detail"].as_str().unwrap().contains(hint), "{path}: {}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_pages_is_refused_all_at_once() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let refused = client.get("/v1/initiatives.csv?limit=5&cursor=x&include=themes&fields=html,title").await;
    let refused = refused.expect_problem(400, "bad_query");
    let places: Vec<String> = refused.faults().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["limit", "cursor", "include", "fields"]);
    assert!(refused.text.contains("an export is the whole list"), "{}", refused.text);
    for list in ["councils", "themes", "outcomes"] {
        client.get(&format!("/v1/{list}.ndjson?limit=5")).await.expect_problem(400, "bad_query");
        accepting(&app, &format!("/v1/{list}?limit=5"), "text/csv").await.expect_problem(400, "bad_query");
    }
    client.get("/v1/initiatives.csv?knd=idea").await.expect_problem(400, "bad_query");
    client.get("/v1/initiatives.csv?theme=housin").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_filter_means_what_it_means_in_the_list() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let mut sizes = Vec::new();
    for filter in [
        "theme=housing",
        "theme=housing&theme=energy-climate&min_evidence=1",
        "principle=co-production",
        "council=oldham",
        "council=network",
        "participant=sunderland",
        "region=north_west",
        "nation=scotland&nation=wales",
        "kind=policy_lab",
        "delivery_status=completed&has_outcomes=true",
        "year_from=2013&year_to=2015",
        "has_outcomes=false",
        "updated_since=2190-01-01T00:00:00Z",
    ] {
        let page = client.get(&format!("/v1/initiatives?limit=200&{filter}")).await.expect(200);
        let ids: Vec<String> = page.each("id").iter().map(|id| id.as_str().unwrap().to_owned()).collect();
        let csv = Csv::of(&client.get(&format!("/v1/initiatives.csv?{filter}")).await.expect(200));
        assert_eq!(csv.column("id"), ids, "{filter}");
        let found = lines(&client.get(&format!("/v1/initiatives.ndjson?{filter}")).await.expect(200));
        assert!(found.iter().map(|record| record["id"].as_str().unwrap()).eq(ids.iter()), "{filter}");
        sizes.push(ids.len());
    }
    sizes.dedup();
    assert!(sizes.len() > 8 && !sizes.contains(&129), "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn former_slugs_lead_on() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let council = admin.get("/v1/councils/oldham").await.expect(200);
    let renamed = serde_json::json!({ "slug": "oldham-council" });
    admin.patch("/v1/councils/oldham", council.etag(), &renamed).await.expect(200);
    let moved = admin.get("/v1/councils/oldham/initiatives.csv?kind=idea").await.expect(308);
    assert_eq!(moved.header("location"), "/v1/councils/oldham-council/initiatives.csv?kind=idea");
    admin.get("/v1/councils/oldham-council/initiatives.csv?kind=idea").await.expect(200);
    admin.get("/v1/councils/nowhere/initiatives.csv").await.expect_problem(404, "not_found");
}
