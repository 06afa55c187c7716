//! Organisations that councils propose and no network officer has accepted yet.
//!
//! They stand apart from the accepted ones, so that nothing which lists, counts, searches or names organisations can
//! show one by accident. Whoever wants them has to ask here, with a reach.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use uuid::Uuid;

use super::catalogue::{Catalogue, Directory, OrganisationEntry, Tombstone};
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::registry::organisations::model::Organisation;

/// All proposals.
#[derive(Debug, Default)]
pub struct Proposals {
    all: Catalogue<Organisation>,
    /// Those that were withdrawn, each with the council that proposed it.
    withdrawn: HashMap<Uuid, (Uuid, Tombstone)>,
}

impl Proposals {
    /// From loaded records.
    pub fn new(records: Vec<Organisation>, withdrawn: HashMap<Uuid, (Uuid, Tombstone)>) -> Result<Self, ApiError> {
        Ok(Self { all: Catalogue::new(records, Directory::default())?, withdrawn })
    }

    /// Every proposal by name, for the index. Everything else asks with a reach.
    pub(super) fn all(&self) -> &Catalogue<Organisation> {
        &self.all
    }

    /// The proposals that the caller may see, as indexes in the order of names.
    pub fn seen(&self, reach: Reach) -> RoaringBitmap {
        let numbered = (0u32..).zip(self.all.iter());
        numbered.filter(|(_, entry)| is_seen(entry, reach)).map(|(place, _)| place).collect()
    }

    /// The proposal with an id, if the caller may see it.
    pub fn get(&self, reach: Reach, id: Uuid) -> Option<&OrganisationEntry> {
        self.all.get(id).filter(|entry| is_seen(entry, reach))
    }

    /// The tombstone of a withdrawn proposal, if the caller may see it.
    pub fn tombstone(&self, reach: Reach, id: Uuid) -> Option<&Tombstone> {
        let left = self.withdrawn.get(&id).filter(|(council, _)| reach.sees_proposals_of(*council));
        left.map(|(_, tombstone)| tombstone)
    }

    /// Approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        self.all.size()
    }
}

fn is_seen(entry: &OrganisationEntry, reach: Reach) -> bool {
    entry.record.proposed_by.as_ref().is_some_and(|council| reach.sees_proposals_of(council.id))
}
