//! Who is calling: signing in, tokens, and the extractors by which a handler's signature says who may call it.
//!
//! A request with credentials that do not hold is a 401, never anonymous. An access token (JWT, RFC 9068) names its
//! session; the session, the user's role and council are read at each request, so that signing out, disabling a user or
//! changing a password ends a token at once. A token of a registered issuer ([`issuers`]) names a subject, which admins
//! have mapped to a user; role and council are the user's, as they stand at each request.

pub mod api_key;
pub mod caller;
pub mod handlers;
pub mod identify;
pub mod issuers;
pub mod keys;
pub mod model;
pub mod password;
pub mod scope;
pub mod store;
pub mod throttle;
pub mod token;
