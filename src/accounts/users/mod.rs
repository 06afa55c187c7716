//! People who sign in, their roles and their councils. Kept by network admins.

pub mod model;
pub mod store;
