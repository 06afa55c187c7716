//! Users who sign in, with their roles and councils. Network admins maintain them.

pub mod model;
pub mod store;
