//! Newline-delimited JSON and GeoJSON have the very records of the list.

use serde_json::{Value, json};

use super::{exported, lines, plain, whole_list};
use crate::support::TestApp;
use crate::support::records::{whole_council, whole_initiative};

/// The sample, and records with every member.
async fn registry() -> TestApp {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    admin.post("/v1/councils", &whole_council()).await.expect(201);
    let made = admin.post("/v1/initiatives", &whole_initiative()).await.expect(201);
    let slug = made.json["slug"].as_str().unwrap();
    admin.publish(&format!("/v1/initiatives/{slug}"), made.etag()).await.expect(200);
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_has_the_records_of_the_list_in_its_order() {
    let app = registry().await;
    for caller in [app.anonymous(), app.editor("oldham").await, app.admin().await] {
        for list in [
            "councils",
            "organisations",
            "themes",
            "initiatives",
            "outcomes",
            "councils/oldham/initiatives",
            "themes/housing/initiatives",
        ] {
            let records: Vec<Value> = whole_list(&caller, &format!("/v1/{list}")).await.iter().map(exported).collect();
            let answer = caller.get(&format!("/v1/{list}.ndjson")).await.expect(200);
            let found: Vec<Value> = lines(&answer).iter().map(plain).collect();
            assert_eq!(found.len(), records.len(), "{list}");
            for (found, record) in found.iter().zip(&records) {
                assert_eq!(found, record, "{list}");
            }
            let names = |record: &Value| record.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(&found[0]), names(&records[0]), "{list}: members stand in another order");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_order_is_that_of_the_list() {
    let app = registry().await;
    let client = app.anonymous();
    for (list, orders) in [
        ("initiatives", ["title", "-title", "started_on", "-started_on", "updated_at", "-updated_at"]),
        ("outcomes", ["title", "-title", "started_on", "-started_on", "updated_at", "-updated_at"]),
        ("councils", ["name", "-name", "updated_at", "-updated_at", "name", "name"]),
        ("themes", ["label", "-label", "updated_at", "-updated_at", "label", "label"]),
    ] {
        for order in orders {
            let records: Vec<Value> =
                whole_list(&client, &format!("/v1/{list}?sort={order}")).await.iter().map(exported).collect();
            let answer = client.get(&format!("/v1/{list}.ndjson?sort={order}")).await.expect(200);
            assert!(lines(&answer).iter().map(plain).eq(records), "{list} by {order}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn geojson_has_a_feature_a_record_at_its_place() {
    let app = registry().await;
    let client = app.anonymous();
    for list in ["councils", "initiatives", "councils/oldham/initiatives"] {
        let answer = client.get(&format!("/v1/{list}.geojson")).await.expect(200);
        let records: Vec<Value> = whole_list(&client, &format!("/v1/{list}")).await.iter().map(exported).collect();
        assert_eq!(answer.json["type"], "FeatureCollection");
        let features = answer.json["features"].as_array().unwrap();
        assert_eq!(features.len(), records.len());
        let mut placeless = 0;
        for (feature, record) in features.iter().zip(&records) {
            let place = &record["location"];
            let geometry = match place {
                Value::Null => Value::Null,
                place => json!({ "type": "Point", "coordinates": [place["longitude"], place["latitude"]] }),
            };
            placeless += usize::from(place.is_null());
            assert_eq!((&feature["type"], &feature["id"]), (&json!("Feature"), &record["id"]));
            assert_eq!((&plain(&feature["geometry"]), &plain(&feature["properties"])), (&geometry, record));
        }
        assert!(placeless < features.len(), "{list}: nothing has a place");
    }
    let nothing = client.get("/v1/initiatives.geojson?year_from=2190").await.expect(200);
    assert_eq!(nothing.json, json!({ "type": "FeatureCollection", "features": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_pick_members() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let records = whole_list(&client, "/v1/initiatives?fields=title,slug,location").await;
    let found = lines(&client.get("/v1/initiatives.ndjson?fields=title,slug,location").await.expect(200));
    assert_eq!(found.iter().map(plain).collect::<Vec<_>>(), records.iter().map(plain).collect::<Vec<_>>());
    let places = client.get("/v1/initiatives.geojson?fields=slug").await.expect(200);
    assert_eq!(places.json["features"][0]["properties"].as_object().unwrap().len(), 1);
    assert!(places.json["features"][0]["geometry"].is_object());
}
