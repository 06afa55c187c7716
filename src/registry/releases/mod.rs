//! Releases: frozen copies of the whole public registry, for people who cite it.
//!
//! `model.rs` has the answers and the calendar, `store.rs` the rows and the parts of the files. `formats/releases` writes
//! the files.

pub mod model;
pub mod store;
