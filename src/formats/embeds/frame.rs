//! HTML for pages in frames: the element of `/embed.js`, with links inside for readers without scripts.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};

use crate::formats::web::shell::{SITE, escape};
use crate::http::response::Answer;

/// As strict as the policy of the page, except that every site may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";
const HTML: &str = "text/html; charset=utf-8";

/// An initiative to link to: slug and title.
pub type Linked<'a> = (&'a str, &'a str);

/// A page with the element. `attributes` are the element's; `all` is the address of the same list on the registry's
/// page.
pub fn element(
    request: &HttpRequest,
    title: &str,
    attributes: &[(String, String)],
    links: &[Linked<'_>],
    all: &str,
) -> HttpResponse {
    let attributes: String = attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escape(value))).collect();
    let link =
        |address: &str, text: &str| format!("<a href=\"{}\" target=\"_top\">{}</a>", escape(address), escape(text));
    let links: String = links
        .iter()
        .map(|(slug, title)| format!("<li>{}</li>", link(&format!("/initiatives/{slug}"), title)))
        .collect();
    let list = if links.is_empty() { "<p>No initiatives match.</p>".to_owned() } else { format!("<ul>{links}</ul>") };
    let all = link(all, "On the CCIN registry");
    let script =
        "<script type=\"module\" src=\"/frame.js\"></script><script type=\"module\" src=\"/embed.js\"></script>";
    let main = format!("<ccin-initiatives target=\"_top\"{attributes}>{list}<p>{all}</p></ccin-initiatives>");
    framed(Answer::new(request, HTML).send(document(title, script, &main)))
}

/// An error page with one line for each fault. It says nothing to the page around it, so that WordPress goes on to show
/// its own link instead.
pub fn refused(status: StatusCode, what: &str, faults: &[String]) -> HttpResponse {
    let lines: String = faults.iter().map(|fault| format!("<li>{}</li>", escape(fault))).collect();
    let list = if lines.is_empty() { String::new() } else { format!("<ul>{lines}</ul>") };
    let main = format!("<h1>{}</h1>{list}<p><a href=\"/\" target=\"_top\">To the {SITE}</a></p>", escape(what));
    let mut response = HttpResponse::build(status);
    framed(
        response.insert_header((header::CACHE_CONTROL, "no-cache")).content_type(HTML).body(document(what, "", &main)),
    )
}

fn document(title: &str, script: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{} – {SITE}</title>\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"/embed.css\">{script}</head><body><main>{main}</main></body></html>",
        escape(title)
    )
}

fn framed(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
