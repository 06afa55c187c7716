//! oEmbed 1.0 (<https://oembed.com>): finds the page for an address, and builds its frame.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use super::model::{Oembed, OembedQuery};
use crate::formats::legible;
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
pub enum EmbeddedPage {
    /// The initiative with this slug or id.
    Initiative(String),
    /// The council with this slug, id or code.
    Council(String),
    /// The organisation with this slug or id.
    Organisation(String),
    /// The record with this id.
    Record(String),
}

/// The subject of an address below `base`. `None` for any other address.
///
/// Equivalent addresses have the same subject (RFC 3986, section 6.2): a host in capitals, a default port, needless
/// escapes, an address relative to `base`. http counts as https, because people type either. Ignores a query, a
/// fragment and a slash at the end, which other software adds.
pub fn subject(url: &str, base: &str) -> Option<EmbeddedPage> {
    let base = Url::parse(&format!("{base}/")).ok()?;
    let url = base.join(url).ok()?;
    if !["http", "https"].contains(&url.scheme()) || origin(&url) != origin(&base) {
        return None;
    }
    let mut steps = segments(&url)?.into_iter();
    // A public address can have a path of its own.
    for step in segments(&base)? {
        steps.next().filter(|said| *said == step)?;
    }
    let (kind, name) = (steps.next()?, steps.next()?);
    let subject = match kind.as_str() {
        "initiatives" => EmbeddedPage::Initiative(name),
        "councils" => EmbeddedPage::Council(name),
        "organisations" => EmbeddedPage::Organisation(name),
        "id" => EmbeddedPage::Record(name),
        _ => return None,
    };
    steps.next().is_none().then_some(subject)
}

/// Host and port, without the scheme. `None` as port is the default one. Only our own addresses have neither a user
/// nor a password.
fn origin(url: &Url) -> Option<(&str, Option<u16>)> {
    let is_plain = url.username().is_empty() && url.password().is_none();
    url.host_str().filter(|_| is_plain).map(|host| (host.trim_end_matches('.'), url.port()))
}

/// The segments of the path, without escapes and without a slash at the end.
fn segments(url: &Url) -> Option<Vec<String>> {
    let decoded = |step: &str| percent_decode_str(step).decode_utf8().ok().map(Into::into);
    url.path().trim_end_matches('/').split('/').skip(1).map(decoded).collect()
}

/// Paths of a page and of its frame.
pub struct Paths<'a> {
    /// Path of the page.
    pub page: &'a str,
    /// Path of the frame.
    pub frame: &'a str,
}

/// A frame for a page below `base`, within the requested limits.
pub fn frame(
    base: &str,
    Paths { page, frame: at }: Paths<'_>,
    title: &str,
    author: (String, String),
    height: u64,
    asked: &OembedQuery,
) -> Oembed {
    let within = |wanted: u64, most: Option<u64>| most.map_or(wanted, |most| wanted.min(most));
    let (width, height) = (within(WIDTH, asked.maxwidth), within(height, asked.maxheight));
    // WordPress looks for a quotation before the frame: it shows it until the frame answers, and without it does not
    // load the script that the frame talks to (`wp_filter_oembed_result`). It drops `hidden`. Others keep it, and show
    // the frame alone.
    let html = format!(
        "<blockquote hidden><a href=\"{}\">{title}</a></blockquote>\
         <iframe src=\"{}\" title=\"{title}\" width=\"{width}\" height=\"{height}\" frameborder=\"0\" loading=\"lazy\"></iframe>",
        escape(&format!("{base}{page}")),
        escape(&format!("{base}{at}")),
        title = escape(title)
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
    let text =
        |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), |text| escape(&legible(text)));
    let members = value.as_object().into_iter().flatten();
    let members: String = members.map(|(name, value)| format!("<{name}>{}</{name}>", text(value))).collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>{members}</oembed>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_page_names_its_subject() {
        let of = |url: &str| subject(url, "https://registry.example");
        let initiative = |slug: &str| Some(EmbeddedPage::Initiative(slug.into()));
        assert_eq!(of("https://registry.example/initiatives/a-b/?x=/y#z"), initiative("a-b"));
        assert_eq!(of("https://registry.example/councils/E08000004"), Some(EmbeddedPage::Council("E08000004".into())));
        assert_eq!(of("https://registry.example/id/x"), Some(EmbeddedPage::Record("x".into())));
        for other in [
            "https://registry.example",
            "https://registry.example/",
            "https://registry.example/councils/",
            "https://registry.example/councils//oldham",
            "https://registry.example/initiatives/a/b",
            "https://registry.example/initiatives/a%2Fb/c",
            "https://registry.example/Initiatives/a",
            "https://registry.example/initiatives/%FF",
            "https://registry.example.org/initiatives/a",
            "https://registry.example:8443/initiatives/a",
            "https://registry.example:80/initiatives/a",
            "https://someone@registry.example/initiatives/a",
            "https://elsewhere.example/initiatives/a",
            "ftp://registry.example/initiatives/a",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn equivalent_addresses_have_the_same_subject() {
        let expected = Some(EmbeddedPage::Initiative("a-b".into()));
        for (base, url) in [
            ("https://registry.example", "https://registry.example/initiatives/a-b"),
            ("https://registry.example", "http://registry.example/initiatives/a-b"),
            ("http://registry.example", "https://registry.example/initiatives/a-b"),
            ("https://registry.example", "HTTPS://Registry.EXAMPLE/initiatives/a-b"),
            ("https://registry.example", "https://registry.example:443/initiatives/a-b"),
            ("https://registry.example", "http://registry.example:80/initiatives/a-b"),
            ("https://registry.example", "https://registry.example./initiatives/a-b"),
            ("https://registry.example", "https://registry.example/%69nitiatives/a%2Db"),
            ("https://registry.example", "https://registry.example/councils/../initiatives/./a-b"),
            ("https://registry.example", " https://registry.example/initiatives/a-b "),
            ("https://registry.example", "//registry.example/initiatives/a-b"),
            ("https://registry.example", "/initiatives/a-b"),
            ("https://registry.example:443", "https://registry.example/initiatives/a-b"),
            ("http://LocalHost:8080", "https://localhost:8080/initiatives/a-b"),
            ("http://[::1]:8080", "http://[0:0:0:0:0:0:0:1]:8080/initiatives/a-b"),
            ("https://example.org/registry", "https://example.org/registry/initiatives/a-b"),
        ] {
            assert_eq!(subject(url, base), expected, "{url} below {base}");
        }
        assert_eq!(subject("https://example.org/initiatives/a-b", "https://example.org/registry"), None);
    }

    #[test]
    fn xml_has_no_character_that_xml_cannot_have() {
        let asked = OembedQuery { url: String::new(), maxwidth: None, maxheight: None, format: None };
        let title = "A \u{fffe}<b> & \"'\u{ffff}\u{1}]]>";
        let paths = Paths { page: "/initiatives/a", frame: "/embed/initiatives/a" };
        let text = xml(&frame("https://registry.example", paths, title, (title.into(), String::new()), 480, &asked));
        assert!(text.contains("<title>A &lt;b&gt; &amp; &quot;&#39;]]&gt;</title>"), "{text}");
        assert!(!text.contains(['\u{fffe}', '\u{ffff}', '\u{1}']), "{text}");
    }
}
