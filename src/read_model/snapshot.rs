//! The records at one position of the change feed. A shared snapshot never changes, so a request sees one state from
//! its first byte to its last.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use imbl::{HashMap as SharedMap, OrdMap, Vector};
use roaring::{MultiOps, RoaringBitmap};
use uuid::Uuid;

use super::boundaries::Boundaries;
use super::catalogue::{Catalogue, Themes, Tombstone, Vocabularies};
use super::columns::Columns;
use super::council_changes::CouncilChanges;
use super::entry::{InitiativeEntry, Surroundings};
use super::facet_index::{FacetIndex, FacetKey};
use super::memberships::Memberships;
use super::proposals::Proposals;
use super::recent::RecentChanges;
use super::search_indexes::SearchIndexes;
use crate::access::reach::Reach;
use crate::access::visibility::Visibility;
use crate::http::response::Fingerprint;
use crate::registry::councils::model::Council;
use crate::registry::organisations::model::Organisation;
use crate::registry::pre_election::model::PreElectionPeriod;

/// Initiatives in the sort orders of lists. The id breaks ties.
#[derive(Clone, Debug, Default)]
pub struct Orders {
    /// By title in lower case.
    pub title: OrdMap<(Arc<str>, Uuid), u32>,
    /// By the first day on which they may have started; undated last.
    pub started: OrdMap<(NaiveDate, Uuid), u32>,
    /// The same, but undated first: in descending order they come last again.
    pub started_descending: OrdMap<(NaiveDate, Uuid), u32>,
    /// By time of last change.
    pub updated: OrdMap<(DateTime<Utc>, Uuid), u32>,
}

impl Orders {
    /// The keys of an initiative: title, start, start for the descending order, last change.
    fn keys(entry: &InitiativeEntry) -> (Arc<str>, NaiveDate, NaiveDate, DateTime<Utc>) {
        let last = entry.started.unwrap_or(NaiveDate::MAX);
        (Arc::clone(&entry.title_key), last, entry.started.unwrap_or(NaiveDate::MIN), entry.updated_at)
    }

    fn insert(&mut self, entry: &InitiativeEntry, number: u32) {
        let (title, started, descending, updated) = Self::keys(entry);
        self.title.insert((title, entry.id), number);
        self.started.insert((started, entry.id), number);
        self.started_descending.insert((descending, entry.id), number);
        self.updated.insert((updated, entry.id), number);
    }

    fn remove(&mut self, entry: &InitiativeEntry) {
        let (title, started, descending, updated) = Self::keys(entry);
        self.title.remove(&(title, entry.id));
        self.started.remove(&(started, entry.id));
        self.started_descending.remove(&(descending, entry.id));
        self.updated.remove(&(updated, entry.id));
    }
}

/// Position of the last change visible to the public, by kind of record; at least 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// Of councils and their changes.
    pub councils: i64,
    /// Of themes.
    pub themes: i64,
    /// Of initiatives.
    pub initiatives: i64,
    /// Of boundaries.
    pub boundaries: i64,
    /// Of memberships.
    pub memberships: i64,
    /// Of organisations.
    pub organisations: i64,
    /// Number of full reloads. A reload may change anything, without a change in the feed.
    pub loads: i64,
}

/// Every record at one position. Clones share their data, so a new snapshot costs only what has changed.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The epoch of the database's history.
    pub epoch: i64,
    /// Day (UTC) as of which it says whether a status is confirmed and a record is fresh, and computes statuses of
    /// memberships.
    pub day: NaiveDate,
    /// Position of the last change that it includes, hidden changes included.
    pub position: i64,
    /// Position of the last change visible to the public.
    pub public_position: i64,
    /// The same by kind of record.
    pub stamps: Stamps,
    /// Councils.
    pub councils: Arc<Catalogue<Council>>,
    /// Themes.
    pub themes: Arc<Themes>,
    /// Principles and values.
    pub vocabularies: Arc<Vocabularies>,
    /// Changes of councils.
    pub council_changes: Arc<CouncilChanges>,
    /// Pre-election periods, the latest first.
    pub pre_election_periods: Arc<Vec<PreElectionPeriod>>,
    /// Boundaries of councils.
    pub boundaries: Arc<Boundaries>,
    /// Memberships of the network.
    pub memberships: Arc<Memberships>,
    /// Accepted organisations, which everybody sees.
    pub organisations: Arc<Catalogue<Organisation>>,
    /// Organisations that councils propose.
    pub proposals: Arc<Proposals>,
    /// Initiatives in the sort orders of lists.
    pub orders: Orders,
    /// Initiatives by the properties for filters and facets.
    pub facets: FacetIndex,
    /// The full-text indexes.
    pub search: SearchIndexes,
    /// The latest changes of each record.
    pub recent: RecentChanges,
    initiatives: Vector<Option<Arc<InitiativeEntry>>>,
    /// Free numbers, for new initiatives.
    free: Vec<u32>,
    numbers: SharedMap<Uuid, u32>,
    slugs: SharedMap<Arc<str>, Uuid>,
    tombstones: SharedMap<Uuid, Tombstone>,
    /// Values that filters compare row by row.
    pub columns: Columns,
    /// Size of the entries, in bytes.
    size: usize,
}

impl Snapshot {
    /// The initiative with a number.
    pub fn initiative(&self, number: u32) -> Option<&Arc<InitiativeEntry>> {
        self.initiatives.get(number as usize)?.as_ref()
    }

