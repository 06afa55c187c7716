//! Lists of pre-election periods.

use chrono::NaiveDate;
use uuid::Uuid;

use super::paging::{page_of, tie};
use super::snapshot::Snapshot;
use crate::error::ApiError;
use crate::http::page::{PageRequest, Slice};
use crate::registry::pre_election::model::{PreElectionPeriod, PreElectionPeriodsQuery};

impl Snapshot {
    /// One page of the periods that match, the latest first.
    pub fn list_pre_election_periods(
        &self,
        query: &PreElectionPeriodsQuery,
        page: &PageRequest,
    ) -> Result<Slice<PreElectionPeriod>, ApiError> {
        let mut faults = Vec::new();
        let councils = self.any_council("council", &query.council, &mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        let councils: Option<Vec<_>> = councils.map(|ids| {
            ids.into_iter().filter_map(|id| self.councils.get(id).map(|entry| (id, entry.record.nation))).collect()
        });
        let is_wanted = |period: &&PreElectionPeriod| {
            query.on.is_none_or(|day| period.includes(day))
                && councils.as_ref().is_none_or(|some| some.iter().any(|one| period.is_for(Some(*one))))
        };
        let found = self.pre_election_periods.iter().filter(is_wanted);
        let rows: Vec<(NaiveDate, _, _)> = found.map(|one| (one.starts_on, tie(one.id), one.clone())).collect();
        let total = rows.len();
        Ok(page_of(rows, true, total, page))
    }

    /// Notices to show readers today on what a council looks after; `None`: on what is the network's or everybody's.
    pub fn notices(&self, council: Option<Uuid>) -> Vec<&str> {
        let council = council.and_then(|id| self.councils.get(id).map(|entry| (id, entry.record.nation)));
        let current = self.pre_election_periods.iter().filter(|one| one.includes(self.day) && one.is_for(council));
        current.map(|one| &*one.notice_text).collect()
    }
}
