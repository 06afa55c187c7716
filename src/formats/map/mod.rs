//! The registry as points: thin GeoJSON (RFC 7946) of everything that the lists' filters leave, clustered for a zoom where it
//! is asked for, and counts by region and nation.
//!
//! An initiative is at its own point or, for want of one, at its lead council's, and says which. What the network itself
//! leads is nowhere: it counts in `total`, not in `located`. Points of one [`cluster`] cell become one feature, so that the
//! counts of all features add up to `located` at every zoom.

pub mod cluster;
pub mod model;
pub mod points;
