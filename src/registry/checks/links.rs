//! Links, by their syntax only: the service follows none.

use std::net::IpAddr;
use std::sync::LazyLock;

use regex::Regex;

use super::model::{Advice, AdviceCode};
use super::texts::Text;
use crate::registry::initiatives::model::NewInitiative;

/// Parameters by which senders of links track readers.
const TRACKERS: [&str; 5] = ["utm_", "fbclid=", "gclid=", "mc_eid=", "msclkid="];

static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\bhttps?://(?:\[[0-9a-f:.]*\])?[^\s<>()\]"]*"#).ok());

pub fn check(body: &NewInitiative, texts: &[Text<'_>], advice: &mut Vec<Advice>) {
    let mut links: Vec<(String, &str)> = Vec::new();
    links.extend(body.source_url.as_deref().map(|url| ("/source_url".to_owned(), url)));
    for (index, source) in body.sources.iter().enumerate() {
        links.extend(source.url.as_deref().map(|url| (format!("/sources/{index}/url"), url)));
    }
    for (index, partner) in body.partners.iter().enumerate() {
        links.extend(partner.url.as_deref().map(|url| (format!("/partners/{index}/url"), url)));
    }
    for text in texts {
        let found = ADDRESS.as_ref().into_iter().flat_map(|address| address.find_iter(text.text));
        links.extend(found.map(|found| (text.pointer.clone(), found.as_str())));
    }
    for (pointer, url) in links {
        if let Some(what) = fault(url) {
            advice.push(Advice::new(AdviceCode::Link, pointer, what).about(url));
        }
    }
}

/// What is wrong with a web address.
fn fault(url: &str) -> Option<&'static str> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let name = host.trim_start_matches('[').split([':', ']']).next().unwrap_or_default();
    let is_private = host.starts_with('[')
        || name.parse::<IpAddr>().is_ok()
        || !name.contains('.')
        || [".local", ".internal", ".localhost", ".intranet"].iter().any(|end| name.to_lowercase().ends_with(end));
    if authority.contains('@') {
        Some("Take the user name or password out of this address.")
    } else if is_private {
        Some("Readers cannot open this address: it leads into a private network. Give a public one.")
    } else if TRACKERS.iter().any(|tracker| url.to_lowercase().contains(tracker)) {
        Some("Take out the part of this address that tracks readers, from “utm_”, “fbclid” or the like on.")
    } else if scheme.eq_ignore_ascii_case("http") {
        Some("Try the address with https. Without it, others can read and change what readers get.")
    } else {
        None
    }
}
