//! Bad input is a 400 or a 404 with every fault, and the right word where one is near.

use super::COLLECTIONS;
use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn bad_parameters_are_named_all_at_once() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for collection in COLLECTIONS {
        for (query, expected) in [
            ("kimd=case_study", vec![("kimd", "unknown_parameter")]),
            ("q=housing", vec![("q", "unknown_parameter")]),
            ("offset=10", vec![("offset", "unknown_parameter")]),
            ("dateTime=2015-01-01", vec![("dateTime", "unknown_parameter")]),
            ("nation=scottland&limit=0", vec![("limit", "too_small"), ("nation", "not_allowed")]),
            ("limit=-1", vec![("limit", "wrong_type")]),
            ("limit=ten", vec![("limit", "wrong_type")]),
            ("limit=1&limit=2", vec![("limit", "repeated")]),
            ("bbox=1,2,3", vec![("bbox", "too_few")]),
            ("bbox=1,2,3,4,5,6,7", vec![("bbox", "too_many")]),
            ("bbox=1,2,3,4,5", vec![("bbox", "malformed")]),
            ("bbox=1,2,3,north", vec![("bbox", "wrong_type")]),
            ("bbox=1,2,3,NaN", vec![("bbox", "wrong_type")]),
            ("bbox=1,2,3,1e400", vec![("bbox", "wrong_type")]),
            ("bbox=", vec![("bbox", "too_few"), ("bbox", "wrong_type")]),
            ("bbox=1,54,2,53&datetime=soon", vec![("bbox", "out_of_order"), ("datetime", "malformed")]),
            ("bbox=53,-200,54,1", vec![("bbox", "out_of_range")]),
            ("bbox=-200,53,1,54", vec![("bbox", "out_of_range")]),
            ("datetime=2015-02-30", vec![("datetime", "malformed")]),
            ("datetime=", vec![("datetime", "malformed")]),
            ("datetime=../..", vec![("datetime", "malformed")]),
            ("datetime=2016-01-01/2015-01-01", vec![("datetime", "out_of_order")]),
            ("cursor=made-up", vec![("cursor", "bad_cursor")]),
            ("f=html", vec![("f", "not_allowed")]),
        ] {
            let refused = client.get(&format!("/ogc/collections/{collection}/items?{query}")).await;
            let mut faults = refused.expect_problem(400, "bad_query").faults();
            faults.sort();
            let expected: Vec<_> =
                expected.into_iter().map(|(name, code)| (name.to_owned(), code.to_owned())).collect();
            assert_eq!(faults, expected, "{collection}: {query}");
        }
        client
            .get(&format!("/ogc/collections/{collection}/items?council=nowhere"))
            .await
            .expect_problem(404, "not_found");
    }
    let near = client.get("/ogc/collections/initiatives/items?kimd=case_study&delivery_status=lvie").await;
    let near = near.expect_problem(400, "bad_query").text;
    assert!(near.contains("did you mean kind?") && near.contains("did you mean live?"), "{near}");
    for page in ["", "/", "/conformance", "/api", "/collections", "/collections/councils"] {
        client.get(&format!("/ogc{page}?unheard=of")).await.expect_problem(400, "bad_query");
        client.get(&format!("/ogc{page}?f=json")).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_collection_and_filters() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let page = client.get("/ogc/collections/initiatives/items?limit=2&kind=case_study").await.expect(200).json;
    let next = super::link(&page, "next").unwrap()["href"].as_str().unwrap();
    let cursor = &next[next.find("cursor=").unwrap()..];
    for address in ["initiatives/items?", "initiatives/items?kind=idea&", "councils/items?"] {
        let refused = client.get(&format!("/ogc/collections/{address}{cursor}")).await.expect_problem(400, "bad_query");
        assert_eq!(refused.faults(), [("cursor".to_owned(), "bad_cursor".to_owned())], "{address}");
    }
    // The size of pages may change.
    client.get(&format!("/ogc/collections/initiatives/items?kind=case_study&limit=3&{cursor}")).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_here_is_a_404() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let council = client.get("/v1/councils/oldham").await.expect(200).json["id"].as_str().unwrap().to_owned();
    for address in [
        "/ogc/nothing",
        "/ogc/collections/themes",
        "/ogc/collections/themes/items",
        "/ogc/collections/councils/items/oldham",
        "/ogc/collections/councils/items/0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60",
        "/ogc/collections/councils/items/%00",
        "/ogcs",
    ] {
        client.get(address).await.expect_problem(404, "not_found");
    }
    client.get(&format!("/ogc/collections/initiatives/items/{council}")).await.expect_problem(404, "not_found");
    let near = client.get("/ogc/collections/initiative").await.expect_problem(404, "not_found");
    assert!(near.text.contains("did you mean initiatives?"), "{}", near.text);
    client
        .post("/ogc/collections/councils/items", &serde_json::json!({}))
        .await
        .expect_problem(405, "method_not_allowed");
}
