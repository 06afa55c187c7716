//! Lists of the initiatives of a council whose records need a check.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entry::InitiativeEntry;
use super::facet_index::FacetKey;
use super::initiatives::Row;
use super::paging::{KeyedRow, page_of, tie};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::http::page::{PageRequest, Slice};
use crate::http::response::Versioned;
use crate::registry::initiatives::answer::{Initiative, InitiativeRef};
use crate::registry::initiatives::freshness::Freshness;
use crate::registry::initiatives::model::State;

/// An initiative whose record needs a check: why, and since when.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueInitiative {
    /// The initiative.
    pub initiative: InitiativeRef,
    /// The delivery status in words, with its date.
    #[schema(example = "Running, as of December 2013; not confirmed since")]
    pub status_text: String,
    /// What the last confirmation is worth today: `due`, `stale`, `lapsed` or `unverified`.
    pub freshness: Freshness,
    /// The same in words, with its dates.
    #[schema(example = "Confirmed by the council on 2 March 2025; due for review since 2 March 2026")]
    pub why: String,
    /// Since when it needs a check: its review date or, if nobody has confirmed it yet, the day of its first
    /// publication.
    #[schema(example = "2026-03-02")]
    pub since: NaiveDate,
    /// When somebody last confirmed that the record is correct. Null if nobody has.
    #[schema(required)]
    pub verified_at: Option<DateTime<Utc>>,
    #[serde(skip)]
    version: i32,
    #[serde(skip)]
    updated_at: DateTime<Utc>,
}

impl DueInitiative {
    /// A row of the list.
    pub fn new((since, entry): (NaiveDate, Row<'_>), reach: Reach) -> Result<Self, ApiError> {
        let Initiative { id, slug, title, status_text, freshness, freshness_text, verified_at, .. } =
            entry.record(reach)?;
        Ok(Self {
            initiative: InitiativeRef { id, slug, title },
            status_text,
            freshness,
            why: freshness_text,
            since,
            verified_at,
            version: entry.version,
            updated_at: entry.updated_at,
        })
    }
}

impl Versioned for DueInitiative {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

impl InitiativeEntry {
    /// Since when it needs a check. `None` for a fresh record, and for one that is not published: readers cannot rely
    /// on it, and nobody can confirm it.
    pub fn needs_check_since(&self) -> Option<NaiveDate> {
        match self.freshness {
            _ if self.state != State::Published => None,
            Freshness::Fresh => None,
            Freshness::Due | Freshness::Stale | Freshness::Lapsed => self.due_on,
            Freshness::Unverified => self.published_at.map(|at| at.date_naive()),
        }
    }
}

impl Snapshot {
    /// One page of the published initiatives that a council looks after, that the caller may see and that need a check.
    /// Those that have needed it for longest come first, each with the day.
    pub fn list_due(&self, reach: Reach, council: Uuid, page: &PageRequest) -> Slice<(NaiveDate, Row<'_>)> {
        let rows = self.due_rows(reach, council);
        let total = rows.len();
        page_of(rows, false, total, page)
    }

    /// All of them, those that have needed a check for longest first.
    pub fn all_due(&self, reach: Reach, council: Uuid) -> Vec<(NaiveDate, Row<'_>)> {
        let mut rows = self.due_rows(reach, council);
        rows.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
        rows.into_iter().map(|(_, _, row)| row).collect()
    }

    fn due_rows(&self, reach: Reach, council: Uuid) -> Vec<KeyedRow<NaiveDate, (NaiveDate, Row<'_>)>> {
        let found = self.visible(reach) & self.facets.any([FacetKey::Steward(council)]);
        let row = |entry| -> Option<KeyedRow<NaiveDate, (NaiveDate, Row<'_>)>> {
            let entry: Row<'_> = entry;
            let since = entry.needs_check_since()?;
            Some((since, tie(entry.id), (since, entry)))
        };
        self.initiatives(&found).filter_map(row).collect()
    }
}
