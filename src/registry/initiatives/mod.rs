//! Initiatives: pieces of co-operative practice with their outcomes, costs, sources and partners.
//!
//! A record and its children are written and read as one. What a caller may see is part of every query: the effective
//! visibility (the narrowest of the record's, its parent's and its state's) is kept by the database.

pub mod answer;
mod child_rows;
pub mod children;
pub mod evidence;
pub mod model;
mod names;
pub mod query;
pub mod resolve;
pub mod store;
pub mod write;
