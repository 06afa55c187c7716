//! Changes: a feed for keeping a copy in sync, deletions included, and Atom feeds for people.
//!
//! # Why a copy that follows the cursors matches a fresh read
//!
//! The table `changes` has a row for each record that changed, or that contains data of a record that changed. The rows
//! are written at the end of the transaction (migration 000014). Triggers note what each statement changes. At commit,
//! one trigger turns all notes into rows with a few statements. Three rules hold:
//!
//! 1. One transaction at a time is given positions, and the next one starts when those are visible. So a reader who
//!    sees a position has seen every position before it. No slower transaction adds a row behind a reader's cursor.
//! 2. A change of anything that a reader sees of a record has a row that this reader sees, in the same transaction.
//!    This includes names in the record, and whether the reader can see the record at all.
//! 3. A row is dropped only when everybody who saw it also sees a later row of the same record.
//!
//! A page reads its rows and their records in one snapshot. So a record on a page can be newer than its row, never
//! older. Later changes get positions after every position in the snapshot (1), and so after the page's cursor. Take
//! any record when a reader has reached the end. Either it has not changed since the reader started, or its last row
//! that the reader sees (2, 3) was on a page. That page showed the record as in its snapshot. It has not changed since,
//! or there would be a later row. Earlier pages may have shown older versions; the last one corrects them. Cached pages
//! follow the same rules: they are pages of an earlier snapshot.
//!
//! # Cost for other writers
//!
//! A transaction that has been given a position blocks all others from positions until it commits. So it does little in
//! that time: its work is proportional to the records that changed, about ten microseconds each.
//!
//! # Why the feed does not reveal hidden records
//!
//! A row is in a reader's query only if the reader could see the record before or after that change. Cursors name the
//! positions of such rows only, and are sealed. So hidden changes do not affect any response. States that a record had
//! only within one transaction do not count.
//!
//! Rows of the resource `boundary` are for followers, which hold boundaries in memory. The feed and Atom leave them
//! out.

pub mod cursor;
pub mod model;
pub mod store;
