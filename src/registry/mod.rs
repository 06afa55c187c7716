//! What is recorded, with its rules: models, and stores that write. Nothing here knows HTTP.

pub mod boundaries;
pub mod changes;
pub mod councils;
pub mod initiatives;
pub mod outcomes;
pub mod references;
pub mod slugs;
pub mod themes;
pub mod vocabularies;
pub mod withdrawal;
