//! Verifies the chain from its first event to its end, and reports every fault.

use std::fmt;

use data_encoding::HEXLOWER;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::chain::{EventRow, Head};
use crate::access::keys::Keys;
use crate::db::schema::{audit_events, audit_head};
use crate::error::ApiError;

/// Number of events per query.
const BATCH: i64 = 1000;
/// Maximum number of findings. Beyond that, it is clear that somebody has tampered with the trail.
const MOST: usize = 100;

/// A fault in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// These events are missing: the first and the last number.
    Missing(i64, i64),
    /// This event is not as the service wrote it.
    Altered(i64),
    /// The first event is unchanged, but the service wrote it at the second position.
    Moved(i64, i64),
    /// This event does not contain the hash of the event before it.
    Unlinked(i64),
    /// The service did not seal this event: somebody else added it.
    Forged(i64),
    /// This event was sealed with a key that was not given.
    UnknownKey(i64, String),
    /// The end of the chain was not intact when this event was written: events before it had been cut off.
    CutBefore(i64),
    /// This event is after the end of the chain.
    Beyond(i64),
    /// The end of the chain is not as the service wrote it.
    HeadAltered,
    /// The end of the chain was sealed with a key that was not given.
    HeadOfUnknownKey(String),
    /// The end of the chain is missing.
    HeadMissing,
    /// The noted event is not in the chain.
    AnchorLost(i64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(one, other) if one == other => write!(f, "event {one} is missing"),
            Self::Missing(first, last) => write!(f, "events {first} to {last} are missing"),
            Self::Altered(event) => write!(f, "event {event} was altered"),
            Self::Moved(event, from) => write!(f, "event {event} was moved: it was event {from}"),
            Self::Unlinked(event) => write!(f, "event {event} does not follow the event before it"),
            Self::Forged(event) => write!(f, "event {event} was not written by this registry"),
            Self::UnknownKey(event, key) => {
                write!(f, "event {event} was sealed with the key {key}, which was not given; add it with --former-key")
            }
            Self::CutBefore(event) => write!(f, "before event {event} the end was altered, or events were cut off"),
            Self::Beyond(event) => write!(f, "event {event} is after the end of the chain"),
            Self::HeadAltered => write!(f, "the end of the chain was altered"),
            Self::HeadOfUnknownKey(key) => {
                write!(f, "the end was sealed with the key {key}, which was not given; add it with --former-key")
            }
            Self::HeadMissing => write!(f, "the end of the chain is missing"),
            Self::AnchorLost(event) => write!(f, "event {event} is not the one that you gave as --anchor"),
        }
    }
}

/// Result of a verification.
#[derive(Debug)]
pub struct VerifyReport {
    /// Number of events that were read.
    pub events: usize,
    /// Position and hash of the last event, to note elsewhere.
    pub end: Anchor,
    /// Faults; empty if the chain is intact. About a hundred at most.
    pub findings: Vec<Finding>,
}

/// Position and hash of an event, as noted outside the database: `17:9f86…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Position of the event.
    pub sequence: i64,
    /// Hash in hexadecimal.
    pub hash: String,
}

impl std::str::FromStr for Anchor {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_once(':')
            .and_then(|(sequence, hash)| Some((sequence.parse().ok()?, hash.to_lowercase())))
            .filter(|(_, hash)| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .map(|(sequence, hash)| Self { sequence, hash })
            .ok_or_else(|| "is not NUMBER:HASH, as printed by `audit verify`".into())
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.hash)
    }
}

