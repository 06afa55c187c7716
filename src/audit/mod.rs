//! Who did what: every write, and every reading of a members-only contact, leaves an event in its own transaction.
//!
//! A handler takes a [`trail::Trail`] and, last thing in its transaction, says `trail.record(conn, actor, action, subject)`;
//! the command line calls [`store::record`]. What is rolled back leaves neither an event nor a gap. The end of the chain
//! is one row, locked until the transaction ends: whoever holds it waits for no other lock any more, so that writers wait
//! for each other here and never in a circle.
//!
//! An event names who (user, session, key, address), what (action, record, versions), when and by which request; never a
//! body, an e-mail address, a password or a token. Failed sign-ins leave none: nobody is known then, and strangers could
//! fill the trail at will. The log has them, and the throttle bounds them.
//!
//! # What holds it together
//!
//! Each event has the SHA-256 of all its columns, the hash of the event before among them, and a seal: an HMAC of that hash
//! under a key made of the signing key. Hashes alone would not do: whoever writes to the database could work them all out
//! anew. The end of the chain is sealed too, for another purpose, so that an event's own seal is no end.
//!
//! With the database but without the key, an attacker can
//!
//! - change, move, insert or remove events: [`verify`] finds which;
//! - cut events off at the end: found, as the sealed end names more; and when the service has gone on meanwhile, the event
//!   that it added still shows which end it found (`head_digest`);
//! - put back an older state of the whole trail, end included, or empty it. Within the database nothing can tell. So
//!   `audit verify` prints the end of the chain: note it elsewhere, and give it to the next run as `--anchor`. Whatever page
//!   of `GET /v1/audit` a network admin has kept serves as well.
//!
//! Whoever has the key as well is the service: events written from then on say what the attacker likes.

pub mod chain;
pub mod command;
pub mod model;
pub mod store;
pub mod subject;
pub mod trail;
pub mod verify;
