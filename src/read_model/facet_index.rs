//! The properties for filters and facets: a set of initiatives for each key.

use std::sync::Arc;

use chrono::NaiveDate;
use imbl::OrdMap;
use roaring::{MultiOps, RoaringBitmap};
use uuid::Uuid;

use crate::access::visibility::Visibility;
use crate::geography::{BoundingBox, Point};
use crate::registry::councils::model::{Nation, Region};
use crate::registry::initiatives::freshness::Freshness;
use crate::registry::initiatives::model::{DeliveryStatus, InitiativeKind};

/// A property that initiatives share. The order groups keys of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FacetKey {
    /// Has this effective visibility.
    Level(Visibility),
    /// Has this theme or a narrower one.
    Theme(Uuid),
    /// Has this principle.
    Principle(Uuid),
    /// Led by this council, alone or jointly.
    Council(Uuid),
    /// Led by the network itself.
    Network,
    /// No council leads it, and it happens in the area of this council.
    PlaceOf(Uuid),
    /// This council looks after it.
    Steward(Uuid),
    /// The network looks after it.
    StewardNetwork,
    /// Led by this council, or with its participation.
    Involves(Uuid),
    /// This organisation leads it, is a partner, has evaluated a claim or pays.
    Organisation(Uuid),
    /// The council that leads it, or in whose area it happens, is in this region.
    Region(Region),
    /// The council that leads it, or in whose area it happens, is in this nation.
    Nation(Nation),
    /// Has this kind.
    Kind(InitiativeKind),
    /// Has this delivery status.
    DeliveryStatus(DeliveryStatus),
    /// Started in this year.
    Year(i32),
    /// Its best evidence has this level. Initiatives without outcomes have no such key; context is no outcome.
    Evidence(i16),
    /// Has this freshness on the snapshot's day.
    Freshness(Freshness),
    /// After this day it says something else of its status or its freshness, without a change of the record.
    TurnsAfter(NaiveDate),
    /// Is a component of another initiative.
    Component,
    /// Its location is in this grid cell (row northwards, column eastwards). A box filter reads the cells that the box
    /// touches.
    Cell(i16, i16),
}

/// Cells per degree. A typical box touches few cells, and a cell contains few initiatives.
const CELLS: f64 = 4.0;

impl FacetKey {
    /// The cell that contains a point.
    pub fn cell(point: Point) -> Self {
        let (row, column) = cell_of(point);
        Self::Cell(row, column)
    }
}

fn cell_of(Point { latitude, longitude }: Point) -> (i16, i16) {
    ((latitude * CELLS).floor() as i16, (longitude * CELLS).floor() as i16)
}

/// Initiative numbers by key. Clones share their data.
#[derive(Clone, Debug, Default)]
pub struct FacetIndex(OrdMap<FacetKey, Arc<RoaringBitmap>>);

impl FacetIndex {
    /// Add these keys for an initiative.
    pub fn insert(&mut self, keys: &[FacetKey], number: u32) {
        for key in keys {
            Arc::make_mut(self.0.entry(*key).or_default()).insert(number);
        }
    }

    /// Remove these keys for an initiative.
    pub fn remove(&mut self, keys: &[FacetKey], number: u32) {
        for key in keys {
            let Some(set) = self.0.get_mut(key) else { continue };
            Arc::make_mut(set).remove(number);
            if set.is_empty() {
                self.0.remove(key);
            }
        }
    }

    /// The initiatives with this key.
    pub fn get(&self, key: FacetKey) -> Option<&RoaringBitmap> {
        self.0.get(&key).map(|set| &**set)
    }

    /// The initiatives with any of these keys.
    pub fn any(&self, keys: impl IntoIterator<Item = FacetKey>) -> RoaringBitmap {
        keys.into_iter().filter_map(|key| self.get(key)).union()
    }

    /// Candidates for a box: the initiatives in the cells that it touches.
    pub fn around(&self, bbox: &BoundingBox) -> RoaringBitmap {
        let [(south, west), (north, east)] = [(bbox.south, bbox.west), (bbox.north, bbox.east)]
            .map(|(latitude, longitude)| cell_of(Point { latitude, longitude }));
        let row = |row| self.range(FacetKey::Cell(row, west), FacetKey::Cell(row, east));
        // An empty box touches no cell. The filter is needed because the start of a range must not exceed its end.
        (south..=north).filter(|_| west <= east).flat_map(row).map(|(_, set)| set).union()
    }

    /// The keys in a range, ends included, with their initiatives.
    pub fn range(&self, from: FacetKey, to: FacetKey) -> impl Iterator<Item = (FacetKey, &RoaringBitmap)> {
        self.0.range(from..=to).map(|(key, set)| (*key, &**set))
    }

    /// Size of the sets in memory, in bytes.
    pub fn size(&self) -> usize {
        self.0.values().map(|set| set.serialized_size()).sum()
    }
}
