//! Vector tiles (Mapbox Vector Tile 2.1) of the maps, and their descriptions (TileJSON 3.0).
//!
//! Below the deepest zoom, points in one [`cluster`](super::map::cluster) cell are one feature with their number, as on
//! a map of that zoom. Cells do not cross tiles, and tiles have no margin. So every record is counted on one tile of a
//! zoom, and the counts of all tiles add up. An empty tile is a 200 without a body, which is a valid tile without
//! layers, and has validators like any other.
//!
//! Each layer has its own filters, so it has one operation for tiles and one for the description. [`encode::Tagged`]
//! defines the properties of a feature. Boundaries are areas ([`areas`]) and extend a little beyond the edge of a tile.

pub mod areas;
pub mod encode;
pub mod model;
