//! What filters compare number by number: a few values of every initiative in one flat array, so that a look through many of
//! them stays in the processor's caches.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entry::InitiativeEntry;
use crate::geography::Point;

/// The values, by number of initiative.
#[derive(Clone, Debug, Default)]
pub struct Columns(Arc<Vec<Row>>);

/// The values of one initiative.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    /// Where it is on a map.
    pub point: Option<Point>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Columns {
    /// The values of a number that an initiative has.
    pub fn get(&self, number: u32) -> Row {
        self.0.get(number as usize).copied().unwrap_or_default()
    }

    /// Keep the values of an initiative. Those of a number that none has any more may stay: nobody asks for them.
    pub fn set(&mut self, number: u32, entry: &InitiativeEntry) {
        let rows = Arc::make_mut(&mut self.0);
        let at = number as usize;
        if at >= rows.len() {
            rows.resize(at + 1, Row::default());
        }
        rows[at] = Row { point: entry.place.map(|(point, _)| point), updated_at: entry.updated_at };
    }

    /// Bytes that they take.
    pub fn size(&self) -> usize {
        self.0.capacity() * size_of::<Row>()
    }
}
