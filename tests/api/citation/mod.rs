//! Records for others to cite and to show: each format parsed as its readers parse it, and nothing in any of them that the
//! caller may not see.

mod after;
mod bibtex;
mod catalog;
mod csl;
mod datacite;
mod forms;
mod hidden;
mod linked;
mod markdown;
mod permalinks;
mod ris;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::practice::{publish, with};
use crate::support::records::whole_initiative;
use crate::support::{Answer, Client, TestApp};

/// A title in which every format has something to escape.
const TITLE: &str = r"50% of {Tŷ} & Co_op #1: $5 \ ~^ <b>|[x](y)* `z`";

/// An initiative with every member, published, with that title; whoever reads it is anonymous.
async fn published(app: &TestApp, members: Value) -> Value {
    let body = with(whole_initiative(), json!({ "title": TITLE, "slug": "whole" }));
    let entered = app.editor("oldham").await.post("/v1/initiatives", &with(body, members)).await.expect(201);
    publish(&app.moderator().await, &entered).await.json
}

/// GET with an `Accept` header.
async fn accepting(client: &Client, path: &str, accept: &str) -> Answer {
    send(client.request(Method::GET, path).header("Accept", accept)).await
}

/// The media type of an answer, without parameters.
fn media_type(answer: &Answer) -> &str {
    answer.header("content-type").split(';').next().unwrap_or_default()
}

/// Today's date (UTC), on which everything in a test is published.
fn today() -> chrono::NaiveDate {
    chrono::Utc::now().date_naive()
}
