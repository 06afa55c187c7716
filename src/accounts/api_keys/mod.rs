//! API keys for researchers, for websites of member councils and for programs that maintain a council's records.
//!
//! A key acts for its owner, within the owner's rights and its own scopes. Its secret is shown once.

pub mod key;
pub mod model;
pub mod store;
pub mod usage;
