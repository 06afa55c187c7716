//! Recruitment: councils and organisations that may join the network. For network officers only.
//!
//! It stays in a table of its own. No other record, list, count, feed or error depends on it, so nobody else can tell
//! whether somebody is in it.

pub mod model;
pub mod store;
