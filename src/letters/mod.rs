//! Letters to people: what they are about, the table that they wait in, and how they are sent.
//!
//! A letter is a row that is written in the same transaction as what it tells of, so there is none about what did not
//! happen, and none is forgotten. The sender delivers each at least once.

pub mod due;
pub mod events;
mod keepers;
pub mod mailer;
pub mod model;
pub mod sender;
pub mod store;
pub mod suggestions;
pub mod text;
pub mod webhooks;
