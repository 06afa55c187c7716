//! Changes of councils: which ones became which, when, by which order. They never change what a record says of its
//! council: a record keeps the council that led it, and `lineage` finds who looks after it now.

pub mod lineage;
pub mod model;
pub mod store;
