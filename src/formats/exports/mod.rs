//! Exports: a whole list as CSV, newline-delimited JSON or GeoJSON, and a codebook for all of them.
//!
//! An export reads one snapshot, so that changes during the export do not show. One list of columns (`tables`) gives
//! the cells, the CSV header and the Table Schema (`datapackage`).
//!
//! - `format` has the formats and encodes rows in each; `columns` describes columns; `rows` turns records into rows.
//! - `stream` passes chunks to the answer in constant memory. If something fails halfway, the answer breaks off: it
//!   never ends as if it were complete.

pub mod answer;
pub mod columns;
pub mod datapackage;
pub mod encoder;
pub mod rows;
pub mod stream;
pub mod tables;
