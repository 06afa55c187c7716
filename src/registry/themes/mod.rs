//! Themes: areas of practice, as SKOS-like concepts in at most three levels. Kept by network officers.

pub mod model;
pub mod store;
