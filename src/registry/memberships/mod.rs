//! Memberships of the network, as dated records: who was a member, from when to when, and what says so.
//!
//! Nobody stores a status. It is computed for a day from the dates and observations ([`standing`]), so that the registry
//! never claims more than its sources. Terms such as the fee are for network officers and the member's own editors.
//! Everybody else gets a record whose version, dates and ETag the terms do not touch.

pub mod model;
pub mod query;
pub mod standing;
pub mod store;
pub mod summary;
pub mod vocabulary;
