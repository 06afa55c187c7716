//! Vector tiles: what the maps have, each record on one tile of a zoom, and how tiles are described.

mod areas;
mod reader;

use std::f64::consts::PI;

use reader::{Feature, layers};
use reqwest::Method;
use serde_json::Value;

use crate::support::client::send;
use crate::support::{Client, TestApp};

/// The features of a tile; none of an empty one.
async fn tile(client: &Client, path: &str) -> Vec<Feature> {
    let answer = client.request(Method::GET, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    assert_eq!(answer.headers()["content-type"], "application/vnd.mapbox-vector-tile");
    assert!(answer.headers()["etag"].to_str().unwrap().starts_with('"'));
    let bytes = answer.bytes().await.unwrap();
    let mut layers = layers(&bytes);
    match layers.pop() {
        None => Vec::new(),
        Some((name, extent, features)) => {
            assert!(layers.is_empty() && path.contains(&format!("/{name}/")), "{path}: {name}");
            assert_eq!(extent, 4096);
            features
        }
    }
}

/// Longitude and latitude of a place on a tile.
fn degrees(zoom: u32, column: u32, row: u32, feature: &Feature) -> (f64, f64) {
    let all = f64::from(1u32 << zoom);
    let right = (f64::from(column) + feature.at.0 as f64 / 4096.0) / all;
    let down = (f64::from(row) + feature.at.1 as f64 / 4096.0) / all;
    (right * 360.0 - 180.0, (PI * (1.0 - 2.0 * down)).sinh().atan().to_degrees())
}

fn count(feature: &Feature) -> i64 {
    feature.tags.get("point_count").map_or(1, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tiles_of_a_zoom_have_what_the_map_has() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (layer, filter) in
        [("initiatives", ""), ("initiatives", "theme=housing&kind=case_study"), ("councils", "nation=england")]
    {
        let whole = client.get(&format!("/v1/map/{layer}?{filter}")).await.expect(200).json;
        let points = whole["features"].as_array().unwrap();
        // The United Kingdom at zoom 6.
        for (zoom, columns, rows) in [(0, 0..1, 0..1), (6, 30..33, 17..22)] {
            let mut counted = 0;
            for column in columns {
                for row in rows.clone() {
                    for feature in tile(&client, &format!("/v1/tiles/{layer}/{zoom}/{column}/{row}.mvt?{filter}")).await
                    {
                        counted += count(&feature);
                        let Some(slug) = feature.tags.get("slug") else {
                            assert_eq!(feature.tags["cluster"], "true");
                            continue;
                        };
                        let known = points.iter().find(|one| one["properties"]["slug"] == **slug).expect("on the map");
                        let (longitude, latitude) = degrees(zoom, column, row, &feature);
                        let at = &known["geometry"]["coordinates"];
                        // A unit of a tile of zoom 6 is a thousandth of a degree.
                        let near =
                            |said: f64, is: &Value| (said - is.as_f64().unwrap()).abs() < 0.1 / f64::from(zoom + 1);
                        assert!(near(longitude, &at[0]) && near(latitude, &at[1]), "{feature:?} {at}");
                    }
                }
            }
            assert_eq!(counted, whole["located"].as_i64().unwrap(), "{layer} {filter} {zoom}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_deepest_zoom_each_stands_for_itself() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let oldham = client.get("/v1/map/initiatives?council=oldham").await.expect(200).json;
    let here = oldham["features"].as_array().unwrap();
    let [longitude, latitude] = [0, 1].map(|place| here[0]["geometry"]["coordinates"][place].as_f64().unwrap());
    let all = f64::from(1 << 14);
    let column = ((longitude + 180.0) / 360.0 * all) as u32;
    let row = ((1.0 - latitude.to_radians().tan().asinh() / PI) / 2.0 * all) as u32;
    let found = tile(&client, &format!("/v1/tiles/initiatives/14/{column}/{row}.mvt?council=oldham")).await;
    let mut slugs: Vec<&str> = found.iter().map(|one| one.tags["slug"].as_str()).collect();
    let mut expected: Vec<&str> = here
        .iter()
        .filter(|one| one["geometry"] == here[0]["geometry"])
        .map(|one| one["properties"]["slug"].as_str().unwrap())
        .collect();
    slugs.sort_unstable();
    expected.sort_unstable();
    assert!(slugs.len() > 3);
    assert_eq!(slugs, expected);
    let one = here.iter().find(|one| one["properties"]["slug"] == *found[0].tags["slug"]).unwrap();
    for name in ["title", "kind", "freshness", "located_by"] {
        assert_eq!(one["properties"][name], *found[0].tags[name]);
    }
    assert_eq!(found[0].tags["council"], "oldham");
    let themes: Vec<&str> =
        one["properties"]["themes"].as_array().unwrap().iter().map(|slug| slug.as_str().unwrap()).collect();
    assert_eq!(found[0].tags["themes"], themes.join(","));
}

#[tokio::test(flavor = "multi_thread")]
async fn tiles_are_described_with_their_filters() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (layer, query) in
        [("initiatives", "theme=housing&region=london"), ("initiatives", ""), ("councils", "q=borough")]
    {
        let set = client.get(&format!("/v1/tiles/{layer}.json?{query}")).await.expect(200);
        assert!(set.header("content-type").starts_with("application/json") && !set.etag().is_empty());
        assert_eq!((&set.json["tilejson"], &set.json["vector_layers"][0]["id"]), (&"3.0.0".into(), &layer.into()));
        let template = set.json["tiles"][0].as_str().unwrap();
        assert!(template.starts_with("http://127.0.0.1:") && template.ends_with(query), "{template}");
        let address = template.replace("{z}", "0").replace("{x}", "0").replace("{y}", "0");
        let features = tile(&client, &address[address.find("/v1/").unwrap()..]).await;
        let located =
            client.get(&format!("/v1/map/{layer}?{query}")).await.expect(200).json["located"].as_i64().unwrap();
        assert!(located > 0);
        assert_eq!(features.iter().map(count).sum::<i64>(), located);
        let said = set.json["vector_layers"][0]["fields"].as_object().unwrap();
        assert!(features.iter().flat_map(|one| one.tags.keys()).all(|tag| said.contains_key(tag)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_tiles_and_what_is_no_tile() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for path in [
        "/v1/tiles/initiatives/5/0/0.mvt",
        "/v1/tiles/councils/14/16383/16383.mvt",
        "/v1/tiles/initiatives/7/63/41.mvt?bbox=0,50,1,51",
    ] {
        assert!(tile(&client, path).await.is_empty(), "{path}");
        let answer = client.get(path).await.expect(200);
        assert!(answer.text.is_empty(), "{path}");
        send(client.request(Method::GET, path).header("If-None-Match", answer.etag())).await.expect(304);
    }
    for numbers in ["15/0/0", "3/8/0", "3/0/8", "-1/0/0", "3/-1/0", "a/b/c", "3/1.5/1", "99999999999/0/0"] {
        for layer in ["initiatives", "councils"] {
            let path = format!("/v1/tiles/{layer}/{numbers}.mvt");
            let refused = client.get(&path).await.expect_problem(404, "not_found");
            assert!(refused.json["detail"].as_str().unwrap().contains("There is no tile"), "{path}: {}", refused.text);
        }
    }
    client.get("/v1/tiles/themes/0/0/0.mvt").await.expect_problem(404, "not_found");
    for path in ["/v1/tiles/initiatives/0/0/0.mvt", "/v1/tiles/councils.json"] {
        for (query, parameter, code) in [
            ("bbox=1,2", "bbox", "malformed"),
            ("zoom=3", "zoom", "unknown_parameter"),
            ("limit=3", "limit", "unknown_parameter"),
        ] {
            let refused = client.get(&format!("{path}?{query}")).await.expect_problem(400, "bad_query");
            assert_eq!(refused.faults()[0], (parameter.into(), code.into()), "{path} {query}");
        }
    }
    client.get("/v1/tiles/initiatives/0/0/0.mvt?council=nowhere-at-all").await.expect_problem(404, "not_found");
}
