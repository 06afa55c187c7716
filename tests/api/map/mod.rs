//! Maps: what is on them and where, in clusters that add up, as thin as they should be.

mod bad;
mod clusters;
mod points;
mod size;
mod summary;

use serde_json::Value;

use crate::support::Client;

/// The map of an address: a FeatureCollection, with its features.
async fn map(client: &Client, path: &str) -> (Value, Vec<Value>) {
    let answer = client.get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/geo+json", "{path}");
    assert_eq!(answer.json["type"], "FeatureCollection", "{path}");
    let features = answer.json["features"].as_array().unwrap().clone();
    (answer.json, features)
}

/// All records of a list.
async fn all(client: &Client, path: &str) -> Vec<Value> {
    let between = if path.contains('?') { '&' } else { '?' };
    client.there_and_back(&format!("{path}{between}limit=200"), |_| {}).await.0
}
