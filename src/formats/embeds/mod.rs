//! The registry on other sites: pages for frames, and oEmbed, which gives a site the frame for an address.
//!
//! `/embed.js`, the element for pages that can add a script, is a file of the page (`web/embed`). A frame contains the
//! same element, with a list of links inside for readers without scripts.

pub mod frame;
pub mod model;
pub mod oembed;
