//! A page of the guide, and its address.

use super::contents::INDEX;
use super::render::RenderedPage;

/// A page of the guide.
pub struct Page {
    /// Path below `docs/`, without `.md`.
    pub path: &'static str,
    /// Its content.
    pub rendered: RenderedPage,
}

impl Page {
    /// Address below `/docs/guide/`; empty for the first page.
    pub fn address(&self) -> &'static str {
        if self.path == INDEX { "" } else { self.path }
    }
}
