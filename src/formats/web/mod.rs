//! The page: a map beside a list, records, councils. Its sources are `web/`, its data come from the public API alone.
//!
//! `build.rs` lets npm build it and [`assets`] holds what came of that. [`shell`] is the one HTML document that all addresses
//! of the page share, each with a head of its own; [`crate::api::web`] answers them: what record is meant, and whether the public
//! may see it; [`preview`] is what the head says of it to others. These are pages and no operations, so they do not stand in the document.

pub mod assets;
pub mod preview;
pub mod shell;
