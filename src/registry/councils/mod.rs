//! Councils: local authorities as legal bodies, and their membership of the network.
//!
//! Only network officers can see prospects. Queries for all other callers leave prospects out.

pub mod lifetime;
pub mod model;
pub mod query;
mod rules;
pub mod store;
