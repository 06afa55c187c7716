//! The HTML around a page: header with search, navigation, contents of the page, the pages before and after.

use std::fmt::Write as _;

use super::contents::SECTIONS;
use super::page::Page;
use crate::formats::web::shell::escape;

/// Root path of the guide.
pub const ROOT: &str = "/docs/guide/";
/// Name of the guide, after the title of each page.
const NAME: &str = "CCIN registry guide";
/// Minimum number of headings for a list of them.
const FEWEST_HEADINGS: usize = 3;

/// A complete page.
pub fn page(pages: &[Page], index: usize) -> String {
    let page = &pages[index];
    let title = escape(&page.rendered.title);
    let content = format!(
        "<h1>{title}</h1>{}<div class=\"text\">{}</div>{}",
        contents(page),
        page.rendered.body,
        neighbours(pages, index)
    );
    let name = if page.address().is_empty() { NAME.to_owned() } else { format!("{title} – {NAME}") };
    document(&name, &page.rendered.summary, &content, &navigation(pages, Some(page.path)))
}

/// The page for an unknown address.
pub fn missing(pages: &[Page]) -> String {
    let content = format!(
        "<h1>Page not found</h1><div class=\"text\"><p>The guide has no page at this address. Search for it, choose a page \
         from the list, or go to <a href=\"{ROOT}\">the start of the guide</a>.</p></div>"
    );
    document(&format!("Page not found – {NAME}"), "", &content, &navigation(pages, None))
}

fn document(title: &str, summary: &str, content: &str, navigation: &str) -> String {
    let summary = escape(summary);
    format!(
        "<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"description\" content=\"{summary}\">\
         <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"{ROOT}guide.css\"><script src=\"{ROOT}guide.js\" defer></script></head>\n\
         <body><a class=\"skip\" href=\"#content\">Skip to the page</a>\
         <header class=\"top\"><a class=\"name\" href=\"{ROOT}\">{NAME}</a>\
         <form class=\"search\" role=\"search\" hidden data-index=\"{ROOT}search.json\">\
         <label for=\"words\">Search the guide</label>\
         <input id=\"words\" name=\"q\" type=\"search\" autocomplete=\"off\" placeholder=\"Search the guide\">\
         <div class=\"found\" hidden><p role=\"status\"></p><ol></ol></div></form>\
         <nav aria-label=\"Elsewhere\"><a class=\"to-pages\" href=\"#pages\">Pages</a><a href=\"/docs/\">API</a>\
         <a href=\"/\">Registry</a></nav></header>\n\
         <div class=\"columns\"><main id=\"content\" tabindex=\"-1\">{content}</main>\n\
         <nav id=\"pages\" class=\"pages\" aria-label=\"Pages of the guide\">{navigation}</nav></div></body></html>\n"
    )
}

/// Every page by section.
fn navigation(pages: &[Page], current: Option<&str>) -> String {
    let mut html = String::new();
    for section in SECTIONS {
        let _ = write!(html, "<h2>{}</h2><ul>", section.title);
        for source in section.pages {
            let Some(page) = pages.iter().find(|page| page.path == source.path) else { continue };
            let mark = if current == Some(page.path) { " aria-current=\"page\"" } else { "" };
            let title = escape(&page.rendered.title);
            let _ = write!(html, "<li><a href=\"{ROOT}{}\"{mark}>{title}</a></li>", page.address());
        }
        html.push_str("</ul>");
    }
    html
}

/// The headings of a page.
fn contents(page: &Page) -> String {
    let headings: Vec<_> = page.rendered.headings.iter().filter(|heading| heading.level == 2).collect();
    if headings.len() < FEWEST_HEADINGS {
        return String::new();
    }
    let mut html = String::from("<nav class=\"contents\" aria-label=\"On this page\"><h2>On this page</h2><ul>");
    for heading in headings {
        let _ = write!(html, "<li><a href=\"#{}\">{}</a></li>", heading.id, escape(&heading.text));
    }
    html + "</ul></nav>"
}

/// Links to the pages before and after.
fn neighbours(pages: &[Page], index: usize) -> String {
    let link = |page: Option<&Page>, rel: &str, label: &str| {
        page.map_or_else(String::new, |page| {
            let title = escape(&page.rendered.title);
            format!("<a rel=\"{rel}\" href=\"{ROOT}{}\"><span>{label}</span> {title}</a>", page.address())
        })
    };
    let before = index.checked_sub(1).and_then(|before| pages.get(before));
    let (before, after) = (link(before, "prev", "Previous:"), link(pages.get(index + 1), "next", "Next:"));
    format!("<nav class=\"neighbours\" aria-label=\"Next pages\">{before}{after}</nav>")
}
