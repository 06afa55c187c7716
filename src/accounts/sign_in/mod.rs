//! Sign-in: passwords, sessions, access and refresh tokens, and the limit on attempts.

pub mod model;
pub mod password;
pub mod store;
pub mod throttle;
pub mod token;
