//! Boundaries of councils: an operator imports them (`import::boundaries`), and a council's GSS code finds them.
//!
//! A boundary is stored as imported, and simplified for some zoom levels of a web map. A county without its own
//! boundary has the union of its districts, if the registry has all of them. A boundary is only ever part of its
//! council, so a caller sees it only with a council that the caller can see.
//!
//! Design: no PostGIS, because not every PostgreSQL has it. There are about four hundred boundaries. A bounding box
//! leaves a handful that may contain a point; this code tests those.

pub mod model;
pub mod shape;
pub mod store;
