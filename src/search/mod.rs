//! Search: what is asked and answered. The index and the ranking are [`crate::read_model::search`].

pub mod handlers;
pub mod model;
pub mod unanswered;
