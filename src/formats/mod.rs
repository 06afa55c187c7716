//! The registry in other formats: exports, OGC API, maps and tiles, citations, feeds, embeds, the page.

pub mod citation;
pub mod embeds;
pub mod exports;
pub mod feeds;
pub mod guide;
pub mod map;
pub mod ogc;
pub mod releases;
pub mod tiles;
pub mod web;

/// Removes the characters that XML cannot have (XML 1.0, production 2). Our texts can have two of them, U+FFFE and
/// U+FFFF.
fn legible(text: &str) -> String {
    let is_legible = |c: &char| matches!(c, '\t' | '\n' | '\r') || *c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_legible).collect()
}
