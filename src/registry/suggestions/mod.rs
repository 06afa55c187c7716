//! Suggestions: changes of an initiative that somebody proposes to the council that looks after it.

pub mod model;
pub mod operations;
pub mod store;
pub mod take_over;
