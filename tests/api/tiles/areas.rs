//! Tiles of boundaries: what lies on a tile of each area, with a margin, shells and holes told apart.

use std::f64::consts::PI;

use super::reader::Feature;
use super::tile;
use crate::boundaries::{areas, with_boundaries};
use crate::support::TestApp;

const ZOOM: u32 = 9;
/// Edges of the tiles of a zoom, and units of an edge.
const ALL: f64 = (1u32 << ZOOM) as f64 * 4096.0;

/// Column and row in units of the zoom.
fn units(longitude: f64, latitude: f64) -> (f64, f64) {
    let down = 0.5 - (PI / 4.0 + latitude.to_radians() / 2.0).tan().ln() / (2.0 * PI);
    ((longitude + 180.0) / 360.0 * ALL, down * ALL)
}

/// The area of a square in units of the zoom.
fn square(west: f64, south: f64, side: f64) -> f64 {
    let ((left, bottom), (right, top)) = (units(west, south), units(west + side, south + side));
    (right - left) * (bottom - top)
}

/// Surveyor's formula: above zero for a ring clockwise on the screen.
fn signed_area(ring: &[(i64, i64)]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| (a.0 * b.1 - b.0 * a.1) as f64).sum::<f64>() / 2.0
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tiles_of_a_zoom_have_the_whole_of_an_area() {
    let app = with_boundaries("tiles", &areas()).await;
    let client = app.anonymous();
    let ((left, top), (right, bottom)) = (units(-3.6, 53.6), units(-1.0, 52.9));
    let (mut area, mut holes, mut slugs) = (0.0, 0, Vec::new());
    for column in (left / 4096.0) as u32..=(right / 4096.0) as u32 {
        for row in (top / 4096.0) as u32..=(bottom / 4096.0) as u32 {
            let features = tile(&client, &format!("/v1/tiles/boundaries/{ZOOM}/{column}/{row}.mvt")).await;
            slugs.extend(features.iter().map(|feature| feature.tags["slug"].clone()));
            for Feature { rings, tags, .. } in features.iter().filter(|feature| feature.tags["slug"] == "oldham") {
                assert_eq!((tags["gss_code"].as_str(), tags["membership"].as_str()), ("E08000004", "full"));
                assert!(tags["attribution"].contains("the tests' own office"));
                assert!(rings.iter().flatten().all(|at| [at.0, at.1].iter().all(|unit| (-64..=4160).contains(unit))));
                area += rings.iter().map(|ring| signed_area(&cut(ring))).sum::<f64>();
                holes += rings.iter().filter(|ring| signed_area(ring) < 0.0).count();
                // A shell comes before its holes.
                assert!(signed_area(&rings[0]) > 0.0);
            }
        }
    }
    let whole = square(-2.5, 53.0, 0.5) - square(-2.3, 53.2, 0.1) + square(-3.5, 53.0, 0.25);
    assert!((area / whole - 1.0).abs() < 0.002, "{area} of {whole}");
    assert!(holes > 0);
    slugs.sort();
    slugs.dedup();
    // Of the third area no council of the registry is known.
    assert_eq!(slugs, ["oldham", "rochdale"]);
}

/// A ring without the margin: all rings here are made of horizontals and verticals.
fn cut(ring: &[(i64, i64)]) -> Vec<(i64, i64)> {
    ring.iter().map(|at| (at.0.clamp(0, 4096), at.1.clamp(0, 4096))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_the_description_go_with_them() {
    let app = with_boundaries("tiles-filtered", &areas()).await;
    let client = app.anonymous();
    let set = client.get("/v1/tiles/boundaries.json?region=north_west").await.expect(200);
    let path = set.json["tiles"][0].as_str().unwrap().replace(&app.url, "");
    assert_eq!(path, "/v1/tiles/boundaries/{z}/{x}/{y}.mvt?region=north_west");
    let whole = path.replace("{z}/{x}/{y}", "0/0/0");
    let features = tile(&client, &whole).await;
    assert!(!features.is_empty());
    let said = set.json["vector_layers"][0]["fields"].as_object().unwrap();
    assert!(features.iter().flat_map(|one| one.tags.keys()).all(|tag| said.contains_key(tag)));
    assert!(tile(&client, &whole.replace("north_west", "london")).await.is_empty());
    client.get("/v1/tiles/boundaries/15/0/0.mvt").await.expect_problem(404, "not_found");
    client.get("/v1/tiles/boundaries/0/0/0.mvt?bbox=1,2,3,4").await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_boundaries_tiles_are_empty() {
    let app = TestApp::with_sample().await;
    assert!(tile(&app.anonymous(), "/v1/tiles/boundaries/0/0/0.mvt").await.is_empty());
}