    /// The initiatives with these numbers, in ascending order.
    pub fn initiatives<'a>(&'a self, numbers: &RoaringBitmap) -> impl Iterator<Item = &'a Arc<InitiativeEntry>> {
        numbers.iter().filter_map(|number| self.initiative(number))
    }

    /// Every initiative with its number.
    pub fn numbered(&self) -> impl Iterator<Item = (u32, &Arc<InitiativeEntry>)> {
        (0..).zip(self.initiatives.iter()).filter_map(|(number, entry)| Some((number, entry.as_ref()?)))
    }

    /// The number of an initiative.
    pub fn number(&self, id: Uuid) -> Option<u32> {
        self.numbers.get(&id).copied()
    }

    /// The initiative with this id, without a check of visibility.
    pub fn initiative_of(&self, id: Uuid) -> Option<&Arc<InitiativeEntry>> {
        self.initiative(self.number(id)?)
    }

    /// The id for a slug of an initiative, current or former.
    pub fn initiative_id(&self, slug: &str) -> Option<Uuid> {
        self.slugs.get(slug).copied()
    }

    /// The tombstone of a withdrawn initiative.
    pub fn tombstone(&self, id: Uuid) -> Option<&Tombstone> {
        self.tombstones.get(&id)
    }

    /// When the last public initiative was withdrawn.
    pub fn last_withdrawal(&self) -> Option<DateTime<Utc>> {
        self.tombstones.values().map(|one| one.on).max()
    }

    /// The initiatives that a caller may see: the starting point of every query.
    pub fn visible(&self, reach: Reach) -> RoaringBitmap {
        use Visibility::{Members, Officers, Private, Public};
        let levels = [Public, Members, Officers, Private].into_iter().filter(|level| *level <= reach.level);
        self.facets.any(levels.map(FacetKey::Level).chain(reach.council.map(FacetKey::Steward)))
    }

    /// The initiatives that say something else of their status or their freshness on another day than the snapshot's.
    pub fn turned_until(&self, other: NaiveDate) -> RoaringBitmap {
        let (first, last) = (self.day.min(other), self.day.max(other));
        match last.pred_opt().filter(|last| *last >= first) {
            Some(last) => {
                let turned = self.facets.range(FacetKey::TurnsAfter(first), FacetKey::TurnsAfter(last));
                turned.map(|(_, set)| set).union()
            }
            None => RoaringBitmap::new(),
        }
    }

    /// The number of initiatives, hidden ones included.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// True if there are no initiatives.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        self.size
            + self.columns.size()
            + self.facets.size()
            + self.councils.size()
            + self.boundaries.size()
            + self.memberships.size()
            + self.organisations.size()
            + self.proposals.size()
    }

    /// Insert an initiative, or replace its previous version.
    pub fn insert(&mut self, entry: Arc<InitiativeEntry>) -> u32 {
        let number = match self.numbers.get(&entry.id) {
            Some(&number) => {
                self.take_out(number);
                number
            }
            None => self.free.pop().unwrap_or(self.initiatives.len() as u32),
        };
        let at = number as usize;
        if at == self.initiatives.len() {
            self.initiatives.push_back(None);
        }
        self.columns.set(number, &entry);
        self.size += entry.size();
        self.orders.insert(&entry, number);
        self.facets.insert(&entry.keys, number);
        self.numbers.insert(entry.id, number);
        self.initiatives.set(at, Some(entry));
        number
    }

    /// Remove an initiative, if it exists.
    pub fn remove(&mut self, id: Uuid) {
        let Some(number) = self.numbers.remove(&id) else { return };
        self.take_out(number);
        self.search.initiatives.remove(number);
        self.free.push(number);
    }

    fn take_out(&mut self, number: u32) {
        let Some(former) = self.initiatives.get(number as usize).cloned().flatten() else { return };
        self.initiatives.set(number as usize, None);
        self.size -= former.size();
        self.orders.remove(&former);
        self.facets.remove(&former.keys, number);
    }

    /// Set the organisations: the accepted ones, and those that councils propose.
    pub fn set_organisations(&mut self, (accepted, proposed): (Catalogue<Organisation>, Proposals)) {
        (self.organisations, self.proposals) = (Arc::new(accepted), Arc::new(proposed));
    }

    /// Set the slugs of an initiative.
    pub fn set_slugs(&mut self, slugs: impl IntoIterator<Item = (String, Uuid)>) {
        for (slug, id) in slugs {
            self.slugs.insert(slug.into(), id);
        }
    }

    /// Set the tombstone of a withdrawn initiative, or remove it with `None`.
    pub fn set_tombstone(&mut self, id: Uuid, left: Option<Tombstone>) {
        match left {
            Some(left) => self.tombstones.insert(id, left),
            None => self.tombstones.remove(&id),
        };
    }

    /// Fingerprints of everything that a caller of this reach may see, by id. Snapshots with equal fingerprints give
    /// equal responses.
    pub fn fingerprints(&self, reach: Reach) -> HashMap<Uuid, Fingerprint> {
        let visible = self.visible(reach);
        self.initiatives(&visible).map(|entry| (entry.id, entry.fingerprint)).collect()
    }
}

impl Surroundings for Snapshot {
    fn council(&self, id: Uuid) -> Option<&Council> {
        self.councils.get(id).map(|entry| &entry.record)
    }

    fn theme_and_broader(&self, id: Uuid) -> Vec<Uuid> {
        self.themes.with_broader(id)
    }

    fn theme_label(&self, id: Uuid) -> Option<&str> {
        self.themes.get(id).map(|entry| entry.record.label.as_str())
    }
}
