//! Pages and their links: each has a relation, a type and an absolute address, and leads to what it says.

use std::collections::BTreeSet;

use ccin_registry::api::routes::document;
use serde_json::{Value, json};

use super::{COLLECTIONS, fault, features, link, path};
use crate::support::TestApp;

/// Every link of a page, its collections and its features.
fn all_links(page: &Value) -> Vec<&Value> {
    let inner = ["collections", "features"].into_iter().filter_map(|name| page[name].as_array()).flatten();
    [page].into_iter().chain(inner).filter_map(|part| part["links"].as_array()).flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_of_every_page_leads_to_what_it_says() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let mut waiting = vec!["/ogc".to_owned(), "/ogc/".to_owned(), "/ogc/collections?f=json".to_owned()];
    let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut relations = BTreeSet::new();
    while let Some(address) = waiting.pop() {
        let page = client.get(&address).await.expect(200);
        // The header has the links of the page itself.
        let own = page.json["links"].as_array().into_iter().flatten();
        for link in own {
            let written = format!(
                "<{}>; rel=\"{}\"; type=\"{}\"",
                link["href"].as_str().unwrap(),
                link["rel"].as_str().unwrap(),
                link["type"].as_str().unwrap()
            );
            assert!(page.header("link").contains(&written), "{address}: {written} is not in {}", page.header("link"));
        }
        for link in all_links(&page.json) {
            let (href, rel, kind) = (&link["href"], link["rel"].as_str().unwrap(), link["type"].as_str().unwrap());
            relations.insert(rel.to_owned());
            let Some(path) = href.as_str().unwrap().strip_prefix(&app.url) else {
                assert_eq!(rel, "license", "{address}: {href} leads elsewhere");
                continue;
            };
            let there = client.get(path).await;
            let there = if there.status == 303 { client.get(there.header("location")).await } else { there };
            assert_eq!((there.status.as_u16(), rel), (200, rel), "{address}: {href}");
            assert!(
                there.header("content-type").starts_with(kind),
                "{address}: {href} is {}",
                there.header("content-type")
            );
            if rel == "self" && link == &page.json["links"][0] {
                assert_eq!(path, address, "a page names itself");
            }
            // Two pages on: enough for a page in the middle, with both neighbours.
            if path.starts_with("/ogc") && kind.ends_with("json") && seen.len() < 60 && seen.insert(path.to_owned()) {
                waiting.push(path.to_owned());
            }
            if let Some(feature) = page.json["features"].get(0) {
                let path = format!("{}/{}", path.split('?').next().unwrap(), feature["id"].as_str().unwrap());
                if rel == "self" && seen.insert(path.clone()) {
                    waiting.push(path);
                }
            }
        }
        for (collection, small) in COLLECTIONS.map(|id| (id, format!("/ogc/collections/{id}/items?limit=30"))) {
            if address.ends_with(collection) && seen.insert(small.clone()) {
                waiting.push(small);
            }
        }
    }
    let wanted = [
        "canonical",
        "collection",
        "conformance",
        "data",
        "describedby",
        "items",
        "license",
        "next",
        "prev",
        "self",
        "service-desc",
        "service-doc",
    ];
    assert_eq!(relations.iter().map(String::as_str).collect::<Vec<_>>(), wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_what_the_document_says() {
    let app = TestApp::with_sample().await;
    let (client, document) = (app.anonymous(), document());
    let council = client.get("/v1/councils/oldham").await.expect(200).json["id"].as_str().unwrap().to_owned();
    let initiative = client.get("/v1/initiatives/get-oldham-working").await.expect(200);
    let initiative = initiative.json["id"].as_str().unwrap();
    for (address, operation) in [
        ("/ogc", "find_ogc_landing_page"),
        ("/ogc/conformance", "find_ogc_conformance"),
        ("/ogc/api", "find_ogc_document"),
        ("/ogc/collections", "list_ogc_collections"),
        ("/ogc/collections/councils", "find_ogc_collection"),
        ("/ogc/collections/initiatives", "find_ogc_collection"),
        ("/ogc/collections/councils/items?limit=10000", "list_council_features"),
        ("/ogc/collections/initiatives/items?limit=10000", "list_initiative_features"),
        (&format!("/ogc/collections/councils/items/{council}"), "find_council_feature"),
        (&format!("/ogc/collections/initiatives/items/{initiative}"), "find_initiative_feature"),
    ] {
        let answer = client.get(address).await.expect(200);
        assert_eq!(fault(&document, operation, &answer), None, "{address}");
        // Every property is described, and every described one is there.
        let schemas = &document.value["components"]["schemas"];
        let name =
            if address.contains("councils/") { "CouncilFeatureProperties" } else { "InitiativeFeatureProperties" };
        let described: Vec<&String> = schemas[name]["properties"].as_object().unwrap().keys().collect();
        let page = [answer.json["properties"].clone()];
        let each = answer.json["features"].as_array().into_iter().flatten().map(|feature| &feature["properties"]);
        for properties in each.chain(page.iter().filter(|properties| properties.is_object())) {
            let names: BTreeSet<&String> = properties.as_object().unwrap().keys().collect();
            assert_eq!(names, described.iter().copied().collect(), "{address}");
            let is_flat = |value: &Value| !value.is_array() && !value.is_object();
            assert!(properties.as_object().unwrap().values().all(is_flat), "{properties}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collection_is_the_same_on_its_own_page_and_in_the_list() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let list = client.get("/ogc/collections").await.expect(200).json["collections"].clone();
    let ids: Vec<&Value> = list.as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, COLLECTIONS);
    for one in list.as_array().unwrap() {
        let own = client.get(path(&link(one, "self").unwrap()["href"])).await.expect(200);
        assert_eq!(&own.json, one);
        assert_eq!(
            (&one["itemType"], &one["crs"][0]),
            (&json!("feature"), &json!("http://www.opengis.net/def/crs/OGC/1.3/CRS84"))
        );
        // The extent is that of the features, no more and no less.
        let page = client.get(&format!("{}?limit=10000", path(&link(one, "items").unwrap()["href"]))).await.expect(200);
        let points = features(&page.json).iter().map(|feature| &feature["geometry"]["coordinates"]);
        let points: Vec<[f64; 2]> = points.map(|point| [0, 1].map(|axis| point[axis].as_f64().unwrap())).collect();
        let least = |axis: usize| points.iter().map(|point| point[axis]).fold(f64::INFINITY, f64::min);
        let most = |axis: usize| points.iter().map(|point| point[axis]).fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(one["extent"]["spatial"]["bbox"], json!([[least(0), least(1), most(0), most(1)]]));
    }
    assert_eq!(list[0]["extent"].get("temporal"), None, "councils have no time");
    let first = client.get("/v1/initiatives?sort=started_on&limit=1").await.expect(200);
    let year = first.json["data"][0]["started_on"].as_str().unwrap()[..4].to_owned();
    // Much goes on still.
    assert_eq!(list[1]["extent"]["temporal"]["interval"], json!([[format!("{year}-01-01T00:00:00Z"), null]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_records_there_are_collections_without_an_extent() {
    let app = TestApp::empty().await;
    let client = app.anonymous();
    let list = client.get("/ogc/collections").await.expect(200).json["collections"].clone();
    for one in list.as_array().unwrap() {
        assert_eq!(one.get("extent"), None, "{one}");
        let page = client.get(path(&link(one, "items").unwrap()["href"])).await.expect(200).json;
        assert_eq!(
            (&page["numberMatched"], &page["numberReturned"], &page["features"]),
            (&json!(0), &json!(0), &json!([]))
        );
    }
}
