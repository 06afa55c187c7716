//! One-time links in letters about records that are due: with one, an editor answers without a password.
//!
//! A link is good for its recipient, council and records only, for [`DAYS`](model::DAYS) days or until a newer one
//! replaces it. It gives no more rights than the recipient has at that moment. The database has a hash of its secret.

pub mod model;
pub mod store;
pub mod token;
