//! The CCIN registry: the public record of initiatives by UK co-operative councils, as a REST/JSON service.
//!
//! # Layers
//!
//! Each module is a layer. It imports only from itself and from the layers below it. A test checks this (`tests/api/layering`).
//!
//! - [`app`]: the program: command line, startup, the server, signals, imports, the sample.
//! - [`api`]: the handlers, one file per resource; [`api::routes`] lists every operation.
//! - [`formats`]: other formats of the data: exports, OGC API, maps, citations, feeds, embeds, pages.
//! - [`read_model`]: the records in memory, which answer every read; filters, order, facets, search.
//! - [`webhooks`]: programs of others that hear of public changes.
//! - [`letters`]: letters to people: which event writes which, and how they are sent.
//! - [`accounts`]: users, sign-in, tokens of other issuers, API keys and requests for them. [`audit`]: the audit trail.
//! - [`registry`]: the records and their rules: councils, initiatives, themes, boundaries, changes.
//! - [`openapi`]: the OpenAPI document: the routes collect its parts, and this module completes it.
//! - [`http`]: shared by all operations: bodies, queries, pages of lists, responses, limits, idempotency.
//! - [`access`]: permissions: role, scope, visibility, reach, and the extractors for handlers' signatures.
//! - [`db`], [`geography`]: connections, migrations and locks; points, boxes and boundaries.
//! - [`error`], [`text`], [`config`]: problem documents; validated texts and slugs; settings.
//!
//! # Path of a request
//!
//! 1. The socket, then [`api::middleware`]: request id, HEAD, problem documents.
//! 2. [`http::limits`]: request size and concurrency.
//! 3. [`accounts::identify`]: identifies the caller.
//! 4. [`http::limits::rate`]: the caller's quota.
//! 5. Extractors: [`access::extractors`] check permissions, [`http::input`] validates the input.
//! 6. The handler (`api/*.rs`). It reads from [`read_model`], or writes to PostgreSQL with a `store.rs`.
//! 7. The response, by [`http::response`] or [`http::page`].

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
pub mod letters;
pub mod openapi;
pub mod read_model;
pub mod registry;
pub mod text;
pub mod webhooks;
