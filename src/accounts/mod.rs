//! Users and their credentials: sign-in, tokens of other issuers, API keys and requests for them, one-time links in letters.

pub mod api_keys;
pub mod due_links;
pub mod identify;
pub mod issuers;
pub mod key_requests;
pub mod sign_in;
pub mod users;
