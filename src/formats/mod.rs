//! The registry in other formats: exports, OGC API, maps and tiles, citations, feeds, embeds, the page.

pub mod citation;
pub mod embeds;
pub mod exports;
pub mod feeds;
pub mod guide;
pub mod map;
pub mod ogc;
pub mod tiles;
pub mod web;
