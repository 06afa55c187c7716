//! Exports: a whole list as CSV, newline-delimited JSON or GeoJSON, and the codebook of all of them.
//!
//! An export is one statement, and so one snapshot: what changes while it runs does not show in it. From one list of columns
//! (`tables`) come the statement, the head of the CSV and its Table Schema (`datapackage`).
//!
//! - `format` has the formats and how a row looks in each; `columns` says what a column is; `query` makes the statement.
//! - `stream` moves rows from PostgreSQL to the caller in constant memory: a task reads them on a connection of its own and
//!   hands chunks over to the answer; where the caller is slow the task waits, and after it PostgreSQL does. A caller who
//!   takes nothing, or goes away, ends the statement. When something goes wrong halfway the answer breaks off: it never ends
//!   as if it were whole.

pub mod answer;
pub mod columns;
pub mod datapackage;
pub mod format;
pub mod handlers;
pub mod query;
pub mod stream;
pub mod tables;
