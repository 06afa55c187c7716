//! The one HTML document for all addresses of the page, with the head of the requested page.

use std::sync::LazyLock;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use base64::prelude::*;
use maud::Markup;
use sha2::{Digest, Sha256};

use super::assets;
use crate::http::response::Answer;

/// Content security policy: the page's own scripts, styles and pictures, and this service's answers. Nothing from other
/// sites, no code in place, and of styles in place only those of the document, by their digests. Leaflet positions
/// markers by script (CSSOM), which the style policy allows.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let digests: String = assets::shell().into_iter().flat_map(first_styles).map(digest).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'{digests}; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
});

/// The blocks of styles in the document, which let it be painted before anything else is loaded.
fn first_styles(shell: &str) -> impl Iterator<Item = &str> {
    shell.split("<style>").skip(1).filter_map(|rest| rest.split_once("</style>")).map(|(styles, _)| styles)
}

/// A source expression for styles in place (CSP 3, section 2.3.1).
fn digest(styles: &str) -> String {
    format!(" 'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(styles)))
}

const HTML: &str = "text/html; charset=utf-8";
/// Placeholders in `web/index.html`: for the head, the view, and what comes after it.
const HEAD: &str = "<!--head-->";
const VIEW: &str = "<!--content-->";
const FOOT: &str = "<!--foot-->";
/// Name of the site.
pub const SITE: &str = "CCIN registry";

/// Head of a page.
#[derive(Debug, Default)]
pub struct Head {
    /// Title, without the name of the site.
    pub title: String,
    /// Description for search engines and social media, in a sentence or two.
    pub description: String,
    /// Further elements as HTML. Their author escapes the values.
    pub elements: String,
    /// Elements for the end of the document as HTML, such as linked data.
    pub foot: String,
}

impl Head {
    /// A head without further elements.
    pub fn new(title: &str, description: &str) -> Self {
        Self { title: title.into(), description: description.into(), ..Self::default() }
    }

    fn html(&self) -> String {
        let title = if self.title.is_empty() { SITE.to_owned() } else { format!("{} – {SITE}", self.title) };
        let (title, description) = (escape(&title), escape(&self.description));
        format!("<title>{title}</title><meta name=\"description\" content=\"{description}\">{}", self.elements)
    }
}

/// A page: its head, and its view.
#[derive(Debug)]
pub struct Page {
    /// Head.
    pub head: Head,
    /// The view as HTML, which the page's own script takes over.
    pub view: Markup,
    /// Path of the entry of the navigation that leads here; empty for none.
    pub entry: &'static str,
}

/// Sends a page. In a build without the page's files, instructions to build them.
pub fn page(request: &HttpRequest, page: &Page) -> HttpResponse {
    strict(Answer::new(request, HTML).send(html(page)))
}

/// Sends a page with an error status. `head` has further headers, such as `Retry-After`.
pub fn failed(mut head: HttpResponse, page: &Page) -> HttpResponse {
    head.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    head.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
    head.headers_mut().remove(header::CONTENT_LENGTH);
    strict(head.set_body(BoxBody::new(html(page))))
}

/// Sends a page for one person. No cache keeps it, and no script takes it over: its address holds a secret.
pub fn personal(status: StatusCode, page: &Page) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "private, no-store"));
    strict(response.content_type(HTML).body(without_scripts(&html(page))))
}

/// A document without its scripts.
fn without_scripts(html: &str) -> String {
    let (mut kept, mut rest) = (String::with_capacity(html.len()), html);
    while let Some((before, script)) = rest.split_once("<script") {
        kept.push_str(before);
        rest = script.split_once("</script>").map_or("", |(_, after)| after);
    }
    kept + rest
}

fn html(page: &Page) -> String {
    match assets::shell() {
        Ok(shell) => {
            let entry = format!("<li><a href=\"{}\"", page.entry);
            let current = format!("{entry} aria-current=\"page\"");
            // The view last: what it says is no placeholder.
            shell
                .replacen(&entry, &current, 1)
                .replacen(HEAD, &page.head.html(), 1)
                .replacen(FOOT, &page.head.foot, 1)
                .replacen(VIEW, &page.view.0, 1)
        }
        Err(why) => without(why),
    }
}

fn strict(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    response
}

/// Replaces the page in a build without it.
fn without(why: &str) -> String {
    let why = escape(why);
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{SITE}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head><body><main><h1>{SITE}</h1>\
         <p>The service is running, but this build does not include its page (the map and the list): {why}.</p>\
         <p>To include it, install Node.js (18.18 or newer) with npm on the build machine, then run \
         <code>touch build.rs</code> and <code>cargo run</code> again.</p>\
         <p>You can still use: <a href=\"/docs/guide/\">the guide</a>, <a href=\"/docs/\">the API reference</a>, \
         <a href=\"/v1/initiatives\">initiatives</a>, <a href=\"/v1/councils\">councils</a>.</p></main></body></html>"
    )
}

/// Escapes text for HTML, between tags and in attributes.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_cannot_be_broken_out_of() {
        let head = Head::new("</title><script>", "\"><script>'&");
        let html = head.html();
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&quot;&gt;&lt;script&gt;&#39;&amp;"), "{html}");
    }

    #[test]
    fn the_styles_in_the_document_are_allowed_by_their_digests() {
        let shell = "<head><style>b{color:red}</style></head><body><style>i{color:red}</style><main></main></body>";
        assert_eq!(first_styles(shell).collect::<Vec<_>>(), ["b{color:red}", "i{color:red}"]);
        // printf %s 'b{color:red}' | openssl dgst -sha256 -binary | base64
        assert_eq!(digest("b{color:red}"), " 'sha256-ypIZpeWh67Lh3q46jpjGW7VCAJpmEqcFe8Dl5B2rXQU='");
        assert_eq!(first_styles("<head></head>").count(), 0);
    }

    #[test]
    fn a_build_without_the_page_says_how_to_get_it() {
        let html = without("npm does not start (<no such file>)");
        for part in ["npm does not start (&lt;no such file&gt;)", "Node.js", "touch build.rs", "/v1/initiatives"] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}
