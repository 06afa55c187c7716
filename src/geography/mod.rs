//! Points, boxes and circles on Earth, as query strings give them.
//!
//! All coordinates are degrees of WGS 84. Each kind of text has its usual order: a point, as people write it, is
//! `latitude,longitude`; a box is `west,south,east,north` (RFC 7946, section 5; OGC API – Features, section 7.15.3).
//! The error for swapped coordinates suggests the right order. Distances are great-circle kilometres on a sphere,
//! accurate to half a percent.
//!
//! The points of records are in the snapshot in memory ([`crate::read_model`]). PostgreSQL does no geography.

pub mod area;
pub mod bounding_box;
pub mod notation;
pub mod point;

pub use area::{Area, Near};
pub use bounding_box::BoundingBox;
pub use point::Point;
