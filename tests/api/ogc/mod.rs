//! OGC API – Features: what the standard asks for, what the registry holds, and what a GIS makes of it.

mod areas;
mod bad;
mod document;
mod features;
mod filters;
mod gdal;
mod hidden;
mod links;

use ccin_registry::openapi::Document;
use serde_json::{Value, json};

use crate::support::{Answer, Client};

/// Ids of the collections.
pub const COLLECTIONS: [&str; 2] = ["councils", "initiatives"];

/// The path and query of an address of the service.
pub fn path(address: &Value) -> &str {
    let address = address.as_str().expect("an address");
    let after = address.strip_prefix("http://").unwrap_or_else(|| panic!("{address} is not absolute"));
    after.find('/').map_or("/", |slash| &after[slash..])
}

/// The link with this relation.
pub fn link<'a>(page: &'a Value, rel: &str) -> Option<&'a Value> {
    page["links"].as_array().expect("links").iter().find(|link| link["rel"] == rel)
}

/// Every page of features from this one on.
pub async fn pages(client: &Client, address: &str) -> Vec<Answer> {
    let mut pages = vec![client.get(address).await.expect(200)];
    while let Some(next) = link(&pages[pages.len() - 1].json, "next") {
        let next = client.get(path(&next["href"])).await.expect(200);
        pages.push(next);
    }
    pages
}

/// The features of a page.
pub fn features(page: &Value) -> &Vec<Value> {
    page["features"].as_array().expect("features")
}

/// All features at an address, on however many pages.
pub async fn all(client: &Client, address: &str) -> Vec<Value> {
    pages(client, address).await.iter().flat_map(|page| features(&page.json).clone()).collect()
}

/// The slugs of all features at an address.
pub async fn slugs(client: &Client, address: &str) -> Vec<String> {
    let features = all(client, address).await;
    features.iter().map(|feature| feature["properties"]["slug"].as_str().expect("a slug").to_owned()).collect()
}

/// What is wrong with an answer by the service's document, if anything is.
pub fn fault(document: &Document, operation: &str, answer: &Answer) -> Option<String> {
    let paths = document.value["paths"].as_object().expect("paths");
    let found = paths.values().map(|item| &item["get"]).find(|found| found["operationId"] == operation);
    let content = &found.unwrap_or_else(|| panic!("no {operation}"))["responses"]["200"]["content"];
    let schema = &content[answer.header("content-type")]["schema"];
    assert!(schema.is_object(), "{operation} answers {}", answer.header("content-type"));
    let schema = json!({ "allOf": [schema], "components": document.value["components"] });
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    validator.iter_errors(&answer.json).next().map(|error| format!("{}: {error}", error.instance_path()))
}
