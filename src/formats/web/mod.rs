//! The page: a map beside a list, records, councils, themes. Its sources are in `web/`. All its data come from the
//! public API.
//!
//! `build.rs` builds it with npm, and [`assets`] embeds the result. [`shell`] is the one HTML document for all
//! addresses of the page. [`pages`] writes each view into it, so that it can be read without scripts; [`words`] and
//! [`figures`] say what values are called, [`asked`] reads the address of the list. The page's own script then takes the
//! view over. [`crate::api::web`] serves them: it finds the record, and checks that it is public. [`preview`] adds
//! metadata for other sites to the head, [`errors`] shows errors, [`sitemap`] lists the pages for search engines. These are pages, not
//! operations, so the OpenAPI document leaves them out.

pub mod asked;
pub mod assets;
pub mod errors;
pub mod figures;
pub mod pages;
pub mod preview;
pub mod shell;
pub mod sitemap;
pub mod words;
