//! Outcomes across initiatives: one row a claim, with the initiative that makes it.
//!
//! A claim is part of its initiative: it is entered, changed and seen with it.

pub mod handlers;
pub mod model;
pub mod query;
