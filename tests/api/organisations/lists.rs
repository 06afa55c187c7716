//! Lists of organisations: search, filters, orders, pages and files, without a question to the database.

use serde_json::{Value, json};

use super::enter;
use crate::support::TestApp;
use crate::support::records::whole_organisation;

/// Three organisations and who entered them.
async fn registry() -> TestApp {
    let app = TestApp::with_sample().await;
    let moderator = app.moderator().await;
    moderator.post("/v1/organisations", &whole_organisation()).await.expect(201);
    enter(&moderator, "Quokka Trust").await;
    let numbats =
        json!({ "name": "Numbat University", "kind": "university", "description": "Teaches quokkas and others." });
    moderator.post("/v1/organisations", &numbats).await.expect(201);
    app
}

async fn slugs(app: &TestApp, query: &str) -> Vec<Value> {
    let page = app.anonymous().get(&format!("/v1/organisations?limit=200&{query}")).await.expect(200);
    assert_eq!(page.json["total"], page.json["data"].as_array().unwrap().len());
    page.each("slug")
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_organisations_are_searched_filtered_and_sorted() {
    let app = registry().await;
    assert_eq!(slugs(&app, "kind=university").await, ["numbat-university"]);
    assert_eq!(slugs(&app, "kind=university&kind=company&q=wombat").await, ["wombat-housing"]);
    assert_eq!(slugs(&app, "council=oldham").await, ["wombat-housing"]);
    // A name comes before a description; an alias and an identifier are searched as well.
    assert_eq!(slugs(&app, "q=quokka").await, ["quokka-trust", "numbat-university"]);
    assert_eq!(slugs(&app, "q=quokka&sort=-name").await, ["quokka-trust", "numbat-university"]);
    assert_eq!(slugs(&app, "q=quokka&sort=name").await, ["numbat-university", "quokka-trust"]);
    assert_eq!(slugs(&app, "q=Wombat+Homes").await, ["wombat-housing"]);
    let all = slugs(&app, "sort=name").await;
    let mut backwards = slugs(&app, "sort=-name").await;
    backwards.reverse();
    assert_eq!(all, backwards);
    let latest = slugs(&app, "sort=-updated_at").await;
    assert_eq!(latest[..3], ["numbat-university", "quokka-trust", "wombat-housing"]);
    let client = app.anonymous();
    let since = client.get("/v1/organisations/quokka-trust").await.expect(200).json["updated_at"].clone();
    let changed = slugs(&app, &format!("updated_since={}", since.as_str().unwrap())).await;
    assert_eq!(changed, ["numbat-university", "quokka-trust"]);
    let refused = client.get("/v1/organisations?kind=charities").await.expect_problem(400, "bad_query");
    assert!(refused.text.contains("did you mean charity?"), "{}", refused.text);
    client.get("/v1/organisations?council=nowhere").await.expect_problem(404, "not_found");
    client.get("/v1/organisations?name=x").await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_organisations_go_there_and_back() {
    let app = registry().await;
    for query in ["limit=1", "limit=2&sort=-updated_at", "limit=1&q=quokka", "limit=2&fields=slug,initiative_count"] {
        let (there, back) = app.anonymous().there_and_back(&format!("/v1/organisations?{query}"), |_| {}).await;
        assert!(there.len() >= 2 && there == back, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_organisations_has_the_rows_of_the_list() {
    let app = registry().await;
    let client = app.anonymous();
    let listed = client.get("/v1/organisations?limit=200&kind=company&kind=university").await.expect(200);
    let lines = client.get("/v1/organisations.ndjson?kind=company&kind=university").await.expect(200);
    let lines: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let without_html = listed.json["data"].as_array().unwrap().iter().cloned().map(|mut record| {
        record.as_object_mut().unwrap().remove("html");
        record
    });
    assert!(lines.len() >= 2 && lines.into_iter().eq(without_html));
    let csv = client.get("/v1/organisations.csv?q=wombat").await.expect(200);
    let mut rows = csv.text.lines();
    let head =
        "id,slug,name,aliases,kind,org_id,website,description,council,initiative_count,version,created_at,updated_at";
    assert_eq!(rows.next(), Some(head));
    let row = rows.next().unwrap();
    let expected = "wombat-housing,Wombat Housing,Wombat Homes Ltd;WH,company,GB-COH-01234567,https://wombat.example/";
    assert!(row.contains(expected) && row.contains(",oldham,0,1,"), "{row}");
    let xlsx = client.get("/v1/organisations.xlsx").await.expect(200);
    assert!(xlsx.header("content-disposition").contains("organisations-"));
}
