//! What is the same for every operation: bodies and queries, pages, answers, limits.

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
