//! oEmbed 1.0 (<https://oembed.com>): finds the page for an address, and builds its frame.

use super::model::{Oembed, OembedQuery};
use crate::formats::web::shell::{SITE, escape};

/// Default width of a frame in pixels: one column of text.
const WIDTH: u64 = 600;
/// Default height for one initiative.
pub const RECORD_HEIGHT: u64 = 480;
/// Default height for a list.
pub const LIST_HEIGHT: u64 = 720;
/// Seconds to cache an answer: the same as for the element's file.
const CACHE_AGE: u32 = 3600;

/// The page that an address names.
#[derive(Debug, PartialEq, Eq)]
pub enum EmbeddedPage<'a> {
    /// The initiative with this slug or id.
    Initiative(&'a str),
    /// The council with this slug, id or code.
    Council(&'a str),
    /// The record with this id.
    Record(&'a str),
}

/// The subject of an address below `base`. `None` for any other address. Ignores a query, a fragment and a slash at the
/// end.
pub fn subject<'a>(url: &'a str, base: &str) -> Option<EmbeddedPage<'a>> {
    let path = url.strip_prefix(base)?.split(['?', '#']).next()?.trim_end_matches('/');
    let mut steps = path.strip_prefix('/')?.split('/');
    let subject = match (steps.next()?, steps.next()?) {
        (_, "") => None,
        ("initiatives", slug) => Some(EmbeddedPage::Initiative(slug)),
        ("councils", slug) => Some(EmbeddedPage::Council(slug)),
        ("id", id) => Some(EmbeddedPage::Record(id)),
        _ => None,
    };
    subject.filter(|_| steps.next().is_none())
}

/// A frame for a path below `base`, within the requested limits.
pub fn frame(base: &str, at: &str, title: &str, author: (String, String), height: u64, asked: &OembedQuery) -> Oembed {
    let within = |wanted: u64, most: Option<u64>| most.map_or(wanted, |most| wanted.min(most));
    let (width, height) = (within(WIDTH, asked.maxwidth), within(height, asked.maxheight));
    let html = format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"{width}\" height=\"{height}\" frameborder=\"0\" loading=\"lazy\"></iframe>",
        escape(&format!("{base}{at}")),
        escape(title)
    );
    let (author_name, author_url) = author;
    Oembed {
        kind: "rich",
        version: "1.0",
        title: title.into(),
        author_name,
        author_url,
        provider_name: SITE,
        provider_url: format!("{base}/"),
        cache_age: CACHE_AGE,
        html,
        width,
        height,
    }
}

/// The answer as XML (section 2.3.4.2).
pub fn xml(answer: &Oembed) -> String {
    let value = serde_json::to_value(answer).unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), escape);
    let members = value.as_object().into_iter().flatten();
    let members: String = members.map(|(name, value)| format!("<{name}>{}</{name}>", text(value))).collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>{members}</oembed>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_page_names_its_subject() {
        let base = "https://registry.example";
        let of = |path: &'static str| subject(path, base);
        assert_eq!(of("https://registry.example/initiatives/a-b"), Some(EmbeddedPage::Initiative("a-b")));
        assert_eq!(of("https://registry.example/initiatives/a-b/?x=/y#z"), Some(EmbeddedPage::Initiative("a-b")));
        assert_eq!(of("https://registry.example/councils/E08000004"), Some(EmbeddedPage::Council("E08000004")));
        assert_eq!(of("https://registry.example/id/x"), Some(EmbeddedPage::Record("x")));
        for other in [
            "https://registry.example",
            "https://registry.example/",
            "https://registry.example/councils/",
            "https://registry.example/initiatives/a/b",
            "https://registry.example.org/initiatives/a",
            "https://elsewhere.example/initiatives/a",
            "/initiatives/a",
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
