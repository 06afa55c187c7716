//! What a caller may not see is in no feature, number, extent or address.

use serde_json::json;

use super::slugs;
use crate::support::TestApp;
use crate::support::practice::{practice, publish, with};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_no_feature() {
    let app = TestApp::with_sample().await;
    let (editor, moderator, anonymous) = (app.editor("oldham").await, app.moderator().await, app.anonymous());
    let address = "/ogc/collections/initiatives/items?council=oldham";
    let before = anonymous.get(address).await.expect(200);
    let led = async |client: &crate::support::Client| {
        let page = client.get("/ogc/collections/councils/items?council=oldham").await.expect(200);
        page.json["features"][0]["properties"]["initiatives_led"].as_i64().unwrap()
    };
    let extent = async |client: &crate::support::Client| {
        client.get("/ogc/collections/initiatives").await.expect(200).json["extent"].clone()
    };
    let (led_before, extent_before) = (led(&anonymous).await, extent(&anonymous).await);
    // In the far north-west, and long ago: an extent would betray it.
    let place = json!({ "location": { "latitude": 60.5, "longitude": -8.0 }, "started_on": "1805" });
    let draft = with(practice("A hidden draft", "oldham"), with(place.clone(), json!({ "slug": "hidden-draft" })));
    let draft = editor.post("/v1/initiatives", &draft).await.expect(201);
    let members = json!({ "slug": "hidden-members", "visibility": "members" });
    let members =
        editor.post("/v1/initiatives", &with(practice("Of members", "oldham"), with(place, members))).await.expect(201);
    publish(&moderator, &members).await;

    let after = anonymous.get(address).await.expect(200);
    assert_eq!((after.etag(), &after.json["numberMatched"]), (before.etag(), &before.json["numberMatched"]));
    assert_eq!((led(&anonymous).await, extent(&anonymous).await), (led_before, extent_before.clone()));
    let viewer = app.signed_in(ccin_registry::access::role::Role::MemberViewer, None).await;
    for (client, seen) in [(&anonymous, 0), (&viewer, 1), (&editor, 2), (&moderator, 2)] {
        let found = slugs(client, address).await;
        assert_eq!(found.iter().filter(|slug| slug.starts_with("hidden-")).count(), seen);
        assert_eq!(led(client).await, led_before + seen as i64);
        let own = [&draft, &members]
            .map(|one| format!("/ogc/collections/initiatives/items/{}", one.json["id"].as_str().unwrap()));
        let mut there = 0;
        for address in own {
            there += usize::from(client.get(&address).await.status == 200);
        }
        assert_eq!(there, seen);
        assert_eq!(extent(client).await == extent_before, seen == 0);
    }
    let private = viewer.get(address).await.expect(200);
    assert_eq!(private.header("cache-control"), "private, no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn features_cost_by_the_size_of_their_page() {
    let app = TestApp::with_flags(&["--limit-anonymous", "60"]).await;
    let client = app.anonymous();
    let left = async |address: &str| {
        let answer = client.get(address).await.expect(200);
        let said = answer.header("ratelimit").to_owned();
        said.split("r=").nth(1).and_then(|rest| rest.split(';').next()?.parse::<i64>().ok()).expect("what is left")
    };
    let whole = left("/ogc").await;
    assert_eq!(whole - left("/ogc/collections").await, 1);
    assert_eq!(whole - left("/ogc/collections/councils/items").await, 3);
    assert_eq!(whole - left("/ogc/collections/councils/items?limit=1000").await, 13);
    for _ in 0..5 {
        client.get("/ogc/collections/councils/items?limit=1000").await;
    }
    client.get("/ogc/collections/councils/items?limit=1000").await.expect_problem(429, "too_many");
}
