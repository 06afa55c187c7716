//! Organisations other than councils: who leads, pays, evaluates or takes part, and affiliates of the network. Network
//! officers maintain them. A person is never an organisation.
//!
//! Records that name an organisation keep the name that it had then, beside the reference to its record.

pub mod merge;
pub mod model;
pub mod proposals;
pub mod query;
pub mod store;
mod taken;
