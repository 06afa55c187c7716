//! The registry for geographic information systems: OGC API – Features – Part 1: Core (OGC 17-069r4, 1.0.1), with its classes
//! Core, GeoJSON and OpenAPI 3.0, below `/ogc`.
//!
//! A collection is data ([`collections`]): where its features are read, which SQL makes their geometry, their period and their
//! properties. Statements, pages, extents and links ([`features`], [`answer`]) are the same for all of them. A further collection is a
//! function there and two operations with what they answer.
//!
//! Features are records with a place. What is nowhere on the map, such as an initiative that the network itself leads, is in the lists
//! below `/v1` only: the standard would have every `bbox` bring it (requirement `/req/core/fc-bbox-response`), and no map could
//! show it.
//!
//! Properties are flat, and none is a moment: GDAL takes every field of that kind for the time of the feature and turns a
//! condition on it into `datetime`, which asks when an initiative ran.

pub mod answer;
pub mod collections;
pub mod document;
pub mod features;
pub mod model;
pub mod query;
