//! What changed: a feed to replay, losses and all, and Atom feeds to read.
//!
//! # Why a reader who follows the cursors ends with what a fresh reading shows
//!
//! The table `changes` has a row for each record that has changed, or that shows one that has, written at the end of the
//! transaction (migration 000014). Triggers note what each statement changes, and one of them turns the notes into rows when
//! the transaction commits, a few statements for all of them. Three things hold of it:
//!
//! 1. Places are given out one transaction at a time, and the next one begins when the last one is seen. So whoever sees a
//!    place has seen every place before it: no slower transaction comes in behind a reader's cursor.
//! 2. A change of what a reader is shown of a record, be it the record, a name in it, or whether the reader may see it at
//!    all, has a row that this reader sees, in the transaction that made it.
//! 3. A row is dropped only when a later row of the same record is seen by everybody who saw it.
//!
//! A page reads its rows and the records that they name in one snapshot. So a record on a page may be newer than its row,
//! never older; what changes after the snapshot has a row beyond every place of the snapshot (1), and thus beyond the page's
//! cursor. When a reader has come to the end, take any record: its last row that the reader sees (2, 3) was on some page
//! after the reader's beginning, or the record has not changed since then. The page showed it as it was in its snapshot, and
//! it has not changed after that, or there would be a later row. It need not have been the only page that showed it: an
//! earlier one is put right by the last. The same holds of pages that a cache kept: they are pages of an earlier snapshot.
//!
//! # What it costs other writers
//!
//! From the first place that a transaction is given until its commit, no other is given one. So it does as little as possible
//! between: what it compares and adds is in proportion to the records that changed, some ten microseconds each.
//!
//! # Why it tells nobody of what they may not see
//!
//! A row is in a reader's query only if the reader saw the record before that change or sees it after, and cursors name
//! places of such rows only, sealed. So nothing that anybody is answered changes with what is hidden from them. States that a
//! record had only within a transaction do not count.
//!
//! A row of the resource `boundary` is for followers, which keep boundaries in memory: neither the feed nor Atom shows it.

pub mod cursor;
pub mod model;
pub mod store;
