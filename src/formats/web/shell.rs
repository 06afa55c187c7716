//! The one HTML document for all addresses of the page, with the head of the requested page.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::assets;
use crate::http::response::Answer;

/// Content security policy: the page's own scripts, styles and pictures, and this service's answers. No inline code,
/// and nothing from other sites. Leaflet positions markers by script (CSSOM), which the style policy allows.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const HTML: &str = "text/html; charset=utf-8";
/// Placeholder for the head in `web/index.html`.
const PLACE: &str = "<!--head-->";
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
}

impl Head {
    /// A head without further elements.
    pub fn new(title: &str, description: &str) -> Self {
        Self { title: title.into(), description: description.into(), elements: String::new() }
    }

    fn html(&self) -> String {
        let title = if self.title.is_empty() { SITE.to_owned() } else { format!("{} – {SITE}", self.title) };
        let (title, description) = (escape(&title), escape(&self.description));
        format!("<title>{title}</title><meta name=\"description\" content=\"{description}\">{}", self.elements)
    }
}

/// The page with this head. In a build without the page, instructions to build it.
pub fn page(request: &HttpRequest, head: &Head) -> HttpResponse {
    strict(Answer::new(request, HTML).send(html(head)))
}

/// The page with an error status.
fn failed(status: StatusCode, head: &Head) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    strict(response.insert_header((header::CACHE_CONTROL, "no-cache")).content_type(HTML).body(html(head)))
}

/// The page for an address with no content.
pub fn nothing_here() -> HttpResponse {
    failed(StatusCode::NOT_FOUND, &Head::new("Not found", "There is nothing at this address."))
}

fn html(head: &Head) -> String {
    match assets::shell() {
        Ok(shell) => shell.replacen(PLACE, &head.html(), 1),
        Err(why) => without(why),
    }
}

fn strict(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
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
    fn a_build_without_the_page_says_how_to_get_it() {
        let html = without("npm does not start (<no such file>)");
        for part in ["npm does not start (&lt;no such file&gt;)", "Node.js", "touch build.rs", "/v1/initiatives"] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}
