//! Boundaries of councils: imported by an operator (`import::boundaries`), found by a council's GSS code.
//!
//! A boundary is kept as it was imported and simplified for some zooms of a web map. A county without a boundary of its own
//! has the union of its districts', where the registry knows all of them. Which councils may be seen is the councils'
//! business: a boundary is only ever shown as that of a council that the caller sees.
//!
//! Design: no PostGIS, which not every PostgreSQL has. There are some four hundred boundaries; a box leaves a handful in
//! which a point may lie, and whether it does is worked out here.

pub mod model;
pub mod shape;
pub mod store;
