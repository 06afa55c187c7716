//! Facets: how many initiatives there are of each theme, council, year …, for the filters of a list.
//!
//! Each facet leaves out its own filter, so that it says what choosing another value would bring: the count of a value is the
//! `total` of the list with that value chosen. What is counted stands in tables of its own, kept by the database at every
//! commit (migration 000010): see [`count`].

pub mod count;
pub mod handlers;
pub mod model;
pub mod store;
