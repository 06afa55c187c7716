//! The registry for geographic information systems: OGC API – Features – Part 1: Core (OGC 17-069r4, 1.0.1), with its
//! classes Core, GeoJSON and OpenAPI 3.0, below `/ogc`.
//!
//! A collection is data ([`collections`]). Pages, extents and links ([`features`], [`answer`]) are the same for all
//! collections. To add a collection, add a function in [`features`] and two operations with their answers.
//!
//! Features are records with a place. Records without a location, such as initiatives that no council leads, are only
//! in the lists below `/v1`. The standard would put them in every `bbox` (requirement `/req/core/fc-bbox-response`), and
//! no map could show them.
//!
//! Properties are flat, and none is a moment. GDAL treats every such field as the feature's time and turns a condition
//! on it into `datetime`, which selects the time when an initiative ran.

pub mod answer;
pub mod collections;
pub mod document;
pub mod features;
pub mod model;
pub mod query;
