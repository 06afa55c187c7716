//! The integration tests: one binary, every test in parallel, each with a database and a server of its own.

mod support;

mod cli;
mod http;
mod layering;
mod migrations;
mod openapi;
mod private_postgres;
mod store_away;
