//! `covers=`: the councils of a point.

use serde_json::json;

use super::{areas, with_boundaries};
use crate::support::TestApp;
use crate::support::records::council;

async fn covering(app: &TestApp, point: &str) -> Vec<String> {
    let answer = app.anonymous().get(&format!("/v1/councils?covers={point}&fields=slug")).await.expect(200);
    assert_eq!(answer.json["total"], answer.each("slug").len());
    answer.each("slug").iter().map(|slug| slug.as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_councils_of_a_point_are_those_whose_boundary_covers_it() {
    let app = with_boundaries("covers", &areas()).await;
    for (point, expected) in [
        ("53.1,-2.4", &["oldham"][..]),
        ("53.1,-3.4", &["oldham"]),
        ("53.25,-2.25", &[]),
        ("53.25,-2.2", &["oldham"]),
        ("53.0,-2.5", &["oldham"]),
        ("53.1,-2.0", &["oldham", "rochdale"]),
        ("53.1,-1.9", &["rochdale"]),
        ("53.1,-1.2", &[]),
        ("48.85,2.35", &[]),
    ] {
        assert_eq!(covering(&app, point).await, expected, "{point}");
    }
    // It is a filter like the others.
    let narrowed = app.anonymous().get("/v1/councils?covers=53.1,-2.0&q=rochdale").await.expect(200);
    assert_eq!(narrowed.each("slug"), ["rochdale"]);
    let whole = app.anonymous().get("/v1/councils.csv?covers=53.1,-2.4&fields=slug").await.expect(200);
    assert_eq!(whole.text, "slug\r\noldham\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_county_covers_what_its_districts_cover() {
    let app = with_boundaries("county", &areas()).await;
    let admin = app.admin().await;
    for (name, code, kind) in [("Countyshire", "E10999999", "county"), ("Third", "E07999999", "district")] {
        let mut new = council(name);
        (new["gss_code"], new["council_type"]) = (json!(code), json!(kind));
        admin.post("/v1/councils", &new).await.expect(201);
    }
    let within =
        |district: &str| format!("INSERT INTO county_districts (district, county) VALUES ('{district}', 'E10999999')");
    app.sql(&within("E07999999")).await;
    app.sql(&within("E08000005")).await;
    assert_eq!(covering(&app, "53.1,-1.2").await, ["countyshire", "third"]);
    assert_eq!(covering(&app, "53.1,-1.9").await, ["countyshire", "rochdale"]);
    assert_eq!(covering(&app, "53.1,-2.4").await, ["oldham"]);
    // Its own boundary is drawn around both.
    let county = app.anonymous().get("/v1/councils/countyshire/boundary").await.expect(200);
    assert_eq!(
        (&county.json["bbox"], &county.json["geometry"]["type"]),
        (&json!([-2.0, 53.0, -1.0, 53.5]), &json!("Polygon"))
    );
    // With a district whose boundary is not here, nobody knows the whole.
    app.sql(&within("E07999998")).await;
    app.anonymous().get("/v1/councils/countyshire/boundary").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_that_is_none_is_refused_and_told_why() {
    let app = TestApp::empty().await;
    for (point, code) in [
        ("-2.1,53.5", "swapped"),
        ("95,-2", "out_of_range"),
        ("NaN,1", "malformed"),
        ("53.5", "malformed"),
        ("", "malformed"),
    ] {
        let refused =
            app.anonymous().get(&format!("/v1/councils?covers={point}")).await.expect_problem(400, "bad_query");
        assert_eq!(refused.faults(), [("covers".into(), code.into())], "{point}");
    }
    let twice = app.anonymous().get("/v1/councils?covers=53,-2&covers=54,-2").await.expect_problem(400, "bad_query");
    assert_eq!(twice.faults(), [("covers".into(), "repeated".into())]);
}
