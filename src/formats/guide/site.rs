//! The whole guide, created once: pages, search index, and the position of each page in the reading order.

use std::sync::LazyLock;

use super::contents::SECTIONS;
use super::page::Page;
use super::render::render;
use super::{layout, search};

/// The finished guide.
pub struct Site {
    /// Addresses below `/docs/guide/`, with the HTML of each.
    pages: Vec<(&'static str, String)>,
    /// The index for search, as JSON.
    pub index: String,
    /// The page for an unknown address.
    pub missing: String,
}

/// Created at the first request, in a few milliseconds.
pub static SITE: LazyLock<Site> = LazyLock::new(Site::new);

impl Site {
    fn new() -> Self {
        let pages: Vec<Page> = SECTIONS
            .iter()
            .flat_map(|section| section.pages)
            .map(|source| Page { path: source.path, rendered: render(source.markdown) })
            .collect();
        let html = (0..pages.len()).map(|index| (pages[index].address(), layout::page(&pages, index)));
        Self { pages: html.collect(), index: search::index(&pages), missing: layout::missing(&pages) }
    }

    /// The HTML of a page.
    pub fn page(&self, address: &str) -> Option<&str> {
        self.pages.iter().find(|(known, _)| *known == address).map(|(_, html)| html.as_str())
    }
}
