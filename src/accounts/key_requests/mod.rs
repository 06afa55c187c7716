//! Requests for API keys. Anybody can send one, a network officer grants or refuses it, and a one-time token collects
//! the key.

pub mod model;
pub mod store;
