//! API keys: for researchers, for member councils' sites and for programs that keep a council's records.
//!
//! A key acts in its owner's name, never beyond the owner's rights, and only for its scopes. Its secret is shown once.

pub mod key;
pub mod model;
pub mod store;
pub mod usage;
