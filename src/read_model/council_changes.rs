//! Changes of councils, and which council follows which.

use std::collections::HashMap;

use uuid::Uuid;

use super::catalogue::Tombstone;
use super::json::RecordJson;
use crate::error::ApiError;
use crate::http::response::{Fingerprint, fingerprint};
use crate::registry::council_changes::lineage::Lineage;
use crate::registry::council_changes::model::CouncilChange;

/// A change of councils.
#[derive(Debug)]
pub struct CouncilChangeEntry {
    /// The record.
    pub record: CouncilChange,
    /// Its JSON.
    pub json: RecordJson,
    /// Fingerprint of that JSON.
    pub fingerprint: Fingerprint,
}

impl CouncilChangeEntry {
    /// From a loaded record.
    pub fn new(record: CouncilChange) -> Result<Self, ApiError> {
        let json = RecordJson::new(&record)?;
        let fingerprint = fingerprint(json.text().as_bytes());
        Ok(Self { record, json, fingerprint })
    }

    /// The councils before and after it.
    pub fn councils(&self) -> impl Iterator<Item = Uuid> {
        self.record.from.iter().chain(&self.record.to).map(|council| council.id)
    }
}

/// All changes of councils, the earliest first.
#[derive(Debug, Default)]
pub struct CouncilChanges {
    entries: Vec<CouncilChangeEntry>,
    tombstones: HashMap<Uuid, Tombstone>,
    /// Which council follows which.
    pub lineage: Lineage,
}

impl CouncilChanges {
    /// From the records and the tombstones of withdrawn ones.
    pub fn new(entries: Vec<CouncilChangeEntry>, tombstones: HashMap<Uuid, Tombstone>) -> Self {
        let lineage = Lineage::of(entries.iter().map(|entry| &entry.record));
        Self { entries, tombstones, lineage }
    }

    /// All changes, the earliest first.
    pub fn iter(&self) -> impl Iterator<Item = &CouncilChangeEntry> {
        self.entries.iter()
    }

    /// The change with an id.
    pub fn get(&self, id: Uuid) -> Option<&CouncilChangeEntry> {
        self.entries.iter().find(|entry| entry.record.id == id)
    }

    /// The tombstone of a withdrawn change.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.tombstones.get(&id)
    }
}
