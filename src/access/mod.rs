//! Access rights: roles, scopes and visibility, and the extractors that put them in a handler's signature.

pub mod account;
pub mod extractors;
pub mod keys;
pub mod reach;
pub mod role;
pub mod scope;
pub mod visibility;
