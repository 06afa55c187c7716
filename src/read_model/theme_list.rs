//! Lists of themes.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::catalogue::{ThemeEntry, page_by};
use super::snapshot::Snapshot;
use crate::error::ApiError;
use crate::http::page::{PageRequest, Slice};
use crate::registry::themes::model::{ThemeQuery, ThemeSort, ThemeStatus};

/// A filter of themes, with names resolved to ids.
#[derive(Clone, Debug, Default)]
pub struct ThemeFilter {
    /// Has this status.
    pub status: Option<ThemeStatus>,
    /// Has any of these as its broader theme.
    pub broader: Option<Vec<Uuid>>,
    /// Changed at this time or later.
    pub updated_since: Option<DateTime<Utc>>,
}

impl ThemeFilter {
    /// Resolve the names in a query. Reports every fault at once.
    pub fn new(snapshot: &Snapshot, query: &ThemeQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let broader = snapshot.direct_themes("broader", &query.broader, &mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        Ok(Self { status: query.status, broader, updated_since: query.updated_since })
    }

    fn takes(&self, entry: &ThemeEntry) -> bool {
        let one = &entry.record;
        let above = one.broader.as_ref().map(|broader| broader.id);
        self.status.is_none_or(|status| status == one.status)
            && self.broader.as_ref().is_none_or(|wanted| above.is_some_and(|above| wanted.contains(&above)))
            && self.updated_since.is_none_or(|since| one.updated_at >= since)
    }
}

impl Snapshot {
    /// The themes that match a filter, in an order.
    pub fn select_themes(&self, filter: &ThemeFilter, sort: ThemeSort) -> Vec<&ThemeEntry> {
        let mut found: Vec<&ThemeEntry> = self.themes.iter().filter(|one| filter.takes(one)).collect();
        if matches!(sort, ThemeSort::Updated | ThemeSort::UpdatedDescending) {
            found.sort_by_key(|one| (one.record.updated_at, one.record.id));
        }
        if is_descending(sort) {
            found.reverse();
        }
        found
    }

    /// One page of the themes that match.
    pub fn list_themes(&self, filter: &ThemeFilter, sort: ThemeSort, page: &PageRequest) -> Slice<&ThemeEntry> {
        let found = self.select_themes(filter, sort);
        match sort {
            ThemeSort::Label | ThemeSort::LabelDescending => {
                page_by(found, is_descending(sort), page, |one| one.name_key.to_string())
            }
            ThemeSort::Updated | ThemeSort::UpdatedDescending => {
                page_by(found, is_descending(sort), page, |one| one.record.updated_at)
            }
        }
    }
}

fn is_descending(sort: ThemeSort) -> bool {
    matches!(sort, ThemeSort::LabelDescending | ThemeSort::UpdatedDescending)
}
