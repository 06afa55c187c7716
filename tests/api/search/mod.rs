//! Search: what is found and in which order, what is answered about it, what is refused, and what it never betrays.

mod answers;
mod bad;
mod hidden;
mod judged;
mod many;
mod ranking;
mod unanswered;

use serde_json::Value;

use crate::support::{Answer, Client};

/// An address with its parameters, encoded.
pub fn address(path: &str, parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    if query.is_empty() { path.into() } else { format!("{path}?{query}") }
}

/// The first page of a search, as long as may be.
pub async fn found(client: &Client, path: &str, q: &str) -> Answer {
    client.get(&address(path, &[("q", q), ("limit", "200")])).await.expect(200)
}

/// The slugs of the records on a page.
pub fn slugs(page: &Answer) -> Vec<String> {
    page.each("slug").iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
