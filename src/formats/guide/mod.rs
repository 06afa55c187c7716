//! The guide: the Markdown pages of `docs/` as a small site at `/docs/guide/`, with search.
//!
//! [`contents`] lists the pages in reading order and embeds them. [`render`] turns Markdown into HTML and rewrites
//! links between pages. [`layout`] puts the navigation around a page. [`search`] builds the index that `guide.js`
//! searches in the browser. [`site`] creates all of it once, at the first request. [`crate::api::guide`] serves it.
//!
//! Readers also see these files on a code forge. So links between pages are relative and end in `.md` in the source.

pub mod contents;
pub mod layout;
pub mod page;
pub mod render;
pub mod search;
pub mod site;
