//! Records for other people to cite and show: citations, linked data (JSON-LD), Markdown, a catalogue (DCAT), and
//! permalinks that survive a change of slug.
//!
//! All of them start from the JSON answer for the caller, so they show nothing that the caller may not see.

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
pub mod release;
pub mod ris;
pub mod wording;
pub mod work;
