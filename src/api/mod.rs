//! Every operation: one file of handlers for each resource, and the list of all operations in `routes`.

pub mod api_keys;
pub mod audit;
pub mod boundaries;
pub mod changes;
pub mod citation;
pub mod councils;
pub mod embeds;
pub mod exports;
pub mod facets;
pub mod guide;
pub mod initiatives;
pub mod key_requests;
pub mod map;
pub mod middleware;
pub mod ogc;
pub mod outcomes;
pub mod problems;
pub mod routes;
pub mod search;
pub mod service;
pub mod sign_in;
pub mod themes;
pub mod tiles;
pub mod users;
pub mod vocabularies;
pub mod web;
