//! Where on Earth: points, boxes, circles, as query strings have them.
//!
//! All coordinates are degrees of WGS 84. Texts have two orders, each the usual one of its kind: a point that people write is
//! `latitude,longitude`, a box is `west,south,east,north` (RFC 7946, section 5; OGC API – Features, section 7.15.3). Who mixes
//! them up is told so. Distances are great-circle kilometres on a sphere: within half a percent of the truth.
//!
//! The points are those of the snapshot in memory ([`crate::read_model`]); PostgreSQL knows nothing of geography.

pub mod area;
pub mod bounding_box;
pub mod notation;
pub mod point;

pub use area::{Area, Near};
pub use bounding_box::BoundingBox;
pub use point::Point;
