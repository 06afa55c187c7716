//! Registry records and their rules: models, and stores that write them. Nothing here depends on HTTP.

pub mod boundaries;
pub mod changes;
pub mod checks;
pub mod council_changes;
pub mod councils;
pub mod initiatives;
pub mod memberships;
pub mod organisations;
pub mod outcomes;
pub mod people;
pub mod pre_election;
pub mod recruitment;
pub mod references;
pub mod releases;
pub mod revisions;
pub mod slugs;
pub mod stewards;
pub mod suggestions;
pub mod themes;
pub mod vocabularies;
pub mod withdrawal;
