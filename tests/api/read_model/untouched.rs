//! No statement for strangers: every open reading operation is answered while there is no connection to send one on.

use std::collections::BTreeSet;

use reqwest::Method;

use crate::support::TestApp;
use crate::support::client::send;

/// Operations that ask the database, each with the reason.
const ASK: [(&str, &str); 9] = [
    ("find_health", "it says whether the database answers"),
    ("list_revisions", "earlier texts are not held in memory: few readers ask for them"),
    ("find_revision", "as list_revisions"),
    ("compare_revisions", "as list_revisions"),
    ("list_releases", "releases are files, of which the database has the bytes"),
    ("find_release", "as list_releases"),
    ("download_release", "as list_releases"),
    ("cite_release", "as list_releases"),
    ("list_changes", "the change feed stays in SQL: it reads back to the first change"),
];

/// What stands for the parameters of a path.
const VALUES: [(&str, &str); 13] = [
    ("{z}/{x}/{y}", "7/63/41"),
    ("{council}", "oldham"),
    ("{change}", "CHANGE"),
    ("{theme}", "housing"),
    ("{organisation}", "co-operatives-uk"),
    ("{initiative}", "get-oldham-working"),
    ("councils/items/{feature}", "councils/items/COUNCIL"),
    ("initiatives/items/{feature}", "initiatives/items/INITIATIVE"),
    ("{collection}", "initiatives"),
    ("{code}", "not-found"),
    ("{format}", "csv"),
    ("memberships/{id}", "memberships/MEMBERSHIP"),
    ("{id}", "INITIATIVE"),
];

/// Reads with parameters, words and other forms.
const BESIDES: [&str; 24] = [
    "/v1/initiatives?theme=housing&include=lead_council,themes,participants,parent,components&limit=200",
    "/v1/initiatives?q=credit+unoins&highlight=true",
    "/v1/initiatives?council=network&sort=-updated_at&fields=slug",
    "/v1/initiatives?council=no-such-council",
    "/v1/initiatives/no-such-initiative",
    "/v1/initiatives?near=53.54,-2.11&sort=distance",
    "/v1/councils?covers=53.54,-2.11",
    "/v1/councils?q=newcastle",
    "/v1/councils/E08000004",
    "/v1/councils?as_at=2019-03-31&status=abolished",
    "/v1/council-changes?council=somerset&sort=effective_on",
    "/v1/initiatives?council=oldham&lineage=all",
    "/v1/organisations?q=co-operativs&kind=other",
    "/v1/organisations/no-such-organisation",
    "/v1/memberships?organisation=co-operatives-uk",
    "/organisations",
    "/organisations/co-operatives-uk",
    "/organisations/no-such-organisation",
    "/oembed?url=http://registry.example/organisations/co-operatives-uk",
    "/v1/outcomes?kind=target&sort=-started_on",
    "/v1/initiatives.ndjson?theme=housing",
    "/v1/initiatives.geojson",
    "/embed/initiatives?theme=housing",
    "/oembed?url=http://registry.example/initiatives/get-oldham-working",
];

#[tokio::test(flavor = "multi_thread")]
async fn strangers_cost_no_statement() {
    let app = TestApp::with_flags(&["--public-url", "http://registry.example"]).await;
    let client = app.anonymous();
    let document = client.get("/openapi.json").await.expect(200).json;
    let id = async |path: &str| client.get(path).await.expect(200).json["id"].as_str().unwrap().to_owned();
    let (council, initiative) = (id("/v1/councils/oldham").await, id("/v1/initiatives/get-oldham-working").await);
    let changes = client.get("/v1/council-changes?limit=1").await.expect(200);
    let change = changes.each("id").remove(0).as_str().unwrap().to_owned();
    let memberships = client.get("/v1/memberships?limit=1").await.expect(200);
    let membership = memberships.json["data"][0]["id"].as_str().unwrap().to_owned();
    let known: BTreeSet<&str> = ASK.iter().map(|(operation, _)| *operation).collect();
    let mut paths: Vec<String> = BESIDES.map(str::to_owned).into();
    for (path, item) in document["paths"].as_object().unwrap() {
        let operation = &item["get"];
        let is_secured = operation["security"].as_array().is_some_and(|security| !security.is_empty());
        // Without boundaries there is none to show.
        if !operation.is_object() || is_secured || path.contains("boundaries/items/") || path.ends_with("/boundary") {
            continue;
        }
        if known.contains(operation["operationId"].as_str().unwrap()) {
            continue;
        }
        let filled = VALUES.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
        let filled = filled.replace("COUNCIL", &council).replace("INITIATIVE", &initiative).replace("CHANGE", &change);
        let filled = filled.replace("MEMBERSHIP", &membership);
        assert!(!filled.contains('{'), "say what stands for the parameters of {filled}");
        let query = match filled.as_str() {
            "/v1/search" | "/v1/suggest" => "?q=working",
            "/oembed" => "?url=http://registry.example/councils/oldham",
            _ => "",
        };
        paths.push(format!("{filled}{query}"));
    }
    assert!(paths.len() > 50, "{paths:?}");

    let told = async |path: &str| {
        let answer = send(client.request(Method::GET, path)).await;
        (answer.status.as_u16(), answer.header("etag").to_owned())
    };
    let mut before = Vec::new();
    for path in &paths {
        before.push(told(path).await);
    }
    // Nobody gets a connection any more: a statement would be a 503.
    app.db.close();
    client.get("/v1/changes").await.expect_problem(503, "unavailable");
    for (path, before) in paths.iter().zip(before) {
        assert!(before.0 < 500, "{path}: {}", before.0);
        let without_clock = |tag: &str| if path.contains("/items") { String::new() } else { tag.to_owned() };
        let after = told(path).await;
        assert_eq!((after.0, without_clock(&after.1)), (before.0, without_clock(&before.1)), "{path}");
        // Once more with parameters that nobody has sent, so that nothing ready answers for it.
        let fresh = if path.contains('?') { format!("{path}&") } else { format!("{path}?") };
        assert_eq!(told(&fresh).await.0, before.0, "{fresh}");
    }
}
