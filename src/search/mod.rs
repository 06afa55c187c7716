//! Search: which records have the words (`q`), which of them come first, what else may have been meant.
//!
//! What is searched stands in tables of its own, kept by the database at every commit (migration 000010). [`rank`] orders
//! hits, [`meant`] finds what a misspelt search was meant to be, [`marks`] shows the words in their place.

pub mod handlers;
pub mod marks;
pub mod meant;
pub mod model;
pub mod rank;
pub mod store;
pub mod suggest;
