//! What is on a map: everything that the list has, each at its place, and nothing else.

use serde_json::{Value, json};

use super::{all, map};
use crate::support::TestApp;
use crate::support::practice::{practice, publish, with};

/// Filters of the list of initiatives, each of which leaves some.
const FILTERS: [&str; 10] = [
    "",
    "?theme=housing",
    "?council=network&council=oldham",
    "?participant=york",
    "?region=london",
    "?nation=scotland&kind=case_study",
    "?q=co-operative",
    "?bbox=-2.7,53.3,-1.9,53.7",
    "?near=53.96,-1.08&radius_km=120&min_evidence=1",
    "?freshness=unverified&year_from=2014",
];

fn five(value: &Value) -> f64 {
    (value.as_f64().unwrap() * 1e5).round() / 1e5
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_has_what_the_list_has() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let own =
        json!({ "location": { "latitude": 57.123_456_7, "longitude": -3.5 }, "themes": ["housing", "co-production"] });
    publish(
        &admin,
        &admin.post("/v1/initiatives", &with(practice("Up in the hills", "oldham"), own)).await.expect(201),
    )
    .await;
    let client = app.anonymous();
    for filter in FILTERS {
        let (map, features) = map(&client, &format!("/v1/map/initiatives{filter}")).await;
        let list = all(&client, &format!("/v1/initiatives{filter}")).await;
        let located: Vec<&Value> = list.iter().filter(|one| !one["location"].is_null()).collect();
        assert_eq!((&map["total"], &map["located"]), (&json!(list.len()), &json!(located.len())), "{filter}");
        assert!(!features.is_empty() && features.len() == located.len(), "{filter}");
        for one in located {
            let feature = features.iter().find(|feature| feature["id"] == one["id"]).expect("it is on the map");
            let lead = &one["lead_council"];
            let council =
                if lead.is_null() { Value::Null } else { json!({ "slug": lead["slug"], "name": lead["name"] }) };
            let themes: Vec<&Value> = one["themes"].as_array().unwrap().iter().map(|theme| &theme["slug"]).collect();
            let (longitude, latitude) = (five(&one["location"]["longitude"]), five(&one["location"]["latitude"]));
            let mut expected = json!({
                "type": "Feature", "id": one["id"],
                "geometry": { "type": "Point", "coordinates": [longitude, latitude] },
                "properties": {
                    "slug": one["slug"], "title": one["title"], "kind": one["kind"], "themes": themes,
                    "council": council, "freshness": "unverified", "located_by": one["location"]["of"]
                }
            });
            if let Some(place) = feature["properties"].get("place_of") {
                assert_eq!((&place["slug"], &council), (&one["place_of"]["slug"], &Value::Null), "{filter}");
                expected["properties"]["place_of"] = place.clone();
            }
            assert_eq!(feature, &expected, "{filter}");
        }
    }
    let (whole, _) = map(&client, "/v1/map/initiatives").await;
    assert!(whole["located"].as_i64() < whole["total"].as_i64(), "the network's own are nowhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn councils_are_on_a_map_with_what_they_lead() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for filter in
        ["", "?nation=scotland", "?membership=full&region=london", "?q=borough", "?near=53.96,-1.08&radius_km=100"]
    {
        let (map, features) = map(&client, &format!("/v1/map/councils{filter}")).await;
        let list = all(&client, &format!("/v1/councils{filter}")).await;
        let located: Vec<&Value> = list.iter().filter(|one| !one["location"].is_null()).collect();
        assert_eq!((&map["total"], &map["located"]), (&json!(list.len()), &json!(located.len())), "{filter}");
        assert!(!features.is_empty() && features.len() == located.len(), "{filter}");
        for one in located {
            let feature = features.iter().find(|feature| feature["id"] == one["id"]).expect("it is on the map");
            let led = client.get(&format!("/v1/initiatives?limit=1&council={}", one["slug"].as_str().unwrap())).await;
            assert_eq!(
                feature["properties"],
                json!({
                    "slug": one["slug"], "name": one["name"], "council_type": one["council_type"],
                    "membership": one["membership"]["tier"], "initiatives": led.json["total"]
                })
            );
            let at = [five(&one["location"]["longitude"]), five(&one["location"]["latitude"])];
            assert_eq!(feature["geometry"]["coordinates"], json!(at));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_is_answered_like_everything_else() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in ["/v1/map/initiatives", "/v1/map/initiatives?zoom=5", "/v1/map/councils", "/v1/map/summary"] {
        let first = client.get(path).await.expect(200);
        assert!(first.etag().starts_with('"') && first.header("cache-control").starts_with("public"), "{path}");
        assert!(first.header("vary").contains("Accept-Encoding"), "{path}");
        for encoding in ["br", "gzip", "identity"] {
            let request = client.request(reqwest::Method::GET, path).header("If-None-Match", first.etag());
            let known = crate::support::client::send(request.header("Accept-Encoding", encoding)).await.expect(304);
            assert!(known.text.is_empty() && known.etag() == first.etag(), "{path} {encoding}");
        }
        let head = crate::support::client::send(client.request(reqwest::Method::HEAD, path)).await.expect(200);
        assert_eq!(head.etag(), first.etag(), "{path}");
        assert_eq!(client.get(path).await.text, first.text, "the same every time: {path}");
    }
}
