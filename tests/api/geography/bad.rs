//! What is no place: refused, each fault with what would be right, all at once.

use crate::support::TestApp;

const LISTS: [&str; 8] = [
    "/v1/initiatives?",
    "/v1/initiatives/facets?",
    "/v1/initiatives.csv?",
    "/v1/councils?",
    "/v1/councils/oldham/initiatives?",
    "/v1/themes/housing/initiatives?",
    "/v1/outcomes?",
    "/v1/search?q=housing&",
];

/// Query, parameter, code and a part of what is said.
const FAULTS: [(&str, &str, &str, &str); 24] = [
    ("bbox=53.4,-2.3,53.7,-1.9", "bbox", "swapped", "did you mean -2.3,53.4,-1.9,53.7?"),
    ("bbox=-1.9,53.4,-2.3,53.7", "bbox", "inverted", "west,south,east,north"),
    ("bbox=-2.3,53.7,-1.9,53.4", "bbox", "inverted", "is north of 53.4"),
    ("bbox=170,-10,-170,10", "bbox", "inverted", "antimeridian"),
    ("bbox=-2.3,53.4,-1.9", "bbox", "malformed", "has 3 values"),
    ("bbox=-2.3,53.4,0,-1.9,53.7,100", "bbox", "malformed", "heights are not supported"),
    ("bbox=", "bbox", "malformed", "has 0 values"),
    ("bbox=NaN,53.4,-1.9,53.7", "bbox", "malformed", "\"NaN\" for west"),
    ("bbox=-2.3,53.4,inf,53.7", "bbox", "malformed", "\"inf\" for east"),
    ("bbox=-2.3,53.4,-1.9,1e400", "bbox", "malformed", "for north"),
    ("bbox=-2.3,53.4,-1.9,95", "bbox", "out_of_range", "95 for north"),
    ("bbox=-200,53.4,-1.9,54", "bbox", "out_of_range", "-200 for west"),
    ("bbox=manchester", "bbox", "malformed", "has 1 value"),
    ("bbox=-2.3,53.4,-1.9,53.7&bbox=0,50,1,51", "bbox", "repeated", "twice"),
    ("near=-2.1,53.5", "near", "swapped", "did you mean 53.5,-2.1?"),
    ("near=53.5", "near", "malformed", "latitude,longitude"),
    ("near=NaN,-2.1", "near", "malformed", "for latitude"),
    ("near=95,-2.1", "near", "out_of_range", "95 for latitude"),
    ("near=53.5,-181", "near", "out_of_range", "-181 for longitude"),
    ("radius_km=10", "radius_km", "needs_near", "near=latitude,longitude"),
    ("near=53.5,-2.1&radius_km=0", "radius_km", "too_small", "0.1"),
    ("near=53.5,-2.1&radius_km=1000.5", "radius_km", "too_large", "1000"),
    ("near=53.5,-2.1&radius_km=NaN", "radius_km", "wrong_type", "a number"),
    ("near=53.5,-2.1&radius_km=-5", "radius_km", "too_small", "0.1"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_mistake_is_named_in_every_list() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for list in LISTS {
        for (query, parameter, code, said) in FAULTS {
            let asked = format!("{list}{query}");
            let refused = client.get(&asked).await.expect_problem(400, "bad_query");
            assert_eq!(refused.faults(), [(parameter.into(), code.into())], "{asked}: {}", refused.text);
            let detail = refused.json["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains(said), "{asked}: {detail}");
        }
    }
    for list in LISTS.iter().filter(|list| !list.contains("facets") && !list.contains("search")) {
        let refused = client.get(&format!("{list}sort=distance")).await.expect_problem(400, "bad_query");
        assert_eq!(refused.faults(), [("sort".into(), "needs_near".into())], "{list}");
        assert!(refused.json["errors"][0]["detail"].as_str().unwrap().contains("near=latitude,longitude"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_mistakes_are_named_at_once() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let refused = client
        .get("/v1/initiatives?bbox=200,x,1,nan&near=-2.1,53.5&radius_km=0&freshness=old&kind=idea")
        .await
        .expect_problem(400, "bad_query");
    let mut faults = refused.faults();
    faults.sort();
    let named = |name: &str, code: &str| (name.to_owned(), code.to_owned());
    let expected = [
        named("bbox", "malformed"),
        named("bbox", "malformed"),
        named("freshness", "not_allowed"),
        named("near", "swapped"),
        named("radius_km", "too_small"),
    ];
    assert_eq!(faults, expected, "{}", refused.text);
    let refused = client
        .get("/v1/initiatives?radius_km=5&sort=distance&council=nowhere-at-all")
        .await
        .expect_problem(400, "bad_query");
    let mut faults = refused.faults();
    faults.sort();
    let expected =
        [named("council", "unknown_reference"), named("radius_km", "needs_near"), named("sort", "needs_near")];
    assert_eq!(faults, expected);
}

/// Odd, and all the same a place.
#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_read_is_answered() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for query in [
        "bbox=-180,-90,180,90",
        "bbox=%20-2.3,%2053.4%20,-1.9,53.7",
        "bbox=+-2.3,53.4,-1.9,53.7",
        "bbox=100,-10,110,10",
        "bbox=-2,53,-2,53",
        "near=90,0&radius_km=1000",
        "near=-90,180&radius_km=0.1",
        "near=0,-180&radius_km=1000",
        "near=53.5,-2.1&radius_km=1000",
        "near=48.8566,2.3522&radius_km=1e2",
        "bbox=-0,50,0.0000000001,60",
    ] {
        for list in LISTS {
            client.get(&format!("{list}{query}")).await.expect(200);
        }
    }
}
