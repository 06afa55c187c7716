//! Where on Earth: points, boxes, circles, as query strings have them, and as conditions of a query.
//!
//! All coordinates are degrees of WGS 84. Texts have two orders, each the usual one of its kind: a point that people write is
//! `latitude,longitude`, a box is `west,south,east,north` (RFC 7946, section 5; OGC API – Features, section 7.15.3). Who mixes
//! them up is told so. Distances are great-circle kilometres on a sphere: within half a percent of the truth.
//!
//! The database is plain PostgreSQL: an index over points finds what lies in a box, the function `distance_km` (migration
//! 000012) measures.

pub mod area;
pub mod bounding_box;
pub mod notation;
pub mod point;

pub use area::{Area, Near};
pub use bounding_box::BoundingBox;
pub use point::Point;
