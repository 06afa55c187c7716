//! Clusters: at every zoom their counts add up, and each lies where its records lie.

use serde_json::{Value, json};

use super::map;
use crate::support::TestApp;

fn count(feature: &Value) -> i64 {
    feature["properties"]["point_count"].as_i64().unwrap_or(1)
}

fn numbers<const N: usize>(value: &Value) -> [f64; N] {
    let list: Vec<f64> = value.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect();
    list.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_add_up_at_every_zoom() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (layer, filter) in
        [("initiatives", ""), ("initiatives", "theme=housing&"), ("councils", ""), ("councils", "nation=england&")]
    {
        let (whole, points) = map(&client, &format!("/v1/map/{layer}?{filter}")).await;
        let mut before = 0;
        for zoom in 0..=18 {
            let (map, features) = map(&client, &format!("/v1/map/{layer}?{filter}zoom={zoom}")).await;
            assert_eq!((&map["total"], &map["located"]), (&whole["total"], &whole["located"]));
            assert_eq!(features.iter().map(count).sum::<i64>(), map["located"].as_i64().unwrap(), "{layer} {zoom}");
            assert!(features.len() >= before, "{layer} {zoom}");
            before = features.len();
            for feature in &features {
                if feature["properties"]["cluster"] != true {
                    assert!(points.contains(feature), "a single one is as it is without zoom: {feature}");
                    continue;
                }
                assert!(feature.get("id").is_none() && count(feature) > 1, "{feature}");
                let [west, south, east, north] = numbers(&feature["properties"]["bbox"]);
                let [longitude, latitude] = numbers(&feature["geometry"]["coordinates"]);
                let near = |value: f64, low: f64, high: f64| value > low - 2e-5 && value < high + 2e-5;
                assert!(near(longitude, west, east) && near(latitude, south, north), "{feature}");
            }
        }
        assert!(before > 3 && before <= points.len(), "{layer}: {before} of {}", points.len());
        let (_, from_space) = map(&client, &format!("/v1/map/{layer}?{filter}zoom=0")).await;
        assert!(from_space.len() <= 2, "{}", from_space.len());
    }
}

/// The box of a cluster, asked for, has what the cluster has.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_can_be_opened() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for zoom in [4, 6, 8, 18] {
        let (_, features) = map(&client, &format!("/v1/map/initiatives?zoom={zoom}")).await;
        let clusters: Vec<&Value> = features.iter().filter(|one| one["properties"]["cluster"] == true).collect();
        assert!(!clusters.is_empty(), "{zoom}");
        for cluster in clusters {
            let bbox: [f64; 4] = numbers(&cluster["properties"]["bbox"]);
            let bbox = bbox.map(|edge| edge.to_string()).join(",");
            let inside = client.get(&format!("/v1/initiatives?limit=1&bbox={bbox}")).await.expect(200);
            // Boxes of neighbours may overlap.
            assert!(inside.json["total"].as_i64().unwrap() >= count(cluster), "{cluster} {}", inside.json["total"]);
        }
    }
    let empty = client.get("/v1/map/initiatives?bbox=-30,50,-29,51&zoom=3").await.expect(200);
    assert_eq!(empty.json, json!({ "type": "FeatureCollection", "total": 0, "located": 0, "features": [] }));
}
