//! Themes: areas of practice, modelled on SKOS concepts, in at most three levels. Network officers maintain them.

pub mod model;
pub mod store;
