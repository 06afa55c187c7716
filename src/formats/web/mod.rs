//! The page: a map beside a list, records, councils. Its sources are in `web/`. All its data come from the public API.
//!
//! `build.rs` builds it with npm, and [`assets`] embeds the result. [`shell`] is the one HTML document for all
//! addresses of the page, each with its own head. [`crate::api::web`] serves them: it finds the record, and checks that
//! it is public. [`preview`] adds metadata for other sites to the head. These are pages, not operations, so the OpenAPI
//! document leaves them out.

pub mod assets;
pub mod preview;
pub mod shell;
