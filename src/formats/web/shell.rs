//! The one HTML document that all addresses of the page share, with the head of the one that was asked for.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use super::assets;
use crate::http::response::send_overview;

/// What a page may load: its own scripts, styles and pictures, and this service's answers; nothing in place, nothing of
/// others. Leaflet places its markers by script (CSSOM), which a policy on styles does not touch.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const HTML: &str = "text/html; charset=utf-8";
/// Where the head of a page goes, in `web/index.html`.
const PLACE: &str = "<!--head-->";
/// The name of the whole.
pub const SITE: &str = "CCIN registry";

/// What the head of a page says of it.
#[derive(Debug, Default)]
pub struct Head {
    /// Title, without the name of the site.
    pub title: String,
    /// What search engines and social media show, in a sentence or two.
    pub description: String,
    /// Further elements, as HTML: whoever writes them escapes what they hold.
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

/// The page with this head; where there is none in this build, one that says how to get it.
pub fn page(request: &HttpRequest, head: &Head) -> HttpResponse {
    strict(send_overview(request, HTML, html(head), None))
}

/// The same where there is nothing to show, with the status that says so.
fn failed(status: StatusCode, head: &Head) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    strict(response.insert_header((header::CACHE_CONTROL, "no-cache")).content_type(HTML).body(html(head)))
}

/// The page that says that there is nothing at an address.
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

/// What stands in for the page of a build without it.
fn without(why: &str) -> String {
    let why = escape(why);
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{SITE}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"></head><body><main><h1>{SITE}</h1>\
         <p>The service runs. Its page, the map and the list, is not in this build: {why}.</p>\
         <p>To get it, install Node.js (18.18 or newer) with npm on the machine that builds, then run \
         <code>touch build.rs</code> and <code>cargo run</code> again.</p>\
         <p>Everything else is here: <a href=\"/docs/guide/\">the guide</a>, <a href=\"/docs/\">the interactive document</a>, \
         <a href=\"/v1/initiatives\">initiatives</a>, <a href=\"/v1/councils\">councils</a>.</p></main></body></html>"
    )
}

/// Text for HTML, between tags and in attributes.
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
