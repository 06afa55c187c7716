//! Vector tiles (Mapbox Vector Tile 2.1) of what the maps have, and their description (TileJSON 3.0).
//!
//! Below the deepest zoom, points of one [`cluster`](super::map::cluster) cell are one feature with their number, as on a map
//! of that zoom. Cells lie within tiles and tiles have no margin: every record is counted on one tile of a zoom, so that the
//! counts of all tiles add up. A tile without anything is a 200 without a body: that is what a tile with no layer is, and it
//! has validators like any other.
//!
//! A layer is an operation for its tiles and one for its description, as each has its own filters; what is written into a
//! feature is said by [`encode::Tagged`]. Boundaries are areas ([`areas`]): they go on a little beyond the edge of a tile.

pub mod areas;
pub mod encode;
pub mod model;
