//! Boxes, periods and the filters of lists.

use serde_json::{Value, json};

use super::{all, slugs};
use crate::support::TestApp;
use crate::support::practice::{practice, publish, with};

const INITIATIVES: &str = "/ogc/collections/initiatives/items?limit=10000";
const COUNCILS: &str = "/ogc/collections/councils/items?limit=10000";

#[tokio::test(flavor = "multi_thread")]
async fn a_box_brings_what_lies_in_it() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for collection in [COUNCILS, INITIATIVES] {
        let features = all(&client, collection).await;
        let slug = |feature: &Value| feature["properties"]["slug"].as_str().unwrap().to_owned();
        for (text, [west, south, east, north]) in [
            ("-2.6,53.3,-1.9,53.8", [-2.6, 53.3, -1.9, 53.8]),
            ("-2.6,53.3,-100,-1.9,53.8,100", [-2.6, 53.3, -1.9, 53.8]),
            ("-180,-90,180,90", [-180.0, -90.0, 180.0, 90.0]),
            ("5,48,20,70", [5.0, 48.0, 20.0, 70.0]),
            // In the Indian Ocean: a map that was moved there is no mistake.
            ("53.4,-2.3,53.7,-1.9", [53.4, -2.3, 53.7, -1.9]),
            // Around the world, from Fiji to Africa, and all but a strip through England.
            ("170,-60,5,60", [170.0, -60.0, 5.0, 60.0]),
            ("-1,-90,-2,90", [-1.0, -90.0, -2.0, 90.0]),
            ("170,-60,-170,60", [170.0, -60.0, -170.0, 60.0]),
        ] {
            let lies_in = |feature: &&Value| {
                let [x, y] = [0, 1].map(|axis| feature["geometry"]["coordinates"][axis].as_f64().unwrap());
                let between = if west <= east { west <= x && x <= east } else { west <= x || x <= east };
                between && south <= y && y <= north
            };
            let expected: Vec<String> = features.iter().filter(lies_in).map(slug).collect();
            assert_eq!(slugs(&client, &format!("{collection}&bbox={text}")).await, expected, "{text}");
        }
        let some = slugs(&client, &format!("{collection}&bbox=-2.6,53.3,-1.9,53.8")).await.len();
        let round = slugs(&client, &format!("{collection}&bbox=-1,-90,-2,90")).await.len();
        assert!(some > 3 && some < features.len() && round > 3 && round < features.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_period_brings_what_went_on_in_it_and_what_has_no_dates() {
    let app = TestApp::empty().await;
    let (admin, moderator) = (app.admin().await, app.moderator().await);
    let council = with(
        crate::support::records::council("Testing"),
        json!({ "location": { "latitude": 53.0, "longitude": -2.0 } }),
    );
    let lead = admin.post("/v1/councils", &council).await.expect(201).json["slug"].as_str().unwrap().to_owned();
    admin
        .post("/v1/themes", &with(crate::support::records::theme("Housing"), json!({ "slug": "housing" })))
        .await
        .expect(201);
    for (slug, from, to) in [
        ("undated", None, None),
        ("year", Some("2013"), Some("2014")),
        ("month", Some("2013-05"), Some("2013-06")),
        ("day", Some("2016-02-29"), Some("2016-02-29")),
        ("running", Some("2015-11"), None),
        ("ended", None, Some("2012-02")),
    ] {
        let dates = json!({ "slug": slug, "started_on": from, "ended_on": to });
        let mut body = with(practice(&format!("Practice {slug}"), &lead), dates);
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let entered = admin.post("/v1/initiatives", &body).await.expect(201);
        publish(&moderator, &entered).await;
    }
    let client = app.anonymous();
    for (datetime, expected) in [
        ("2013-01-01", "undated year"),
        ("2013-06-30T23:59:59Z", "month undated year"),
        ("2013-06-30T23:59:59-05:00", "undated year"),
        ("2014-12-31", "undated year"),
        ("2015-01-01", "undated"),
        ("2015-11-01", "running undated"),
        ("2016-02-29T12:00:00Z", "day running undated"),
        ("2012-02-29", "ended undated"),
        ("2012-03-01/2012-12-31", "undated"),
        ("../2013-04-30", "ended undated year"),
        ("/2011-01-01T00:00:00Z", "ended undated"),
        ("2016-03-01/..", "running undated"),
        ("2016-02-29/", "day running undated"),
        ("2010-01-01/2030-01-01", "day ended month running undated year"),
    ] {
        let mut found = slugs(&client, &format!("{INITIATIVES}&datetime={datetime}")).await;
        found.sort();
        assert_eq!(found.join(" "), expected, "{datetime}");
        // Councils have no time, and match every one.
        assert_eq!(slugs(&client, &format!("{COUNCILS}&datetime={datetime}")).await, [lead.as_str()]);
    }
    // Of one, an end is known only; another one goes on.
    let extent = &client.get("/ogc/collections/initiatives").await.expect(200).json["extent"]["temporal"]["interval"];
    assert_eq!(*extent, json!([[null, null]]));
    app.sql("UPDATE initiatives SET withdrawn_at = now() WHERE slug IN ('running', 'ended')").await;
    let extent = &client.get("/ogc/collections/initiatives").await.expect(200).json["extent"]["temporal"]["interval"];
    assert_eq!(*extent, json!([["2013-01-01T00:00:00Z", "2016-02-29T23:59:59Z"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_those_of_the_lists() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for (collection, filters) in [
        ("councils", "council=oldham&council=E08000003"),
        ("councils", "nation=scotland&nation=wales"),
        ("councils", "region=north_west&council_type=metropolitan_district"),
        ("councils", "membership=full"),
        ("councils", "updated_since=2020-01-01T00:00:00Z"),
        ("initiatives", "theme=housing&theme=energy-climate"),
        ("initiatives", "principle=co-production"),
        ("initiatives", "council=oldham"),
        ("initiatives", "participant=sunderland"),
        ("initiatives", "region=london&kind=case_study&kind=idea"),
        ("initiatives", "nation=scotland"),
        ("initiatives", "delivery_status=live"),
        ("initiatives", "has_outcomes=true&min_evidence=2"),
        ("initiatives", "freshness=unverified"),
        ("initiatives", "updated_since=2020-01-01T00:00:00Z"),
    ] {
        let records = crate::exports::whole_list(&client, &format!("/v1/{collection}?{filters}")).await;
        let located = records.iter().filter(|record| record["location"].is_object());
        let expected: Vec<&str> = located.map(|record| record["slug"].as_str().unwrap()).collect();
        let found = slugs(&client, &format!("/ogc/collections/{collection}/items?{filters}")).await;
        assert_eq!(found, expected, "{collection}: {filters}");
        assert!(!found.is_empty(), "{collection}: {filters} finds nothing");
    }
    let both =
        slugs(&client, &format!("{INITIATIVES}&bbox=-2.6,53.3,-1.9,53.8&datetime=2010-01-01/..&kind=case_study")).await;
    let of = async |filter: &str| slugs(&client, &format!("{INITIATIVES}&{filter}")).await;
    let (place, time, kind) =
        (of("bbox=-2.6,53.3,-1.9,53.8").await, of("datetime=2010-01-01/..").await, of("kind=case_study").await);
    let expected: Vec<String> = place.into_iter().filter(|slug| time.contains(slug) && kind.contains(slug)).collect();
    assert_eq!(both, expected);
    assert!(!both.is_empty());
}
