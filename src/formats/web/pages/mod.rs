//! The views of the page as HTML, for readers without scripts, search engines and link previews, and for a first paint
//! before any script is there.
//!
//! Each view has the elements, classes and words of its counterpart in `web/src/views`, whose script takes the view
//! over once it has the same data. A test in the browser compares their words. What needs a script is left out: the
//! map, the buttons that copy, suggestions.
//!
//! maud escapes every text. Only Markdown that the service rendered and sanitised goes in as HTML.

pub mod card;
pub mod claims;
pub mod compare;
pub mod council;
pub mod councils;
pub mod facets;
pub mod list;
pub mod organisation;
pub mod parts;
pub mod plain;
pub mod plots;
pub mod record;
pub mod still_true;
pub mod summary;
pub mod theme;
