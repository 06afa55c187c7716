//! The chain of events: hashes, seals and their verification.

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use diesel::pg::Pg;
use diesel::prelude::*;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::access::keys::Keys;
use crate::db::schema::{audit_events, audit_head};

/// Length of a hash, in bytes.
const HASH: usize = 32;

/// An event as stored. Enum values are text, so that a row that somebody tampered with can still be read and verified.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, check_for_backend(Pg), treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the table documents every column")]
pub struct EventRow {
    pub id: Uuid,
    pub sequence: i64,
    pub created_at: DateTime<Utc>,
    pub origin: String,
    pub actor_id: Option<Uuid>,
    pub session_id: Option<Uuid>,
    pub key_id: Option<Uuid>,
    pub address: Option<String>,
    pub action: String,
    pub resource: String,
    pub record_id: Option<Uuid>,
    pub record_name: Option<String>,
    pub council_id: Option<Uuid>,
    pub version_before: Option<i32>,
    pub version_after: Option<i32>,
    pub request_id: Option<String>,
    pub head_digest: Option<Vec<u8>>,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
    pub sealed_with: String,
    pub seal: Vec<u8>,
}

impl EventRow {
    /// SHA-256 of the canonical form, as if the event were at this position in the chain. The form is a JSON array (RFC
    /// 8259, no blanks) of every column except `hash` and `seal`, in the order of the table. Bytes are hexadecimal, and
    /// the time is in microseconds since 1970.
    pub fn hash_at(&self, sequence: i64) -> Vec<u8> {
        let canonical = json!([
            self.id,
            sequence,
            self.created_at.timestamp_micros(),
            self.origin,
            self.actor_id,
            self.session_id,
            self.key_id,
            self.address,
            self.action,
            self.resource,
            self.record_id,
            self.record_name,
            self.council_id,
            self.version_before,
            self.version_after,
            self.request_id,
            self.head_digest.as_deref().map(|digest| HEXLOWER.encode(digest)),
            HEXLOWER.encode(&self.previous_hash),
            self.sealed_with,
        ]);
        Sha256::digest(canonical.to_string()).to_vec()
    }

    /// Hashes and seals the event.
    pub fn sealed(mut self, keys: &Keys) -> Self {
        self.sealed_with.clone_from(&keys.kid);
        self.hash = self.hash_at(self.sequence);
        self.seal = keys.mac("audit-event", &self.hash);
        self
    }

    /// True when these keys made the seal for the hash.
    pub fn is_sealed_by(&self, keys: &Keys) -> bool {
        self.seal == keys.mac("audit-event", &self.hash)
    }
}

/// The end of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = audit_head, check_for_backend(Pg), treat_none_as_null = true)]
pub struct Head {
    /// Position of the last event; 0 before the first.
    pub sequence: i64,
    /// Hash of the last event; zeros before the first.
    pub hash: Vec<u8>,
    /// Id of the key that made the seal; `None` before the first event.
    pub sealed_with: Option<String>,
    /// Seal of position and hash.
    pub seal: Option<Vec<u8>>,
}

impl Head {
    /// The end before the first event.
    pub fn start() -> Self {
        Self { sequence: 0, hash: vec![0; HASH], sealed_with: None, seal: None }
    }

    /// The sealed end after this event.
    pub fn at(event: &EventRow, keys: &Keys) -> Self {
        let seal = Some(end_seal(event.sequence, &event.hash, keys));
        Self { sequence: event.sequence, hash: event.hash.clone(), sealed_with: Some(keys.kid.clone()), seal }
    }

    /// Digest of the seal for the next event: enough to recognise the seal, but not to use it as one.
    pub fn digest(&self) -> Option<Vec<u8>> {
        self.seal.as_ref().map(|seal| Sha256::digest(seal).to_vec())
    }

    /// True when these keys made the seal, or when there is nothing to seal yet.
    pub fn is_sealed_by(&self, keys: &Keys) -> bool {
        *self == Self::start() || self.seal == Some(end_seal(self.sequence, &self.hash, keys))
    }
}

/// Seal of an end. It has its own purpose, so that the seal of an event cannot serve as the seal of an end.
fn end_seal(sequence: i64, hash: &[u8], keys: &Keys) -> Vec<u8> {
    keys.mac("audit-head", format!("{sequence} {}", HEXLOWER.encode(hash)).as_bytes())
}
