//! What records are filtered and counted by: a set of initiatives for each key.

use std::sync::Arc;

use chrono::NaiveDate;
use imbl::OrdMap;
use roaring::{MultiOps, RoaringBitmap};
use uuid::Uuid;

use crate::access::visibility::Visibility;
use crate::geography::{BoundingBox, Point};
use crate::registry::councils::model::{Nation, Region};
use crate::registry::initiatives::model::{DeliveryStatus, InitiativeKind};

/// A property that initiatives share. Ordered, so that the keys of one kind stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FacetKey {
    /// Of this effective visibility.
    Level(Visibility),
    /// On this theme, or on one within it.
    Theme(Uuid),
    /// Uses this principle.
    Principle(Uuid),
    /// Led by this council, alone or jointly.
    Council(Uuid),
    /// Led by the network itself.
    Network,
    /// This council is its lead council.
    Lead(Uuid),
    /// This council leads it or takes part in it.
    Involves(Uuid),
    /// The lead council is in this region.
    Region(Region),
    /// The lead council is in this nation.
    Nation(Nation),
    /// Of this kind.
    Kind(InitiativeKind),
    /// At this stage of delivery.
    DeliveryStatus(DeliveryStatus),
    /// Began in this year.
    Year(i32),
    /// The best evidence among its outcomes is of this level; none without outcomes.
    Evidence(i16),
    /// Somebody has confirmed that it is still true.
    Verified,
    /// It was confirmed, and is to be checked again on this day.
    ReviewDue(NaiveDate),
    /// Is a component of another one.
    Component,
    /// Its place on a map lies in this cell, counted northwards and eastwards: what lies in a box is looked for in the cells
    /// that the box touches.
    Cell(i16, i16),
}

/// Cells along a degree. Few cells make up a box of usual size, and a cell holds few initiatives.
const CELLS: f64 = 4.0;

impl FacetKey {
    /// The cell that a point lies in.
    pub fn cell(point: Point) -> Self {
        let (row, column) = cell_of(point);
        Self::Cell(row, column)
    }
}

fn cell_of(Point { latitude, longitude }: Point) -> (i16, i16) {
    ((latitude * CELLS).floor() as i16, (longitude * CELLS).floor() as i16)
}

/// Numbers of initiatives by key. Copies share what is the same.
#[derive(Clone, Debug, Default)]
pub struct FacetIndex(OrdMap<FacetKey, Arc<RoaringBitmap>>);

impl FacetIndex {
    /// Note that an initiative has these keys.
    pub fn insert(&mut self, keys: &[FacetKey], number: u32) {
        for key in keys {
            Arc::make_mut(self.0.entry(*key).or_default()).insert(number);
        }
    }

    /// Note that an initiative has these keys no more.
    pub fn remove(&mut self, keys: &[FacetKey], number: u32) {
        for key in keys {
            let Some(set) = self.0.get_mut(key) else { continue };
            Arc::make_mut(set).remove(number);
            if set.is_empty() {
                self.0.remove(key);
            }
        }
    }

    /// The initiatives with a key.
    pub fn get(&self, key: FacetKey) -> Option<&RoaringBitmap> {
        self.0.get(&key).map(|set| &**set)
    }

    /// The initiatives with any of these keys.
    pub fn any(&self, keys: impl IntoIterator<Item = FacetKey>) -> RoaringBitmap {
        keys.into_iter().filter_map(|key| self.get(key)).union()
    }

    /// The initiatives that may lie in a box: those in the cells that it touches.
    pub fn around(&self, bbox: &BoundingBox) -> RoaringBitmap {
        let [(south, west), (north, east)] = [(bbox.south, bbox.west), (bbox.north, bbox.east)]
            .map(|(latitude, longitude)| cell_of(Point { latitude, longitude }));
        let row = |row| self.range(FacetKey::Cell(row, west), FacetKey::Cell(row, east));
        // A box in which no point can lie touches no cell; the range of a tree must not end before it begins.
        (south..=north).filter(|_| west <= east).flat_map(row).map(|(_, set)| set).union()
    }

    /// The keys from one to another, both included, with their initiatives.
    pub fn range(&self, from: FacetKey, to: FacetKey) -> impl Iterator<Item = (FacetKey, &RoaringBitmap)> {
        self.0.range(from..=to).map(|(key, set)| (*key, &**set))
    }

    /// Bytes that the sets take in memory.
    pub fn size(&self) -> usize {
        self.0.values().map(|set| set.serialized_size()).sum()
    }
}
