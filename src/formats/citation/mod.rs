//! Records for others to cite and to show: citations, linked data (JSON-LD), Markdown, a catalogue of the whole (DCAT),
//! and permalinks that stay right when a slug changes.
//!
//! Everything is made of the answer that the caller would get as JSON, so that what a caller may not see is not in it.

pub mod bibtex;
pub mod catalog;
pub mod csl;
pub mod datacite;
pub mod extent;
pub mod form;
mod harmless;
pub mod linked;
pub mod markdown;
mod markdown_text;
pub mod model;
pub mod nested_markdown;
pub mod ris;
pub mod wording;
pub mod work;
