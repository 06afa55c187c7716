//! Where: boxes, circles and distances in every list, and what is no place at all.

mod bad;
mod distances;
mod lists;

use serde_json::{Value, json};

use crate::support::practice::practice;
use crate::support::{Answer, Client, TestApp};

/// Where a record says it is: latitude and longitude.
fn place(record: &Value) -> Option<(f64, f64)> {
    let location = &record["location"];
    Some((location["latitude"].as_f64()?, location["longitude"].as_f64()?))
}

/// Kilometres between two places, by the spherical law of cosines: another formula than the service's.
fn kilometres(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (a, b) = (from.0.to_radians(), to.0.to_radians());
    let cosine = a.sin() * b.sin() + a.cos() * b.cos() * (to.1 - from.1).to_radians().cos();
    6371.0088 * cosine.clamp(-1.0, 1.0).acos()
}

/// All records of a list, page by page.
async fn all(client: &Client, path: &str) -> Vec<Value> {
    let between = if path.contains('?') { '&' } else { '?' };
    client.there_and_back(&format!("{path}{between}limit=200"), |_| {}).await.0
}

fn slugs(records: &[Value]) -> Vec<&str> {
    records.iter().map(|one| one["slug"].as_str().unwrap()).collect()
}

/// Enter an initiative with or without a point, published.
async fn enter(app: &TestApp, title: &str, lead: &str, point: Option<(f64, f64)>) -> Answer {
    let admin = app.admin().await;
    let mut body = practice(title, lead);
    if let Some((latitude, longitude)) = point {
        body["location"] = json!({ "latitude": latitude, "longitude": longitude });
    }
    let made = admin.post("/v1/initiatives", &body).await.expect(201);
    crate::support::practice::publish(&admin, &made).await
}
