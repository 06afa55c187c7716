//! The integration tests: one binary, every test in parallel, each with a database and a server of its own.

mod support;

mod auth;
mod drafts;
mod http;
mod last_admin;
mod permissions;
mod tokens;
mod users;
mod visibility;
