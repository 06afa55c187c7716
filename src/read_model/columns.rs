//! Column store: a few values of every initiative in flat arrays, so that filters can scan many rows within the CPU
//! caches.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entry::InitiativeEntry;
use crate::geography::Point;

/// Rows per block. A change of one row copies its block.
const BLOCK: usize = 1_024;

/// The values by number of initiative. Clones share unchanged blocks.
#[derive(Clone, Debug, Default)]
pub struct Columns(Vec<Arc<[Row; BLOCK]>>);

/// The values of one initiative.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    /// Its location, in degrees and on a square map of the world ([`Point::mercator`]).
    pub place: Option<(Point, (f64, f64))>,
    /// Time of the last change.
    pub updated_at: DateTime<Utc>,
}

impl Columns {
    /// The values of an initiative.
    pub fn get(&self, number: u32) -> Row {
        let at = number as usize;
        self.0.get(at / BLOCK).map(|rows| rows[at % BLOCK]).unwrap_or_default()
    }

    /// Set the values of an initiative. Unused numbers may keep old values, which nothing reads.
    pub fn set(&mut self, number: u32, entry: &InitiativeEntry) {
        let at = number as usize;
        while self.0.len() <= at / BLOCK {
            self.0.push(Arc::new([Row::default(); BLOCK]));
        }
        let place = entry.place.map(|(point, _)| (point, point.mercator()));
        Arc::make_mut(&mut self.0[at / BLOCK])[at % BLOCK] = Row { place, updated_at: entry.updated_at };
    }

    /// Size in memory, in bytes.
    pub fn size(&self) -> usize {
        self.0.len() * BLOCK * size_of::<Row>()
    }
}
