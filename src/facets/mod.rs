//! Facets: how many initiatives there are of each theme, council, year …, for the filters of a list.
//!
//! Each facet leaves out its own filter, so that it says what choosing another value would bring: the count of a value is the
//! `total` of the list with that value chosen. The counting is [`crate::read_model::facet_counts`].

pub mod handlers;
pub mod model;
