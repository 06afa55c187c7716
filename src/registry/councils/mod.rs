//! Councils: local authorities as legal bodies. Each shows a summary of its membership of the network.
//!
//! Everybody sees every council, so being in the registry says nothing about membership or recruitment.

pub mod lifetime;
pub mod model;
pub mod query;
mod rules;
pub mod store;
