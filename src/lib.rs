//! The CCIN registry: the public record of what UK co-operative councils do, as a REST/JSON service.
//!
//! # The rooms
//!
//! Each room imports only from itself and from the rooms below it. A test holds this (`tests/api/layering`).
//!
//! - [`app`]: the program: command line, settings of a start, the server, signals, imports, the sample.
//! - [`api`]: one file a resource with its handlers; [`api::routes`] lists every operation.
//! - [`formats`]: the registry in other people's forms: exports, OGC API, maps, citations, feeds, embeds, pages.
//! - [`read_model`]: the records in memory, from which every read is answered; filters, order, facets, search.
//! - [`accounts`]: users, sign-in, tokens of other issuers, API keys and requests for them. [`audit`]: who did what.
//! - [`registry`]: what is recorded, with its rules: councils, initiatives, themes, boundaries, changes.
//! - [`openapi`]: the document: finished here, collected by the routes.
//! - [`http`]: what all operations share: bodies, queries, pages of lists, answers, limits, idempotency.
//! - [`access`]: who may see and do what: role, scope, visibility, reach, and the extractors for signatures.
//! - [`db`], [`geography`], [`error`], [`text`], [`config`]: connections and migrations, places, refusals, texts, settings.
//!
//! # The life of a request
//!
//! socket → [`api::middleware`] (request id, HEAD, problem documents) → [`http::limits`] (size, concurrency) →
//! [`accounts::identify`] (who is calling) → [`http::limits::rate`] (quota) → extractors ([`access::extractors`]: who may
//! call; [`http::input`]: what was sent) → handler (`api/*.rs`) → [`read_model`] for a read, or a `store.rs` and PostgreSQL
//! for a write → [`http::response`] or [`http::page`].

pub mod access;
pub mod accounts;
pub mod api;
pub mod app;
pub mod audit;
pub mod config;
pub mod db;
pub mod error;
pub mod formats;
pub mod geography;
pub mod http;
pub mod openapi;
pub mod read_model;
pub mod registry;
pub mod text;
