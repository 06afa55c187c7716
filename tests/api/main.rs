//! The integration tests: one binary, every test in parallel, each with a database and a server of its own.

mod support;

mod auth;
mod cli;
mod drafts;
mod http;
mod last_admin;
mod layering;
mod migrations;
mod openapi;
mod permissions;
mod private_postgres;
mod store_away;
mod tokens;
mod users;
mod visibility;
