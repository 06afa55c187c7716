//! The read model: a copy of every record in memory, so that reads do not query the database.
//!
//! ```text
//! write ── transaction ── PostgreSQL ── changes, in the order of commits ──┐
//!                                                                          v
//! request ── visibility ── query ── Snapshot (immutable, shared) <──────── Follower
//! ```
//!
//! - [`snapshot`]: the records at one position of the change feed. [`entry`], [`json`]: one record with its columns and
//!   its JSON. [`catalogue`]: councils, themes, organisations, vocabularies. [`council_changes`]: which council follows
//!   which. [`boundaries`]: areas. [`memberships`]: who is a member of the network. [`recent`]: the latest changes.
//! - [`facet_index`]: sets of initiatives by property. Filters are intersections, and counts are cardinalities.
//! - [`references`], [`initiative_filter`], [`initiatives`], [`council_list`], [`council_change_list`], [`theme_list`],
//!   [`membership_list`], [`organisation_list`], [`outcome_list`], [`facet_counts`], [`search`]: the queries. Each takes
//!   the caller's reach and starts from the records visible to it.
//! - [`text`]: the full-text index, which knows nothing of records. [`documents`]: records as its documents.
//! - [`load`], [`load_reference`]: read a snapshot from the database. [`follower`]: updates it. [`extractor`]: one
//!   snapshot per request.
//! - [`middleware`]: read-your-writes. [`response_cache`]: cached responses. [`record_view`]: a record in a response.

pub mod best_hits;
pub mod boundaries;
pub mod boundary_members;
pub mod catalogue;
pub mod columns;
pub mod council_change_list;
pub mod council_changes;
pub mod council_list;
pub mod documents;
pub mod due_list;
pub mod entry;
pub mod extractor;
pub mod facet_counts;
pub mod facet_index;
pub mod facets;
pub mod follower;
pub mod hits;
pub mod indexing;
pub mod initiative_filter;
pub mod initiatives;
pub mod json;
pub mod load;
pub mod load_reference;
pub mod membership_list;
pub mod memberships;
pub mod middleware;
pub mod nested;
pub mod organisation_list;
pub mod outcome_list;
pub mod outcome_summary;
pub mod outcomes;
pub mod paging;
pub mod pre_election_list;
pub mod proposals;
pub mod recent;
pub mod recent_changes;
pub mod record_view;
pub mod references;
pub mod response_cache;
pub mod search;
pub mod search_indexes;
pub mod snapshot;
pub mod text;
pub mod theme_list;
pub mod unanswered;
