//! The CCIN registry: the public record of what UK co-operative councils do, as a REST/JSON service.
//!
//! # The life of a request
//!
//! socket → [`middleware`] (request id, HEAD, problem documents) → [`limits`] (how large, how many at a time) →
//! [`auth::identify`] (who is calling) → [`limits::rate`] (how often) → extractors ([`auth::caller`]: who may;
//! [`input`]: what) → handler (`*/handlers.rs`) → the snapshot in memory ([`read_model`]), or to write the store
//! (`*/store.rs`) and PostgreSQL → back through [`reply`] or [`page`].
//!
//! # Where things are
//!
//! - [`routes`]: the table of contents, every operation by its address.
//! - [`councils`], [`themes`], [`initiatives`], [`vocabularies`], [`users`]: a resource each, with `model` (what is sent and
//!   answered, and its rules), `handlers` (one function an operation) and `store` (queries; no HTTP).
//! - [`read_model`]: the records in memory, from which every read is answered; how it follows the database.
//! - [`boundaries`]: of councils, and which of them cover a point. [`import`]: boundaries and councils from files.
//! - [`search`], [`facets`]: what has these words, best first; how many there are of each kind.
//! - [`geography`]: points, boxes and circles, as parameters.
//! - [`map`], [`tiles`]: the registry as points, clustered for a zoom; the same as vector tiles.
//! - [`citation`]: records for others to cite and to show: citations, JSON-LD, Markdown, permalinks, the DCAT catalogue.
//! - [`ogc`]: the registry for geographic information systems, as OGC API – Features.
//! - [`changes`]: what changed, to replay, and as Atom feeds.
//! - [`outcomes`]: claims across initiatives. [`exports`]: whole lists as CSV, NDJSON and GeoJSON, with their codebook.
//! - [`api_keys`]: keys for programs; [`key_requests`]: researchers who ask for one.
//! - [`audit`]: who did what, as a chain of sealed events.
//! - [`auth`]: signing in, tokens, ours and those of other issuers, the extractors that say who may call.
//! - [`limits`]: how much each caller may ask. [`uploads`], [`sending`]: bodies that come and go slowly.
//! - [`input`], [`text`], [`markdown`]: bodies and query strings held against the document's own schemas.
//! - [`reply`], [`page`], [`negotiate`], [`error`], [`fault`], [`causes`], [`problems`]: answers, lists, media types, refusals.
//! - [`web`]: the page, for people. [`embeds`]: the registry on other sites, in frames and by oEmbed.
//! - [`guide`]: the pages of `docs/`, served at `/docs/guide/`.
//! - [`openapi`]: the finished document. [`db`]: pool, migrations, the private PostgreSQL.
//! - [`readiness`]: whether the database takes writes.
//! - [`transport`], [`tls`]: what browsers are told to be strict about, TLS.
//! - [`cli`], [`config`], [`issuer`], [`serve`], [`server`], [`logging`], [`first_start`], [`first_password`], [`sample`]: the program around it.

pub mod address;
pub mod api_keys;
pub mod audit;
pub mod auth;
pub mod boundaries;
pub mod causes;
pub mod changes;
pub mod citation;
pub mod cli;
pub mod config;
pub mod councils;
pub mod db;
pub mod embeds;
pub mod error;
pub mod exports;
pub mod facets;
pub mod fault;
pub mod first_password;
pub mod first_start;
pub mod geography;
pub mod guide;
pub mod health;
pub mod idempotency;
pub mod import;
pub mod initiatives;
pub mod input;
pub mod issuer;
pub mod key_requests;
pub mod limits;
pub mod logging;
pub mod map;
pub mod markdown;
pub mod middleware;
pub mod negotiate;
pub mod ogc;
pub mod openapi;
pub mod outcomes;
pub mod page;
pub mod problems;
pub mod read_model;
pub mod readiness;
pub mod refs;
pub mod reply;
pub mod routes;
pub mod sample;
pub mod screen;
pub mod search;
pub mod sending;
pub mod serve;
pub mod server;
pub mod service;
pub mod signals;
pub mod slugs;
pub mod tally;
pub mod text;
pub mod themes;
pub mod tiles;
pub mod tls;
pub mod transport;
pub mod uploads;
pub mod users;
pub mod vocabularies;
pub mod web;
pub mod withdrawal;
