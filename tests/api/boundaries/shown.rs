//! A council's boundary, and those of members as the layer of a map.

use reqwest::Method;
use serde_json::{Value, json};

use super::{ATTRIBUTION, areas, collection, feature, polygon, square, with_boundaries};
use crate::support::client::send;
use crate::support::records::{council, whole_membership};

#[tokio::test(flavor = "multi_thread")]
async fn a_council_shows_its_boundary_with_what_is_to_be_said_of_it() {
    let app = with_boundaries("boundary", &areas()).await;
    let client = app.anonymous();
    let shown = client.get("/v1/councils/oldham/boundary").await.expect(200);
    assert_eq!(shown.header("content-type"), "application/geo+json");
    assert_eq!((&shown.json["type"], &shown.json["id"]), (&json!("Feature"), &json!("E08000004")));
    assert_eq!(shown.json["bbox"], json!([-3.5, 53.0, -2.0, 53.5]));
    assert_eq!(shown.json["geometry"], areas()["features"][0]["geometry"]);
    let said = &shown.json["properties"];
    assert_eq!((&said["slug"], &said["gss_code"]), (&json!("oldham"), &json!("E08000004")));
    assert_eq!((&said["attribution"], &said["membership"]["tier"]), (&json!([ATTRIBUTION]), &json!("full")));
    // By every name of the council, and not again to those who have it.
    let by_code = client.get("/v1/councils/E08000004/boundary").await.expect(200);
    assert_eq!((&by_code.text, by_code.etag()), (&shown.text, shown.etag()));
    let again = client.request(Method::GET, "/v1/councils/oldham/boundary").header("If-None-Match", shown.etag());
    send(again).await.expect(304);
    client.get("/v1/councils/york/boundary").await.expect_problem(404, "not_found");
    client.get("/v1/councils/nowhere/boundary").await.expect_problem(404, "not_found");
    client.get("/v1/councils/oldham/boundary?zoom=19").await.expect_problem(400, "bad_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_slug_leads_to_the_boundary_and_a_later_council_finds_its_own() {
    let app = with_boundaries("moved", &areas()).await;
    let admin = app.admin().await;
    let oldham = admin.get("/v1/councils/oldham").await.expect(200);
    admin.patch("/v1/councils/oldham", oldham.etag(), &json!({ "slug": "oldham-mbc" })).await.expect(200);
    let moved = app.anonymous().get("/v1/councils/oldham/boundary?zoom=5").await.expect(308);
    assert_eq!(moved.header("location"), "/v1/councils/oldham-mbc/boundary?zoom=5");
    let mut new = council("Newtown");
    new["gss_code"] = json!("E07999999");
    admin.post("/v1/councils", &new).await.expect(201);
    assert_eq!(app.anonymous().get("/v1/councils/newtown/boundary").await.expect(200).json["id"], "E07999999");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_zoom_has_a_simpler_boundary() {
    // A square whose northern edge is a saw with teeth of some hundred metres.
    let teeth = (1..400).map(|tooth| json!([-2.0 - f64::from(tooth) / 800.0, 53.5 + f64::from(tooth % 2) / 1000.0]));
    let ring = [json!([-2.0, 53.5])].into_iter().chain(teeth);
    let ring: Vec<Value> =
        ring.chain([json!([-2.5, 53.5]), json!([-2.5, 53.0]), json!([-2.0, 53.0]), json!([-2.0, 53.5])]).collect();
    let app = with_boundaries("zoom", &collection(&[feature("E08000004", polygon(&[ring.clone().into()]))])).await;
    let mut sizes = Vec::new();
    for zoom in [0, 5, 7, 9, 11, 12, 18] {
        let shown = app.anonymous().get(&format!("/v1/councils/oldham/boundary?zoom={zoom}")).await.expect(200);
        sizes.push(shown.json["geometry"]["coordinates"][0].as_array().unwrap().len());
    }
    assert!(sizes.is_sorted() && sizes[0] < 10, "{sizes:?}");
    assert_eq!(sizes[5..], [ring.len(); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_shows_the_boundaries_of_members_until_their_membership_has_ended() {
    let areas = collection(&[
        feature("E08000004", polygon(&[square(-2.5, 53.0, 0.5)])),
        feature("E08000005", polygon(&[square(-2.0, 53.0, 0.5)])),
        // Of a member that is not known since, and of one that has left.
        feature("E07000148", polygon(&[square(1.0, 52.0, 0.5)])),
        feature("W06000011", polygon(&[square(-4.0, 51.5, 0.5)])),
    ]);
    let app = with_boundaries("map", &areas).await;
    app.admin().await.post("/v1/memberships", &whole_membership()).await.expect(201);
    let shown = async |query: &str| {
        let answer = app.anonymous().get(&format!("/v1/map/boundaries{query}")).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/geo+json");
        let features = answer.json["features"].as_array().unwrap().clone();
        features.iter().map(|one| one["properties"]["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shown("").await, ["norwich", "oldham", "rochdale"]);
    assert_eq!(shown("?bbox=-2.4,53.1,-2.3,53.2&zoom=14").await, ["oldham"]);
    // An edge is part of both.
    assert_eq!(shown("?bbox=-2,53.1,-2,53.2").await, ["oldham", "rochdale"]);
    assert_eq!(shown("?membership=associate").await, [""; 0]);
    assert_eq!(shown("?region=london").await, [""; 0]);
    let whole = app.anonymous().get("/v1/map/boundaries").await.expect(200);
    assert_eq!((&whole.json["type"], &whole.json["attribution"]), (&json!("FeatureCollection"), &json!([ATTRIBUTION])));
    let of_norwich = &whole.json["features"][0]["properties"]["membership"];
    assert_eq!((&of_norwich["status"], &of_norwich["as_at"]), (&json!("not_known_since"), &json!("2019")));
    app.anonymous().get("/v1/councils/swansea/boundary").await.expect(200);
    for (query, code) in [
        ("zoom=12", "required"),
        ("zoom=12&bbox=-3,53,-1,54", "required"),
        ("bbox=-2,53,-3,54", "inverted"),
        ("bbox=53,-3,54,-2", "swapped"),
        ("bbox=NaN,53,-3,54", "malformed"),
    ] {
        let refused =
            app.anonymous().get(&format!("/v1/map/boundaries?{query}")).await.expect_problem(400, "bad_query");
        assert_eq!(refused.faults(), [("bbox".into(), code.into())], "{query}");
    }
}
