//! Revisions and their review.

mod history;
mod life;
mod merge;
mod past;
mod past_lists;
pub mod pre_election;
mod readers;
pub mod scheduled;
mod suggestions;
mod table;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::{Answer, Client};

/// A record of the sample that Oldham looks after.
pub const RECORD: &str = "/v1/initiatives/get-oldham-working";

/// Begins a revision of the record.
pub async fn begin(author: &Client) -> Answer {
    author.post(&format!("{RECORD}/revisions"), &json!({})).await.expect(201)
}

/// Takes an action on a revision in an answer, in that version.
pub async fn act(client: &Client, revision: &Answer, action: &str, body: &Value) -> Answer {
    let path = format!("{}/{action}", path(revision));
    let request = client.request(Method::POST, &path).header("If-Match", revision.etag());
    send(if body.is_null() { request } else { request.json(body) }).await
}

/// The address of the revision in an answer.
pub fn path(revision: &Answer) -> String {
    let slug = revision.json["initiative"]["slug"].as_str().expect("a revision");
    format!("/v1/initiatives/{slug}/revisions/{}", revision.json["number"])
}
