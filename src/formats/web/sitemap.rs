//! The sitemap (<https://www.sitemaps.org/protocol.html>) and `robots.txt` (RFC 9309): the pages that search engines
//! are to know.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};

use super::shell::escape;

/// Most pages in one sitemap, by the protocol.
pub const MOST: usize = 50_000;
/// Media type of a sitemap.
pub const MEDIA_TYPE: &str = "application/xml; charset=utf-8";

/// A page.
#[derive(Debug)]
pub struct Listed {
    /// Path of the page.
    pub path: String,
    /// When its record last changed.
    pub modified: Option<DateTime<Utc>>,
}

/// A sitemap of these pages below `base`. More than [`MOST`] pages need several: then `part`, from 1, chooses one, and
/// without it the answer is an index of them. `None` for a part that does not exist.
pub fn write(base: &str, pages: &[Listed], part: Option<usize>) -> Option<String> {
    let parts = pages.len().div_ceil(MOST).max(1);
    if part.is_none() && parts > 1 {
        let maps = (1..=parts).map(|part| (format!("/sitemap.xml?part={part}"), None));
        return Some(document(base, "sitemapindex", "sitemap", maps));
    }
    let part = part.unwrap_or(1);
    let start = part.checked_sub(1).filter(|before| *before < parts)?.saturating_mul(MOST);
    let pages = pages.iter().skip(start).take(MOST).map(|one| (one.path.clone(), one.modified));
    Some(document(base, "urlset", "url", pages))
}

fn document(
    base: &str,
    root: &str,
    element: &str,
    places: impl Iterator<Item = (String, Option<DateTime<Utc>>)>,
) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    );
    for (path, modified) in places {
        let _ = write!(xml, "<{element}><loc>{}</loc>", escape(&format!("{base}{path}")));
        if let Some(modified) = modified {
            let _ = write!(xml, "<lastmod>{}</lastmod>", modified.to_rfc3339_opts(SecondsFormat::Secs, true));
        }
        let _ = writeln!(xml, "</{element}>");
    }
    let _ = writeln!(xml, "</{root}>");
    xml
}

/// `robots.txt`: everything may be read. Frames repeat what the pages have.
pub fn robots(base: &str) -> String {
    format!("User-agent: *\nDisallow: /embed/\nDisallow: /oembed\n\nSitemap: {base}/sitemap.xml\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(count: usize) -> Vec<Listed> {
        (0..count).map(|number| Listed { path: format!("/initiatives/a&{number}"), modified: None }).collect()
    }

    #[test]
    fn a_sitemap_escapes_its_addresses_and_has_the_dates() {
        let mut pages = pages(1);
        pages[0].modified = DateTime::from_timestamp(0, 0);
        let xml = write("https://r.example", &pages, None).expect("a sitemap");
        assert!(xml.contains(
            "<url><loc>https://r.example/initiatives/a&amp;0</loc><lastmod>1970-01-01T00:00:00Z</lastmod></url>"
        ));
        assert!(write("", &pages, Some(2)).is_none() && write("", &pages, Some(0)).is_none());
    }

    #[test]
    fn more_pages_than_one_sitemap_holds_are_in_several() {
        let pages = pages(MOST + 1);
        let index = write("https://r.example", &pages, None).expect("an index");
        assert_eq!(index.matches("<sitemap>").count(), 2);
        assert!(index.contains("https://r.example/sitemap.xml?part=2"));
        let last = write("https://r.example", &pages, Some(2)).expect("a part");
        assert_eq!(last.matches("<url>").count(), 1);
    }
}
