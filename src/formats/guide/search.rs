//! The index for search: every passage with its address. `guide.js` reads it and searches in the browser.

use serde::Serialize;

use super::layout::ROOT;
use super::page::Page;

/// A passage of a page.
#[derive(Serialize)]
struct Entry<'a> {
    /// Title of the page.
    title: &'a str,
    /// Heading of the passage; empty for the beginning of a page.
    heading: &'a str,
    /// Address with its anchor.
    address: String,
    /// Its text.
    text: String,
}

/// The index of these pages, as JSON.
pub fn index(pages: &[Page]) -> String {
    let entries: Vec<Entry<'_>> = pages
        .iter()
        .flat_map(|page| page.rendered.passages.iter().map(move |passage| (page, passage)))
        .map(|(page, passage)| Entry {
            title: &page.rendered.title,
            heading: &passage.heading,
            address: match passage.id.as_str() {
                "" => format!("{ROOT}{}", page.address()),
                id => format!("{ROOT}{}#{id}", page.address()),
            },
            text: passage.text.split_whitespace().collect::<Vec<_>>().join(" "),
        })
        .collect();
    serde_json::to_string(&entries).unwrap_or_default()
}
