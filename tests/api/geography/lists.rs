//! What lies in a box or a circle, in every list that has places, against what is worked out here from the whole.

use serde_json::{Value, json};

use super::{all, enter, kilometres, place, slugs};
use crate::support::TestApp;

/// Around Greater Manchester.
const BOX: (f64, f64, f64, f64) = (-2.7, 53.3, -1.9, 53.7);
const BBOX: &str = "bbox=-2.7,53.3,-1.9,53.7";
const OLDHAM: (f64, f64) = (53.5406, -2.1156);
const NEAR: &str = "near=53.5406,-2.1156&radius_km=40";

fn in_box(record: &Value) -> bool {
    let (west, south, east, north) = BOX;
    place(record).is_some_and(|(lat, lon)| (south..=north).contains(&lat) && (west..=east).contains(&lon))
}

fn in_circle(record: &Value) -> bool {
    place(record).is_some_and(|at| kilometres(OLDHAM, at) <= 40.0)
}

fn those(records: &[Value], wanted: impl Fn(&Value) -> bool) -> Vec<&str> {
    let found: Vec<&str> = records.iter().filter(|one| wanted(one)).map(|one| one["slug"].as_str().unwrap()).collect();
    assert!(!found.is_empty() && found.len() < records.len(), "{} of {}", found.len(), records.len());
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_and_a_circle_hold_in_every_list() {
    let app = TestApp::with_sample().await;
    // One of Plymouth's that happens in the box, and one of Oldham's that happens far outside.
    enter(&app, "A visit to the north", "plymouth", Some((53.48, -2.24))).await;
    enter(&app, "A visit to the sea", "oldham", Some((50.37, -4.14))).await;
    let client = app.anonymous();
    let initiatives = all(&client, "/v1/initiatives").await;
    let councils = all(&client, "/v1/councils").await;
    for (asked, wanted) in [(BBOX, in_box as fn(&Value) -> bool), (NEAR, in_circle)] {
        let expected = those(&initiatives, wanted);
        assert!(expected.contains(&"a-visit-to-the-north") && !expected.contains(&"a-visit-to-the-sea"));
        let found = all(&client, &format!("/v1/initiatives?{asked}")).await;
        assert_eq!(slugs(&found), expected, "{asked}");
        assert_eq!(slugs(&all(&client, &format!("/v1/councils?{asked}")).await), those(&councils, wanted), "{asked}");

        let facets = client.get(&format!("/v1/initiatives/facets?{asked}")).await.expect(200);
        assert_eq!(facets.json["total"], expected.len(), "{asked}");
        let led: i64 = facets.json["facets"]["council"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["initiatives"].as_i64().unwrap())
            .sum();
        assert!(led >= expected.len() as i64);

        let csv = client.get(&format!("/v1/initiatives.csv?{asked}&fields=slug")).await.expect(200);
        assert_eq!(csv.text.lines().skip(1).collect::<Vec<_>>(), expected, "{asked}");
        let csv = client.get(&format!("/v1/councils.csv?{asked}&fields=slug")).await.expect(200);
        assert_eq!(csv.text.lines().skip(1).collect::<Vec<_>>(), those(&councils, wanted), "{asked}");

        for within in ["councils/oldham", "themes/housing"] {
            let whole = all(&client, &format!("/v1/{within}/initiatives")).await;
            let found = all(&client, &format!("/v1/{within}/initiatives?{asked}")).await;
            assert_eq!(slugs(&found), those(&whole, wanted), "{within} {asked}");
        }
        let claims = client.get(&format!("/v1/outcomes?{asked}")).await.expect(200);
        let expected: usize =
            initiatives.iter().filter(|one| wanted(one)).map(|one| one["outcomes"].as_array().unwrap().len()).sum();
        assert_eq!(claims.json["total"], expected, "{asked}");

        let hits = all(&client, "/v1/search?q=co-operative").await;
        let found = all(&client, &format!("/v1/search?q=co-operative&{asked}")).await;
        let known = |slug: &Value| initiatives.iter().chain(&councils).find(|one| &one["slug"] == slug).unwrap();
        // Organisations have no place.
        let mut expected = those(&hits, |hit| hit["resource"] != "organisation" && wanted(known(&hit["slug"])));
        let mut found = slugs(&found);
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{asked}");
    }
    // Both together, and with other filters: what is in both.
    let both = all(&client, &format!("/v1/initiatives?{BBOX}&near=53.48,-2.24&radius_km=10&kind=commission")).await;
    let wanted = |one: &Value| {
        in_box(one) && one["kind"] == "commission" && kilometres((53.48, -2.24), place(one).unwrap()) <= 10.0
    };
    assert_eq!(slugs(&both), those(&initiatives, wanted));
    // An edge belongs to the box, and a box may be a point.
    let edge = all(&client, "/v1/initiatives?bbox=-2.24,53.48,-2.24,53.48").await;
    assert_eq!(slugs(&edge), ["a-visit-to-the-north"]);
    // What no council leads is nowhere, unless it says in whose area it happens.
    let anywhere = all(&client, "/v1/initiatives?bbox=-180,-90,180,90").await;
    assert_eq!(anywhere.len(), initiatives.iter().filter(|one| place(one).is_some()).count());
    assert!(
        anywhere.len() < initiatives.len()
            && anywhere.iter().all(|one| one["lead_council"].is_object() || one["place_of"].is_object())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_initiative_moves_with_its_lead_council() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    let count = async |bbox: &str| {
        client.get(&format!("/v1/initiatives?bbox={bbox}&council=york")).await.expect(200).json["total"]
            .as_i64()
            .unwrap()
    };
    let (york, orkney) = ("-1.2,53.9,-1.0,54.0", "-3.1,58.9,-2.9,59.1");
    let led = count("-180,-90,180,90").await;
    assert_eq!((count(york).await, count(orkney).await), (led, 0));
    let council = admin.get("/v1/councils/york").await.expect(200);
    let moved = json!({ "location": { "latitude": 59.0, "longitude": -3.0 } });
    let council = admin.patch("/v1/councils/york", council.etag(), &moved).await.expect(200);
    assert_eq!((count(york).await, count(orkney).await), (0, led));
    admin.patch("/v1/councils/york", council.etag(), &json!({ "location": null })).await.expect(200);
    assert_eq!(count("-180,-90,180,90").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn search_keeps_to_regions_and_nations() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let councils = all(&client, "/v1/councils").await;
    let initiatives = all(&client, "/v1/initiatives").await;
    let hits = all(&client, "/v1/search?q=co-operative").await;
    let of = |hit: &Value, member: &str| {
        let record = initiatives.iter().find(|one| one["slug"] == hit["slug"] && hit["resource"] != "council");
        let own = record.map_or([&hit["slug"]; 2], |one| [&one["lead_council"]["slug"], &one["place_of"]["slug"]]);
        let slug = own.into_iter().find(|slug| slug.is_string()).unwrap_or(&Value::Null);
        councils.iter().find(|one| &one["slug"] == slug).map_or(Value::Null, |one| one[member].clone())
    };
    for (asked, member, values) in [
        ("region=north_west", "region", &["north_west"][..]),
        ("region=london&region=south_west", "region", &["london", "south_west"]),
        ("nation=scotland", "nation", &["scotland"]),
    ] {
        let found = all(&client, &format!("/v1/search?q=co-operative&{asked}")).await;
        let wanted = |hit: &Value| values.iter().any(|value| of(hit, member) == *value);
        let (mut found, mut expected) = (slugs(&found), those(&hits, wanted));
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn freshness_is_what_was_last_confirmed() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    // Nobody confirms through the service yet: the store is told so.
    app.sql(
            "UPDATE initiatives SET verified_at = now() - interval '1 year', review_due_on = CASE slug
                 WHEN 'get-oldham-working' THEN current_date - 1
                 WHEN 'sunderland-oldham-social-care-trading' THEN current_date
                 WHEN 'york-libraries-and-archives' THEN current_date + 1 END
             WHERE slug IN ('get-oldham-working', 'sunderland-oldham-social-care-trading', 'york-libraries-and-archives')",
        )
        .await;
    app.sql("UPDATE initiatives SET review_due_on = current_date - 1 WHERE slug LIKE 'lambeth%'").await;
    let whole = all(&client, "/v1/initiatives").await;
    let due = all(&client, "/v1/initiatives?freshness=due").await;
    assert_eq!(slugs(&due), ["sunderland-oldham-social-care-trading", "get-oldham-working"]);
    let fresh = all(&client, "/v1/initiatives?freshness=fresh").await;
    assert_eq!(slugs(&fresh), ["york-libraries-and-archives"]);
    let unverified = all(&client, "/v1/initiatives?freshness=unverified").await;
    assert_eq!(slugs(&unverified), those(&whole, |one| one["verified_at"].is_null()));
    let either = client.get("/v1/initiatives/facets?freshness=due&freshness=fresh").await.expect(200);
    assert_eq!(either.json["total"], 3);
    let claims = client.get("/v1/outcomes?freshness=due").await.expect(200);
    let outcomes = |one: &Value| one["outcomes"].as_array().unwrap().len();
    assert_eq!(claims.json["total"], due.iter().map(outcomes).sum::<usize>());
    let wrong = client.get("/v1/initiatives?freshness=verified").await.expect_problem(400, "bad_query");
    assert_eq!(wrong.faults(), [("freshness".into(), "not_allowed".into())]);
}
