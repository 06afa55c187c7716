//! Shared by all operations: bodies and queries, pages, responses, limits.

pub mod chunked_upload;
pub mod client_address;
pub mod idempotency;
pub mod input;
pub mod limits;
pub mod list_format;
pub mod negotiate;
pub mod page;
pub mod readiness;
pub mod response;
pub mod search;
pub mod security_headers;
pub mod sending;
