//! Pages of councils and themes with more claims than they show: how many there are, and where all of them are.

use ccin_registry::formats::web::assets;
use serde_json::{Value, json};

use super::browse;
use crate::support::TestApp;
use crate::support::practice::{practice, publish, with};

/// Maximum number of claims in an initiative of this test.
const IN_ONE: usize = 60;

/// Initiatives with so many claims in all, led by a council and on a theme that have no others.
pub async fn enter_claims(app: &TestApp, count: usize) {
    let admin = app.admin().await;
    let theme = json!({ "label": "Bandstands", "definition": "Where bands stand." });
    admin.post("/v1/themes", &theme).await.expect(201);
    let claims: Vec<Value> = (1..=count)
        .map(|number| {
            json!({ "measure": format!("Concert {number}"), "kind": "output", "bound": "exact", "value": number,
                "unit": "people", "evidence_level": 0 })
        })
        .collect();
    for (index, outcomes) in claims.chunks(IN_ONE).enumerate() {
        let body = practice(&format!("Bandstand {}", index + 1), "swansea");
        let body = with(body, json!({ "themes": ["bandstands"], "outcomes": outcomes }));
        publish(&admin, &admin.post("/v1/initiatives", &body).await.expect(201)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_more_claims_than_it_shows_says_how_many_and_where_all_are() {
    if assets::shell().is_err() {
        return;
    }
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    enter_claims(&app, 201).await;
    for (page, query) in [("/councils/swansea", "participant=swansea"), ("/themes/bandstands", "theme=bandstands")] {
        let html = browse(&client, page).await.expect(200).text;
        assert_eq!(html.matches("<p>Concert ").count(), 200, "{page}");
        assert!(html.contains("<span>200 of 201 claims shown</span>"), "{page}: {html}");
        let table = format!("/v1/outcomes.csv?{query}&bom=true");
        let link = format!("<a href=\"{}\">CSV</a>", table.replace('&', "&amp;"));
        assert!(html.contains(&link), "{page}: {html}");
        assert!(html.contains(&format!("<a href=\"/v1/outcomes.xlsx?{query}\">Excel</a>")), "{page}: {html}");
        // The table has all of them.
        let table = client.get(&table).await.expect(200);
        assert_eq!(table.text.matches("Concert ").count(), 201, "{page}");
    }
    // Not a word of it where all are shown, on one claim fewer.
    let last = client.get("/v1/initiatives?q=%22Bandstand+4%22&fields=slug").await.expect(200);
    let last = format!("/v1/initiatives/{}", last.json["data"][0]["slug"].as_str().expect("an initiative"));
    let admin = app.admin().await;
    let found = admin.get(&last).await.expect(200);
    admin.patch(&last, found.etag(), &json!({ "outcomes": [] })).await.expect(200);
    let html = browse(&client, "/councils/swansea").await.expect(200).text;
    assert!(html.contains("<p>Concert 180 "), "{html}");
    assert!(!html.contains("claims shown") && !html.contains("All claims as a table"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_that_the_public_may_not_see_are_in_no_count_of_a_page() {
    if assets::shell().is_err() {
        return;
    }
    let app = TestApp::with_sample().await;
    enter_claims(&app, 205).await;
    let admin = app.admin().await;
    let claim = json!({ "measure": "A secret concert", "kind": "output", "bound": "exact", "value": 1, "unit": "people",
        "evidence_level": 0 });
    let draft = with(practice("Bandstand of secrets", "swansea"), json!({ "outcomes": [claim] }));
    admin.post("/v1/initiatives", &draft).await.expect(201);
    let html = browse(&app.anonymous(), "/councils/swansea").await.expect(200).text;
    assert!(html.contains("200 of 205 claims shown") && !html.contains("secret concert"), "{html}");
    // The page is the public's, whoever asks.
    let html = browse(&admin, "/councils/swansea").await.expect(200).text;
    assert!(html.contains("200 of 205 claims shown"), "{html}");
}
