//! Exports: a whole list as CSV, newline-delimited JSON or GeoJSON, and the codebook of all of them.
//!
//! An export is a walk over one snapshot: what changes while it runs does not show in it. From one list of columns (`tables`)
//! come the cells, the head of the CSV and its Table Schema (`datapackage`).
//!
//! - `format` has the formats and how a row looks in each; `columns` says what a column is; `rows` turns records into rows.
//! - `stream` hands pieces over to the answer in constant memory. When something goes wrong halfway the answer breaks off: it
//!   never ends as if it were whole.

pub mod answer;
pub mod columns;
pub mod datapackage;
pub mod encoder;
pub mod rows;
pub mod stream;
pub mod tables;
