//! Organisations: records of bodies other than councils, and what names them.

mod lists;
mod members;
mod merges;
mod named;
mod pages;
mod proposals;
mod records;
mod rules;
mod sample;
mod search;

use serde_json::{Value, json};

use crate::support::{Answer, Client};

/// Enters a charity of this name. Its slug is the name in lower case.
async fn enter(officer: &Client, name: &str) -> Answer {
    officer.post("/v1/organisations", &json!({ "name": name, "kind": "charity" })).await.expect(201)
}

/// Changes an organisation as it stands.
async fn change(officer: &Client, slug: &str, patch: Value) -> Answer {
    let path = format!("/v1/organisations/{slug}");
    let read = officer.get(&path).await.expect(200);
    officer.patch(&path, read.etag(), &patch).await
}

/// Withdraws an organisation as it stands.
async fn withdraw(officer: &Client, slug: &str) -> Answer {
    let path = format!("/v1/organisations/{slug}");
    let read = officer.get(&path).await.expect(200);
    officer.delete(&path, read.etag()).await
}

/// Merges one into another.
async fn merge(officer: &Client, from: &str, into: &str) -> Answer {
    officer.post(&format!("/v1/organisations/{from}/merge"), &json!({ "into": into })).await
}

/// A record as a body that can be sent again.
fn body_of(record: &Value) -> Value {
    let mut body = record.clone();
    let members = body.as_object_mut().unwrap();
    for name in ["id", "html", "initiative_count", "version", "created_at", "updated_at"] {
        members.remove(name);
    }
    members.retain(|_, value| !value.is_null());
    if let Some(council) = members.get_mut("council") {
        *council = council["slug"].clone();
    }
    body
}
