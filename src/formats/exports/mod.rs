//! Exports: a whole list as CSV, Excel workbook, newline-delimited JSON or GeoJSON, and a codebook for all of them.
//!
//! An export reads one snapshot, so that changes during the export do not show. One list of columns (`tables`) gives
//! the cells, the CSV header and the Table Schema (`datapackage`).
//!
//! - `encoder` encodes rows in each format, with `workbook` for Excel; `columns` describes columns; `rows` turns records
//!   into rows; `words` explains the words of enums.
//! - `stream` passes chunks to the answer in constant memory. If something fails halfway, the answer breaks off: it
//!   never ends as if it were complete.

pub mod answer;
pub mod columns;
pub mod datapackage;
pub mod encoder;
pub mod parts;
pub mod query;
pub mod rows;
pub mod stream;
pub mod tables;
pub mod words;
pub mod workbook;
