//! The integration tests: one binary, every test in parallel, each with a database and a server of its own.

mod support;

mod addresses;
mod audit;
mod auth;
mod bad_bodies;
mod bad_initiatives;
mod bad_input;
mod cli;
mod concurrency;
mod councils;
mod drafts;
mod filters;
mod http;
mod initiatives;
mod last_admin;
mod layering;
mod meanwhile;
mod migrations;
mod openapi;
mod permissions;
mod private_postgres;
mod sample;
mod sample_figures;
mod store_away;
mod themes;
mod tokens;
mod users;
mod visibility;
mod vocabularies;
