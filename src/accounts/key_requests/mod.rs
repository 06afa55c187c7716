//! Researchers who ask for an API key: anybody asks, a network officer grants or refuses, the key is fetched once by a token.
//!
//! The service sends no mail. What should be sent is a row of the table `outbox`, for a program of the operator.

pub mod model;
pub mod store;
