//! Organisations in memory, by all their names. All are read again when one of them changes.

use std::collections::{BTreeMap, HashMap};

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::catalogue::Tombstone;
use super::json::RecordJson;
use crate::error::ApiError;
use crate::http::response::{Fingerprint, fingerprint};
use crate::registry::organisations::model::Organisation;
use crate::registry::organisations::store;

/// An organisation.
#[derive(Debug)]
pub struct OrganisationEntry {
    /// The record, without the number of its initiatives.
    pub record: Organisation,
    /// Name in lower case, as a sort key.
    pub name_key: Box<str>,
    /// Its JSON.
    pub json: RecordJson,
    /// Fingerprint of that JSON.
    pub fingerprint: Fingerprint,
}

impl OrganisationEntry {
    /// From a loaded record.
    pub fn new(record: Organisation) -> Result<Self, ApiError> {
        let json = RecordJson::new(&record)?;
        let fingerprint = fingerprint(json.text().as_bytes());
        Ok(Self { name_key: record.name.to_lowercase().into(), fingerprint, json, record })
    }
}

/// All organisations, by name.
#[derive(Debug, Default)]
pub struct Organisations {
    entries: Vec<OrganisationEntry>,
    by_id: HashMap<Uuid, usize>,
    /// Current and former slugs. Those of a merged organisation lead to its heir.
    names: BTreeMap<String, Uuid>,
    /// The heir of each merged organisation.
    heirs: HashMap<Uuid, Uuid>,
    tombstones: HashMap<Uuid, Tombstone>,
}

impl Organisations {
    /// Read from the database. `slugs` has the current and former slugs.
    pub async fn load(conn: &mut AsyncPgConnection, slugs: Vec<(String, Uuid)>) -> Result<Self, ApiError> {
        let records = store::load_all(conn).await?;
        let gone = store::load_gone(conn).await?;
        let mut entries: Vec<OrganisationEntry> =
            records.into_iter().map(OrganisationEntry::new).collect::<Result<_, _>>()?;
        entries.sort_by(|a, b| (&a.name_key, a.record.id).cmp(&(&b.name_key, b.record.id)));
        let by_id = entries.iter().enumerate().map(|(at, entry)| (entry.record.id, at)).collect();
        let heirs = gone.iter().filter_map(|one| Some((one.id, one.merged_into_id?))).collect();
        let left = gone
            .into_iter()
            .filter_map(|one| Some((one.id, Tombstone { on: one.withdrawn_at?, reason: one.withdrawn_reason })));
        Ok(Self { entries, by_id, names: slugs.into_iter().collect(), heirs, tombstones: left.collect() })
    }

    /// All organisations, by name.
    pub fn iter(&self) -> impl Iterator<Item = &OrganisationEntry> {
        self.entries.iter()
    }

    /// The number of organisations.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The organisation at an index in the order of names.
    pub fn at(&self, place: usize) -> Option<&OrganisationEntry> {
        self.entries.get(place)
    }

    /// The index of an organisation in the order of names.
    pub fn place(&self, id: Uuid) -> Option<usize> {
        self.by_id.get(&id).copied()
    }

    /// The organisation with an id.
    pub fn get(&self, id: Uuid) -> Option<&OrganisationEntry> {
        self.by_id.get(&id).map(|at| &self.entries[*at])
    }

    /// The id for a slug, current or former.
    pub fn id(&self, slug: &str) -> Option<Uuid> {
        self.names.get(slug).copied()
    }

    /// Current and former slugs of all organisations.
    pub fn names(&self) -> impl Iterator<Item = (&str, Uuid)> {
        self.names.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// The id that stands for this one now: that of its heir if it was merged.
    pub fn heir(&self, id: Uuid) -> Uuid {
        self.heirs.get(&id).copied().unwrap_or(id)
    }

    /// The tombstone of a withdrawn organisation.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.tombstones.get(&id)
    }

    /// True for the id of an organisation, a merged one or a withdrawn one.
    pub fn knows(&self, id: Uuid) -> bool {
        self.by_id.contains_key(&id) || self.heirs.contains_key(&id) || self.tombstones.contains_key(&id)
    }

    /// Approximate size in memory, in bytes. Each text is both in the record and in its JSON.
    pub fn size(&self) -> usize {
        self.entries.iter().map(|entry| size_of::<OrganisationEntry>() + 2 * entry.json.size()).sum()
    }
}
