//! Lists of memberships. There are a few hundred at most, so filters scan all of them. Statuses are computed for each
//! request.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::paging::{SortKey, page_of, tie};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::http::page::{PageRequest, Slice};
use crate::registry::memberships::model::Membership;
use crate::registry::memberships::query::{MembershipQuery, MembershipSort};
use crate::registry::memberships::standing::AsAt;
use crate::registry::memberships::store::StoredMembership;
use crate::registry::memberships::vocabulary::{MemberTier, MembershipStatus};

/// A filter of memberships, with names resolved to ids.
#[derive(Clone, Debug)]
pub struct MembershipFilter {
    /// Statuses are as of this date.
    at: AsAt,
    /// Had begun by that date, and had not ended unless statuses are wanted.
    is_at_date: bool,
    councils: Option<Vec<Uuid>>,
    organisations: Option<Vec<Uuid>>,
    tiers: Vec<MemberTier>,
    statuses: Vec<MembershipStatus>,
    updated_since: Option<DateTime<Utc>>,
}

impl MembershipFilter {
    /// Resolve the names in a query. Reports every fault at once.
    pub fn new(snapshot: &Snapshot, query: &MembershipQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let councils = snapshot.any_council("council", &query.council, &mut faults);
        let organisations = snapshot.any_organisation(&query.organisation, &mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        Ok(Self {
            at: AsAt::new(query.as_at.as_ref(), snapshot.day),
            is_at_date: query.as_at.is_some(),
            councils,
            organisations,
            tiers: query.tier.clone(),
            statuses: query.status.clone(),
            updated_since: query.updated_since,
        })
    }

    fn takes(&self, stored: &StoredMembership, shown: &Membership) -> bool {
        let has_status = match self.statuses[..] {
            [] => !self.is_at_date || shown.status != MembershipStatus::Ended,
            _ => self.statuses.contains(&shown.status),
        };
        has_status
            && (!self.is_at_date || stored.dates().has_begun(self.at))
            && self.councils.as_ref().is_none_or(|ids| stored.council_id().is_some_and(|id| ids.contains(&id)))
            && self
                .organisations
                .as_ref()
                .is_none_or(|ids| stored.organisation_id().is_some_and(|id| ids.contains(&id)))
            && (self.tiers.is_empty() || self.tiers.contains(&shown.tier))
            && self.updated_since.is_none_or(|since| shown.updated_at >= since)
    }
}

impl Snapshot {
    /// The memberships that match a filter, as the caller sees them, in an order.
    pub fn select_memberships(&self, reach: Reach, filter: &MembershipFilter, sort: MembershipSort) -> Vec<Membership> {
        let shown = self.memberships.iter().map(|one| (one, one.shown(reach, filter.at)));
        let mut found: Vec<Membership> =
            shown.filter(|(stored, shown)| filter.takes(stored, shown)).map(|(_, shown)| shown).collect();
        match sort.is_by_change() {
            true => found.sort_by_key(|one| (one.updated_at, one.id)),
            false => found.sort_by_cached_key(|one| (name_key(one), one.id)),
        }
        if sort.is_descending() {
            found.reverse();
        }
        found
    }

    /// One page of the memberships that match.
    pub fn list_memberships(
        &self,
        reach: Reach,
        filter: &MembershipFilter,
        sort: MembershipSort,
        page: &PageRequest,
    ) -> Slice<Membership> {
        let found = self.select_memberships(reach, filter, sort);
        match sort.is_by_change() {
            true => paged(found, sort, page, |one| one.updated_at),
            false => paged(found, sort, page, name_key),
        }
    }
}

fn name_key(one: &Membership) -> String {
    one.member.name().to_lowercase()
}

fn paged<K: SortKey>(
    found: Vec<Membership>,
    sort: MembershipSort,
    page: &PageRequest,
    key: impl Fn(&Membership) -> K,
) -> Slice<Membership> {
    let total = found.len();
    let rows = found.into_iter().map(|one| (key(&one), tie(one.id), one)).collect();
    page_of(rows, sort.is_descending(), total, page)
}
