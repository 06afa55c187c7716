//! Metadata in the head of a page: Open Graph for social media and chats, canonical address and JSON-LD for search
//! engines, oEmbed for sites that show previews.

use std::fmt::Write;

use super::shell::{Head, SITE, escape};
use crate::formats::citation::linked::LinkedData;

/// The feed of all changes: address and name.
pub const CHANGES: (&str, &str) = ("/v1/changes.atom", "Recent changes");
/// The site's picture, from `web/public`.
const PICTURE: &str = "/card.png";
const PICTURE_ALT: &str = "CCIN registry: what co-operative councils do";

impl Head {
    /// Adds metadata for a page at `path` below `base`, with this Open Graph type.
    pub fn at(mut self, base: &str, path: &str, kind: &str) -> Self {
        let title = if self.title.is_empty() { SITE } else { &self.title };
        let (address, picture) = (format!("{base}{path}"), format!("{base}{PICTURE}"));
        let properties = [
            ("og:site_name", SITE),
            ("og:type", kind),
            ("og:locale", "en_GB"),
            ("og:title", title),
            ("og:description", &self.description),
            ("og:url", &address),
            ("og:image", &picture),
            ("og:image:width", "1200"),
            ("og:image:height", "630"),
            ("og:image:alt", PICTURE_ALT),
        ];
        let mut elements = format!("<link rel=\"canonical\" href=\"{}\">", escape(&address));
        for (property, content) in properties {
            let _ = write!(elements, "<meta property=\"{property}\" content=\"{}\">", escape(content));
        }
        elements.push_str("<meta name=\"twitter:card\" content=\"summary_large_image\">");
        self.elements.push_str(&elements);
        self
    }

    /// Tells readers of feeds where the changes of a page are.
    pub fn feed(mut self, address: &str, title: &str) -> Self {
        let _ = write!(
            self.elements,
            "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"{}\" title=\"{}\">",
            escape(address),
            escape(title)
        );
        self
    }

    /// Asks search engines not to list the page, which shows what others list.
    pub fn unlisted(mut self) -> Self {
        self.elements.push_str("<meta name=\"robots\" content=\"noindex, follow\">");
        self
    }

    /// Adds metadata for a record's page at `path` below `base`, including its linked data and the oEmbed address.
    pub fn of_record(self, base: &str, path: &str, data: &LinkedData) -> Self {
        let mut head = self.at(base, path, "article");
        let page = form_urlencoded::byte_serialize(format!("{base}{path}").as_bytes()).collect::<String>();
        let _ = write!(
            head.elements,
            "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"{0}&amp;format=json\" title=\"{1}\">\
             <link rel=\"alternate\" type=\"text/xml+oembed\" href=\"{0}&amp;format=xml\" title=\"{1}\">",
            escape(&format!("{base}/oembed?url={page}")),
            escape(&head.title)
        );
        head.data(data)
    }

    /// Adds linked data. They stand after the view, which is to be seen first.
    pub fn data(mut self, data: &LinkedData) -> Self {
        let data = serde_json::to_string(data).unwrap_or_default();
        let _ = write!(self.foot, "<script type=\"application/ld+json\">{}</script>", as_data_block(&data));
        self
    }
}

/// JSON that cannot end its script element early. Inside a script, only `<` can begin an end tag or a comment (HTML,
/// section 4.12.1.3). In JSON, `<` occurs only in texts, where it can be escaped.
fn as_data_block(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_data_block_cannot_be_ended_by_what_it_says() {
        let data = json!({ "name": "</script><script>alert(1)</script><!-- <script" });
        let block = as_data_block(&data.to_string());
        assert!(!block.contains('<'), "{block}");
        assert_eq!(serde_json::from_str::<Value>(&block).ok(), Some(data));
    }
}