/// Verifies the chain, within a transaction that sees one state of it. The first of `keys` is the service's own; the
/// others are former ones.
pub async fn verify(
    conn: &mut AsyncPgConnection,
    keys: &[Keys],
    anchor: Option<&Anchor>,
) -> Result<VerifyReport, ApiError> {
    let head: Option<Head> = audit_head::table.select(Head::as_select()).first(conn).await.optional()?;
    let last: Option<i64> = audit_events::table.select(diesel::dsl::max(audit_events::sequence)).first(conn).await?;
    let mut walk = Walk { keys, longest: last.unwrap_or_default(), last: None, events: 0, findings: Vec::new() };
    let mut anchored = anchor.is_none_or(|anchor| anchor.sequence == 0);
    let came_through = 'walk: loop {
        let after = walk.last.as_ref().map_or(0, |event| event.sequence);
        let rows: Vec<EventRow> = audit_events::table
            .filter(audit_events::sequence.gt(after))
            .order(audit_events::sequence)
            .limit(BATCH)
            .select(EventRow::as_select())
            .load(conn)
            .await?;
        if rows.is_empty() {
            break true;
        }
        for event in rows {
            if walk.findings.len() >= MOST {
                break 'walk false;
            }
            anchored |= anchor.is_some_and(|anchor| {
                (anchor.sequence, &*anchor.hash) == (event.sequence, &*HEXLOWER.encode(&event.hash))
            });
            walk.step(event);
        }
    };
    if came_through {
        walk.end(head);
    }
    if let Some(anchor) = anchor.filter(|_| came_through && !anchored) {
        walk.findings.push(Finding::AnchorLost(anchor.sequence));
    }
    let end = walk.last.as_ref().map_or_else(|| anchor_of(&Head::start().hash, 0), |e| anchor_of(&e.hash, e.sequence));
    Ok(VerifyReport { events: walk.events, end, findings: walk.findings })
}

fn anchor_of(hash: &[u8], sequence: i64) -> Anchor {
    Anchor { sequence, hash: HEXLOWER.encode(hash) }
}

struct Walk<'a> {
    keys: &'a [Keys],
    longest: i64,
    last: Option<EventRow>,
    events: usize,
    findings: Vec<Finding>,
}

impl Walk<'_> {
    fn step(&mut self, event: EventRow) {
        let start = Head::start().hash;
        let (place, hash) = self.last.as_ref().map_or((0, &start), |last| (last.sequence, &last.hash));
        let here = event.sequence;
        let follows = here == place + 1 && event.previous_hash == *hash;
        if here > place + 1 {
            self.findings.push(Finding::Missing(place + 1, here - 1));
        } else if !follows {
            self.findings.push(Finding::Unlinked(here));
        }
        if event.hash_at(here) != event.hash {
            let from = (1..=self.longest + 1).find(|place| event.hash_at(*place) == event.hash);
            self.findings.push(from.map_or(Finding::Altered(here), |from| Finding::Moved(here, from)));
        }
        match self.key(&event.sealed_with) {
            None => self.findings.push(Finding::UnknownKey(here, event.sealed_with.clone())),
            Some(key) if !event.is_sealed_by(key) => self.findings.push(Finding::Forged(here)),
            Some(_) if follows && self.end_before().is_some_and(|end| end.digest() != event.head_digest) => {
                self.findings.push(Finding::CutBefore(here));
            }
            Some(_) => {}
        }
        self.last = Some(event);
        self.events += 1;
    }

    /// The end as it must have been after the last event; `None` if that event's key was not given.
    fn end_before(&self) -> Option<Head> {
        match &self.last {
            None => Some(Head::start()),
            Some(last) => self.key(&last.sealed_with).map(|key| Head::at(last, key)),
        }
    }

    fn end(&mut self, head: Option<Head>) {
        let Some(head) = head else { return self.findings.push(Finding::HeadMissing) };
        let sealed = head.sealed_with.as_ref().map(|kid| (kid, self.key(kid)));
        match sealed {
            Some((kid, None)) => self.findings.push(Finding::HeadOfUnknownKey(kid.clone())),
            Some((_, Some(key))) if !head.is_sealed_by(key) => self.findings.push(Finding::HeadAltered),
            None if head != Head::start() => self.findings.push(Finding::HeadAltered),
            _ => {}
        }
        let start = Head::start().hash;
        let (place, hash) = self.last.as_ref().map_or((0, &start), |last| (last.sequence, &last.hash));
        if head.sequence > place {
            self.findings.push(Finding::Missing(place + 1, head.sequence));
        } else if head.sequence < place {
            self.findings.extend((head.sequence + 1..=place).take(MOST).map(Finding::Beyond));
        } else if head.hash != *hash {
            self.findings.push(Finding::HeadAltered);
        }
        self.findings.dedup();
    }

    fn key(&self, kid: &str) -> Option<&Keys> {
        self.keys.iter().find(|key| key.kid == kid)
    }
}
