//! Lists of changes of councils.

use uuid::Uuid;

use super::council_changes::CouncilChangeEntry;
use super::paging::{page_of, tie};
use super::snapshot::Snapshot;
use crate::error::ApiError;
use crate::http::page::{PageRequest, Slice};
use crate::registry::council_changes::lineage::LineageScope;
use crate::registry::council_changes::model::CouncilChangeQuery;

impl Snapshot {
    /// The changes that match, earliest first.
    pub fn select_council_changes(&self, query: &CouncilChangeQuery) -> Result<Vec<&CouncilChangeEntry>, ApiError> {
        let mut faults = Vec::new();
        let councils = self.any_council("council", &query.council, &mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        let is_wanted = |entry: &&CouncilChangeEntry| {
            let on = entry.record.effective_on;
            councils.as_ref().is_none_or(|ids| entry.councils().any(|id| ids.contains(&id)))
                && (query.kind.is_empty() || query.kind.contains(&entry.record.kind))
                && query.effective_from.is_none_or(|first| first <= on)
                && query.effective_to.is_none_or(|last| on <= last)
        };
        let mut found: Vec<&CouncilChangeEntry> = self.council_changes.iter().filter(is_wanted).collect();
        found.sort_unstable_by_key(|one| (one.record.effective_on, one.record.id));
        Ok(found)
    }

    /// One page of the changes that match.
    pub fn list_council_changes(
        &self,
        query: &CouncilChangeQuery,
        page: &PageRequest,
    ) -> Result<Slice<&CouncilChangeEntry>, ApiError> {
        let found = self.select_council_changes(query)?;
        let is_descending = query.sort.unwrap_or_default().is_descending();
        let total = found.len();
        let rows = found.into_iter().map(|one| (one.record.effective_on, tie(one.record.id), one)).collect();
        Ok(page_of(rows, is_descending, total, page))
    }

    /// These councils and those that a scope of the lineage adds, each once.
    pub fn widened(&self, ids: &[Uuid], scope: LineageScope) -> Vec<Uuid> {
        self.council_changes.lineage.widened(ids, scope)
    }
}
