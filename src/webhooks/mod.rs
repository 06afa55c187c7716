//! Webhooks: programs of others hear at once of what changes in public, and then ask for the record.
//!
//! Messages are thin: what happened to which record. They are made of the audit trail, which has every act, and of the
//! change feed, which knows whom an act was visible to. Each is signed by the rules of Standard Webhooks, and delivered
//! at least once.

pub mod deliveries;
pub mod events;
pub mod model;
pub mod sender;
pub mod signature;
pub mod store;
pub mod target;
