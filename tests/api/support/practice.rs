//! Initiatives for tests that need their own.

use serde_json::{Value, json};

use super::{Answer, Client};

/// A body for an initiative.
pub fn practice(title: &str, lead: &str) -> Value {
    json!({
        "title": title, "summary": "Entered to see who gets to know of it.", "kind": "commission",
        "delivery_status": "live", "lead_council": lead, "themes": ["housing"]
    })
}

/// The body with these additional members.
pub fn with(mut body: Value, members: Value) -> Value {
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body
}

/// The address of the initiative in an answer.
pub fn path(initiative: &Answer) -> String {
    format!("/v1/initiatives/{}", initiative.json["slug"].as_str().unwrap())
}

/// Publishes the initiative in a response, in that version.
pub async fn publish(officer: &Client, initiative: &Answer) -> Answer {
    officer.publish(&path(initiative), initiative.etag()).await.expect(200)
}
