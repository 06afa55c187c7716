//! What an operator brings in by files: boundaries of councils, and councils themselves.
//!
//! A file is read whole, within a limit, and every fault in it is told at once; then it is written in one transaction, with
//! its events, or not at all.

pub mod arguments;
pub mod boundaries;
pub mod command;
pub mod councils;
pub mod file;
