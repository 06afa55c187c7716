//! How far: said of each record, in the order of it, on pages there and back.

use serde_json::Value;

use super::{all, enter, kilometres, place, slugs};
use crate::support::TestApp;

const YORK: (f64, f64) = (53.96, -1.08);
const NEAR: &str = "near=53.96,-1.08&radius_km=300&sort=distance";

#[tokio::test(flavor = "multi_thread")]
async fn the_nearest_come_first_on_pages_there_and_back() {
    let app = TestApp::with_sample().await;
    // Several at one point: their order is the same on every page.
    for number in 0..7 {
        enter(&app, &format!("One of several here, number {number}"), "york", Some((54.0, -1.1))).await;
    }
    let client = app.anonymous();
    for list in ["initiatives", "councils"] {
        let whole = all(&client, &format!("/v1/{list}")).await;
        let within = |one: &&Value| place(one).is_some_and(|at| kilometres(YORK, at) <= 300.0);
        let expected = whole.iter().filter(within).count();
        let (there, back) = client.there_and_back(&format!("/v1/{list}?{NEAR}&limit=4"), |_| {}).await;
        assert_eq!(there, back, "{list}");
        assert!(expected > 20 && there.len() == expected, "{list}: {} of {expected}", there.len());
        let said: Vec<f64> = there.iter().map(|one| one["distance_km"].as_f64().unwrap()).collect();
        assert!(said.is_sorted(), "{list}: {said:?}");
        for (one, said) in there.iter().zip(&said) {
            assert!((kilometres(YORK, place(one).unwrap()) - said).abs() < 0.001, "{list}: {one}");
        }
        let one_page = all(&client, &format!("/v1/{list}?{NEAR}")).await;
        assert_eq!(slugs(&there), slugs(&one_page));
        let csv = client.get(&format!("/v1/{list}.csv?{NEAR}&fields=slug")).await.expect(200);
        assert_eq!(csv.text.lines().skip(1).collect::<Vec<_>>(), slugs(&there), "{list}");
    }
    let claims = client.get(&format!("/v1/outcomes?{NEAR}&limit=200")).await.expect(200);
    let order: Vec<Value> = claims.each("initiative").iter().map(|one| one["slug"].clone()).collect();
    let nearest = all(&client, &format!("/v1/initiatives?{NEAR}")).await;
    let ranks: Vec<usize> =
        order.iter().map(|slug| slugs(&nearest).iter().position(|one| one == slug).unwrap()).collect();
    assert!(ranks.len() > 20 && ranks.is_sorted(), "{ranks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn distance_is_said_wherever_near_is_asked() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let says = |records: &[Value]| records.iter().all(|one| one["distance_km"].is_number()) && !records.is_empty();
    let mute = |records: &[Value]| records.iter().all(|one| one["distance_km"].is_null()) && !records.is_empty();
    for list in [
        "initiatives?q=housing&",
        "initiatives?fields=slug&",
        "councils?q=council&",
        "search?q=housing&",
        "themes/housing/initiatives?",
    ] {
        let found = all(&client, &format!("/v1/{list}near=53.96,-1.08&radius_km=400")).await;
        assert!(says(&found), "{list}: {found:?}");
        assert!(mute(&all(&client, &format!("/v1/{}", list.trim_end_matches(['&', '?']))).await), "{list}");
    }
    // 25 km, when nobody says how far.
    let around = all(&client, "/v1/councils?near=53.5406,-2.1156").await;
    let whole = all(&client, "/v1/councils").await;
    let within = |one: &&Value| place(one).is_some_and(|at| kilometres((53.5406, -2.1156), at) <= 25.0);
    assert!(around.len() > 1);
    assert_eq!(
        slugs(&around),
        whole.iter().filter(within).map(|one| one["slug"].as_str().unwrap()).collect::<Vec<_>>()
    );
    // With words the best hits come first, unless the nearest are asked for.
    let nearest = all(&client, &format!("/v1/initiatives?q=housing&{NEAR}")).await;
    assert!(nearest.is_sorted_by_key(|one| (one["distance_km"].as_f64().unwrap() * 1000.0) as i64));
    // A cursor belongs to its point.
    let first = client.get(&format!("/v1/initiatives?{NEAR}&limit=2")).await.expect(200);
    let next = first.json["page"]["next"].as_str().unwrap();
    let elsewhere = next[next.find("/v1/").unwrap()..].replace("53.96", "53.97");
    client.get(&elsewhere).await.expect_problem(400, "bad_query");
}
