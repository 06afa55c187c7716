//! Boundaries as features: there once they are imported, and found by their areas, not by the boxes around them.

use ccin_registry::api::routes::document;
use serde_json::{Value, json};

use super::{fault, features, pages, slugs};
use crate::support::TestApp;

const ITEMS: &str = "/ogc/collections/boundaries/items";

/// Oldham as an L, whose inner corner is open to the north-east, and Rochdale as a square in that corner.
async fn import(app: &TestApp) {
    let l = json!([[[-3.0, 53.0], [-1.0, 53.0], [-1.0, 53.5], [-2.5, 53.5], [-2.5, 55.0], [-3.0, 55.0], [-3.0, 53.0]]]);
    let square = json!([[[-2.0, 54.0], [-1.5, 54.0], [-1.5, 54.5], [-2.0, 54.5], [-2.0, 54.0]]]);
    for (code, coordinates, [west, south, east, north]) in
        [("E08000004", l, [-3.0, 53.0, -1.0, 55.0]), ("E08000005", square, [-2.0, 54.0, -1.5, 54.5])]
    {
        let geometry = |zoom: i64| {
            // Of those that are finer than what features have, none is to be seen.
            let kind = if zoom > 11 { "Polygon of another level" } else { "Polygon" };
            json!({ "type": kind, "coordinates": coordinates })
        };
        app.sql(&format!(
            "INSERT INTO boundaries (gss_code, name, west, south, east, north, attribution, source, dated_on, digest)
             VALUES ('{code}', 'Somewhere', {west}, {south}, {east}, {north}, 'Say this', 'A data set', '2024-05', '')"
        ))
        .await;
        for zoom in [5, 11, 18] {
            let shape = geometry(zoom);
            app.sql(&format!("INSERT INTO boundary_shapes VALUES ('{code}', {zoom}, '{shape}')")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn boundaries_are_a_collection_once_they_are_there() {
    let app = TestApp::with_sample().await;
    let (client, document) = (app.anonymous(), document());
    let ids = async || {
        let list = client.get("/ogc/collections").await.expect(200).json["collections"].clone();
        list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids().await, ["councils", "initiatives"]);
    client.get("/ogc/collections/boundaries").await.expect_problem(404, "not_found");
    assert_eq!(client.get(ITEMS).await.expect(200).json["numberMatched"], 0);
    import(&app).await;
    assert_eq!(ids().await, ["councils", "initiatives", "boundaries"]);
    let own = client.get("/ogc/collections/boundaries").await.expect(200).json;
    assert_eq!(own["extent"], json!({ "spatial": { "bbox": [[-3.0, 53.0, -1.0, 55.0]], "crs": own["crs"][0] } }));

    let page = client.get(ITEMS).await.expect(200);
    assert_eq!(fault(&document, "list_boundary_features", &page), None);
    let [oldham, rochdale] = &features(&page.json)[..] else { panic!("{}", page.text) };
    let council = client.get("/v1/councils/oldham").await.expect(200).json;
    assert_eq!((&oldham["id"], &oldham["geometry"]["type"]), (&council["id"], &json!("Polygon")));
    let said = &oldham["properties"];
    assert_eq!(
        (&said["gss_code"], &said["slug"], &said["membership"]),
        (&json!("E08000004"), &json!("oldham"), &council["membership"]["tier"])
    );
    assert_eq!(
        (&said["attribution"], &said["source"], &said["dated_on"]),
        (&json!("Say this"), &json!("A data set"), &json!("2024-05"))
    );
    assert_eq!(rochdale["properties"]["slug"], "rochdale");
    let names: std::collections::BTreeSet<&String> = said.as_object().unwrap().keys().collect();
    let described = &document.value["components"]["schemas"]["AreaFeatureProperties"]["properties"];
    assert_eq!(names, described.as_object().unwrap().keys().collect());

    let address = format!("{ITEMS}/{}", council["id"].as_str().unwrap());
    let one = client.get(&address).await.expect(200);
    assert_eq!(fault(&document, "find_boundary_feature", &one), None);
    assert_eq!((&one.json["geometry"], &one.json["properties"]), (&oldham["geometry"], said));
    let without: Value = client.get("/v1/councils/sunderland").await.expect(200).json["id"].clone();
    client.get(&format!("{ITEMS}/{}", without.as_str().unwrap())).await.expect_problem(404, "not_found");
    assert_eq!(pages(&client, &format!("{ITEMS}?limit=1")).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_brings_the_areas_that_reach_into_it() {
    let app = TestApp::with_sample().await;
    import(&app).await;
    let client = app.anonymous();
    for (bbox, expected) in [
        ("-180,-90,180,90", vec!["oldham", "rochdale"]),
        ("-2.9,53.1,-2.8,53.2", vec!["oldham"]),
        // In the box around Oldham, and not in Oldham.
        ("-1.9,54.1,-1.8,54.2", vec!["rochdale"]),
        ("-1.3,54.0,-1.2,54.9", vec![]),
        // The edge alone; and all the way round.
        ("-1.0,53.2,0,53.3", vec!["oldham"]),
        ("-1.7,-90,-2.9,90", vec!["oldham", "rochdale"]),
        ("-1.2,-90,-2.9,90", vec!["oldham"]),
        ("10,48,20,70", vec![]),
    ] {
        let page = client.get(&format!("{ITEMS}?bbox={bbox}")).await.expect(200).json;
        assert_eq!(page["numberMatched"], expected.len(), "{bbox}");
        assert_eq!(slugs(&client, &format!("{ITEMS}?bbox={bbox}")).await, expected, "{bbox}");
    }
    assert_eq!(slugs(&client, &format!("{ITEMS}?council=rochdale&nation=england")).await, ["rochdale"]);
    app.sql("UPDATE councils SET withdrawn_at = now() WHERE slug = 'rochdale'").await;
    assert_eq!(slugs(&client, ITEMS).await, ["oldham"]);
}
