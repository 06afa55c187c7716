//! Features are the records with a place, and pages of them are all of them once.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::{COLLECTIONS, all, features, link, pages, path, slugs};
use crate::exports::whole_list;
use crate::support::TestApp;
use crate::support::client::send;
use crate::support::practice::{practice, publish};

#[tokio::test(flavor = "multi_thread")]
async fn features_are_the_records_with_a_place() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for collection in COLLECTIONS {
        let records = whole_list(&client, &format!("/v1/{collection}")).await;
        let located: Vec<&Value> = records.iter().filter(|record| record["location"].is_object()).collect();
        let found = all(&client, &format!("/ogc/collections/{collection}/items")).await;
        assert_eq!(found.len(), located.len());
        for (feature, record) in found.iter().zip(&located) {
            let (place, said) = (&record["location"], &feature["properties"]);
            assert_eq!(feature["id"], record["id"], "in the order of the list");
            assert_eq!(
                feature["geometry"],
                json!({ "type": "Point", "coordinates": [place["longitude"], place["latitude"]] })
            );
            assert_eq!(said["url"], format!("{}/id/{}", app.url, record["id"].as_str().unwrap()));
            let same = [
                "slug",
                "name",
                "short_name",
                "welsh_name",
                "gss_code",
                "council_type",
                "nation",
                "region",
                "population",
                "population_year",
                "website",
                "title",
                "summary",
                "kind",
                "delivery_status",
                "started_on",
                "ended_on",
                "licence",
                "source_url",
            ];
            for name in same.into_iter().filter(|name| record.get(name).is_some()) {
                assert_eq!(said[name], record[name], "{name}");
            }
            if collection == "councils" {
                assert_eq!(said["membership"], record["membership"]["tier"]);
                let led = format!("/v1/initiatives?council={}&limit=200", record["slug"].as_str().unwrap());
                let led = client.get(&led).await.expect(200).json;
                assert_eq!(said["initiatives_led"], led["total"]);
                continue;
            }
            assert_eq!(said["lead_council"], record["lead_council"]["slug"]);
            assert_eq!(said["lead_council_name"], record["lead_council"]["name"]);
            assert_eq!(said["location_of"], place["of"]);
            assert_eq!(said["primary_theme"], record["themes"][0]["slug"]);
            let results = record["outcomes"].as_array().unwrap().iter().filter(|claim| claim["kind"] != "context");
            assert_eq!(said["outcome_count"], results.count());
            let themes: Vec<&str> =
                record["themes"].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect();
            assert_eq!(said["themes"], themes.join(";"));
        }
        // One of its own is the same.
        let address = format!("/ogc/collections/{collection}/items/{}", found[0]["id"].as_str().unwrap());
        let one = client.get(&address).await.expect(200);
        assert_eq!(one.header("content-type"), "application/geo+json");
        for member in ["type", "id", "geometry", "properties"] {
            assert_eq!(one.json[member], found[0][member]);
        }
    }
    let nowhere = whole_list(&client, "/v1/initiatives?council=network").await;
    let nowhere =
        nowhere.iter().find(|record| record["location"].is_null()).expect("one without a place in the sample");
    let address = format!("/ogc/collections/initiatives/items/{}", nowhere["id"].as_str().unwrap());
    client.get(&address).await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_every_feature_once_forwards_and_backwards() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    for collection in COLLECTIONS {
        let address = format!("/ogc/collections/{collection}/items");
        let whole = slugs(&client, &format!("{address}?limit=10000")).await;
        assert!(whole.len() > 40 && whole.iter().collect::<BTreeSet<_>>().len() == whole.len());
        let pages = pages(&client, &format!("{address}?limit=7")).await;
        let each = |page: &Value| {
            features(page).iter().map(|one| one["properties"]["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(pages.iter().flat_map(|page| each(&page.json)).collect::<Vec<_>>(), whole);
        for page in &pages {
            assert_eq!(page.json["numberMatched"], whole.len());
            assert_eq!(page.json["numberReturned"], features(&page.json).len());
        }
        assert!(link(&pages[0].json, "prev").is_none());
        let last = &pages[pages.len() - 1].json;
        let before = client.get(path(&link(last, "prev").expect("a page before")["href"])).await.expect(200);
        assert_eq!(each(&before.json), each(&pages[pages.len() - 2].json));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_beyond_the_largest_is_taken_for_the_largest() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let address = "/ogc/collections/initiatives/items";
    for limit in ["10000", "10001", "99999999999999999999999"] {
        let page = client.get(&format!("{address}?limit={limit}")).await.expect(200).json;
        assert_eq!(page["numberReturned"], page["numberMatched"], "{limit}");
        assert!(page["numberReturned"].as_i64().unwrap() > 100);
    }
    assert_eq!(client.get(&format!("{address}?limit=1")).await.expect(200).json["numberReturned"], 1);
    assert_eq!(client.get(address).await.expect(200).json["numberReturned"], 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_says_when_it_was_made_and_is_known_again() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let address = "/ogc/collections/initiatives/items?council=oldham";
    let before = Utc::now() - chrono::Duration::milliseconds(1);
    let page = client.get(address).await.expect(200);
    let made: DateTime<Utc> = page.json["timeStamp"].as_str().unwrap().parse().unwrap();
    assert!(before <= made && made <= Utc::now(), "{made}");
    // The time of each answer is another one, so that the tag cannot be strong.
    assert!(page.etag().starts_with("W/\""), "{}", page.etag());
    let ask = || send(client.request(Method::GET, address).header("If-None-Match", page.etag()));
    assert_eq!(ask().await.expect(304).etag(), page.etag());
    let small = client.request(Method::GET, address).header("Accept-Encoding", "gzip").send().await.unwrap();
    let tag = small.headers()["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/\"") && tag.ends_with("-gzip\""), "{tag}");
    let again = client.request(Method::GET, address).header("Accept-Encoding", "gzip").header("If-None-Match", &tag);
    send(again).await.expect(304);
    let entered =
        app.editor("oldham").await.post("/v1/initiatives", &practice("Another practice", "oldham")).await.expect(201);
    publish(&app.moderator().await, &entered).await;
    assert_ne!(ask().await.expect(200).etag(), page.etag());
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_those_of_the_public_address() {
    let app = TestApp::with_flags(&["--public-url", "https://registry.example.org/"]).await;
    let page = app.anonymous().get("/ogc/collections/councils/items?council=oldham").await.expect(200).json;
    assert_eq!(
        link(&page, "self").unwrap()["href"],
        "https://registry.example.org/ogc/collections/councils/items?council=oldham"
    );
    let url = page["features"][0]["properties"]["url"].as_str().unwrap();
    assert!(url.starts_with("https://registry.example.org/id/"), "{url}");
    let document = app.anonymous().get("/ogc/api").await.expect(200).json;
    assert_eq!(document["servers"][0]["url"], "https://registry.example.org/ogc");
}
