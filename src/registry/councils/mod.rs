//! Councils: local authorities as legal bodies, and their membership of the network.
//!
//! Prospects are known to network officers only: no query of anyone else finds them.

pub mod model;
pub mod query;
pub mod store;
