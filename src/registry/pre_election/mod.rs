//! Pre-election periods: the weeks before an election in which councils take special care with publicity.

pub mod model;
pub mod store;
