//! The registry on other sites: pages for frames, and oEmbed, by which a site that is given an address finds the frame.
//!
//! `/embed.js`, the element for pages that take a script, is one of the files of the page (`web/embed`). A frame holds that
//! very element, and within it, for who has no scripts, a list of links.

pub mod frame;
pub mod model;
pub mod oembed;
