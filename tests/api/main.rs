//! The integration tests: one binary, every test in parallel, each with a database and a server of its own.

mod support;

mod addresses;
mod bad_bodies;
mod bad_initiatives;
mod bad_input;
mod concurrency;
mod councils;
mod filters;
mod http;
mod initiatives;
mod meanwhile;
mod sample;
mod sample_figures;
mod themes;
mod vocabularies;
