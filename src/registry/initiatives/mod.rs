//! Initiatives: co-operative practice, with its outcomes, costs, sources and partners.
//!
//! A record and its children are written and read together. Every query checks what the caller can see. The database
//! maintains the effective visibility: the narrowest of the record's own, its parent's and its publication status.

pub mod answer;
mod child_rows;
pub mod children;
pub mod earlier;
pub mod evidence;
pub mod freshness;
pub mod lead;
pub mod model;
mod names;
pub mod query;
pub mod relatives;
pub mod resolve;
mod rows;
pub mod shown;
pub mod status;
pub mod store;
pub mod write;
