//! Requests for API keys. Anybody can send one, a network officer grants or refuses it, and a one-time token collects
//! the key.
//!
//! The service sends no e-mail. It writes messages to the table `outbox`, and a program of the operator sends them.

pub mod model;
pub mod store;
