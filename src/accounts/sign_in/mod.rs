//! Signing in: passwords, sessions, access and refresh tokens, and how often somebody may try.

pub mod model;
pub mod password;
pub mod store;
pub mod throttle;
pub mod token;
