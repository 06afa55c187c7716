//! What filters compare number by number: a few values of every initiative in flat arrays, so that a look through many of them
//! stays in the processor's caches.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entry::InitiativeEntry;
use crate::geography::Point;

/// Rows that are copied together when one of them changes.
const AT_A_TIME: usize = 1_024;

/// The values, by number of initiative. Copies share the rows that are the same.
#[derive(Clone, Debug, Default)]
pub struct Columns(Vec<Arc<[Row; AT_A_TIME]>>);

/// The values of one initiative.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    /// Where it is on a map, and where that is on a square map of the world ([`Point::mercator`]).
    pub place: Option<(Point, (f64, f64))>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Columns {
    /// The values of a number that an initiative has.
    pub fn get(&self, number: u32) -> Row {
        let at = number as usize;
        self.0.get(at / AT_A_TIME).map(|rows| rows[at % AT_A_TIME]).unwrap_or_default()
    }

    /// Keep the values of an initiative. Those of a number that none has any more may stay: nobody asks for them.
    pub fn set(&mut self, number: u32, entry: &InitiativeEntry) {
        let at = number as usize;
        while self.0.len() <= at / AT_A_TIME {
            self.0.push(Arc::new([Row::default(); AT_A_TIME]));
        }
        let place = entry.place.map(|(point, _)| (point, point.mercator()));
        Arc::make_mut(&mut self.0[at / AT_A_TIME])[at % AT_A_TIME] = Row { place, updated_at: entry.updated_at };
    }

    /// Bytes that they take.
    pub fn size(&self) -> usize {
        self.0.len() * AT_A_TIME * size_of::<Row>()
    }
}
