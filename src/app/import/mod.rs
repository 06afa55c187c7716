//! Imports from files by operators: boundaries of councils, and councils themselves.
//!
//! Reads the whole file, within a limit, and reports every fault at once. Then writes everything in one transaction
//! with its events, or nothing.

pub mod arguments;
pub mod boundaries;
pub mod command;
pub mod councils;
pub mod file;
