//! Audit trail. Every write, and every access to contact details, leaves an event in the same transaction.
//!
//! A handler takes a [`trail::Trail`] and calls `trail.record(conn, actor, action, subject)` at the end of its
//! transaction. The command line calls [`store::record`]. A rollback leaves neither an event nor a gap. The end of the
//! chain is one row, locked until the transaction ends. A transaction that holds it takes no further locks, so writers
//! wait for each other here but cannot deadlock.
//!
//! An event says who (user, session, key, address), what (action, record, versions), when and by which request. It
//! never contains a body, an e-mail address, a password or a token. Failed sign-ins leave no event: the user is
//! unknown, and strangers could fill the trail. They are logged, and the throttle limits them.
//!
//! # Protection against tampering
//!
//! Each event has a SHA-256 hash of all its columns, including the hash of the event before. It also has a seal: an
//! HMAC of that hash under a key derived from the signing key. Hashes alone are not enough, because an attacker who can
//! write to the database could recompute them all. The end of the chain has a seal with its own purpose, so that an
//! event's seal cannot replace it.
//!
//! An attacker with the database but without the key can:
//!
//! - change, move, insert or remove events: [`verify`] finds them;
//! - cut events off at the end: the sealed end still names the last one. If the service has continued since, the next
//!   event shows which end it found (`head_digest`);
//! - put back an older state of the whole trail, its end included, or empty it. Nothing in the database reveals this, so
//!   `audit verify` prints the end of the chain. Note it elsewhere and give it to the next run as `--anchor`. A saved
//!   page of `GET /v1/audit` from a network admin works too.
//!
//! An attacker with the key as well can write valid events from then on.

pub mod action;
pub mod chain;
pub mod command;
pub mod model;
pub mod store;
pub mod subject;
pub mod trail;
pub mod verify;
