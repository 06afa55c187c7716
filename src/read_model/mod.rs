//! The read model: every record in memory, as PostgreSQL has it, so that a read asks no database.
//!
//! ```text
//! write ── transaction ── PostgreSQL ── changes, in the order of commits ──┐
//!                                                                          v
//! request ── who may see what ── query ── Snapshot (immutable, shared) <── Follower
//! ```
//!
//! - [`snapshot`]: the records at one position of the change feed. [`entry`], [`json`]: one record with its columns and its
//!   JSON. [`catalogue`]: councils, themes, vocabularies. [`boundaries`]: areas. [`recent`]: what changed last.
//! - [`facet_index`]: sets of initiatives by what they share; filters are intersections, counts are cardinalities.
//! - [`references`], [`initiative_filter`], [`initiatives`], [`council_list`], [`theme_list`], [`outcome_list`],
//!   [`facet_counts`], [`search`]: the queries. Each takes the caller's reach and begins with what that reach sees.
//! - [`text`]: the full-text index, which knows nothing of records; [`documents`]: records as its documents.
//! - [`load`]: from the database to a snapshot. [`follower`]: keeps it up to date. [`extractor`]: one snapshot a request.
//! - [`middleware`]: writes are seen by the next read. [`ready_answers`]: what was asked before.

pub mod best_hits;
pub mod boundaries;
pub mod boundary_members;
pub mod catalogue;
pub mod columns;
pub mod council_list;
pub mod documents;
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
pub mod middleware;
pub mod nested;
pub mod outcome_list;
pub mod outcomes;
pub mod paging;
pub mod ready_answers;
pub mod recent;
pub mod recent_changes;
pub mod references;
pub mod search;
pub mod search_indexes;
pub mod shown;
pub mod snapshot;
pub mod text;
pub mod theme_list;
pub mod unanswered;
