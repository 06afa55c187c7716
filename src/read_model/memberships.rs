//! Memberships in memory.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::catalogue::Tombstone;
use crate::error::ApiError;
use crate::registry::memberships::store;
use crate::registry::memberships::store::StoredMembership;

/// All memberships.
#[derive(Debug, Default)]
pub struct Memberships {
    records: HashMap<Uuid, StoredMembership>,
    tombstones: HashMap<Uuid, Tombstone>,
}

impl Memberships {
    /// Read from the database.
    pub async fn load(conn: &mut AsyncPgConnection) -> Result<Self, ApiError> {
        let records = store::load_all(conn).await?.into_iter().map(|one| (one.id(), one)).collect();
        let left = store::load_withdrawn(conn).await?.into_iter();
        Ok(Self { records, tombstones: left.map(|(id, on, reason)| (id, Tombstone { on, reason })).collect() })
    }

    /// All memberships, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &StoredMembership> {
        self.records.values()
    }

    /// The membership with an id.
    pub fn get(&self, id: Uuid) -> Option<&StoredMembership> {
        self.records.get(&id)
    }

    /// The tombstone of a withdrawn membership.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.tombstones.get(&id)
    }

    /// Approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        self.records.values().map(StoredMembership::size).sum()
    }
}
