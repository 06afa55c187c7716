//! The registry as points: compact GeoJSON (RFC 7946) of the records that match the lists' filters, clustered for a
//! zoom on request, and counts by region and nation.
//!
//! An initiative is at its own point or else at that of its lead council, and says which. Initiatives led by the
//! network have no location: they count in `total`, not in `located`. Points in one [`cluster`] cell become one
//! feature, so the counts of all features add up to `located` at every zoom.

pub mod cluster;
pub mod model;
pub mod points;
