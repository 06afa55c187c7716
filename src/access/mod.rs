//! Who may see and do what: roles, scopes, visibility, and the extractors that say it in a signature.

pub mod account;
pub mod extractors;
pub mod keys;
pub mod reach;
pub mod role;
pub mod scope;
pub mod visibility;
