//! Lists of organisations. There are a few hundred, so filters scan all of them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use roaring::RoaringBitmap;
use uuid::Uuid;

use super::catalogue::{Catalogue, OrganisationEntry, page_by};
use super::facet_index::FacetKey;
use super::paging::{KeyedRow, slice_of};
use super::search::{Hits, Relevance, SearchScope};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::http::page::{PageRequest, Slice};
use crate::registry::organisations::model::{Organisation, OrganisationKind};
use crate::registry::organisations::query::{OrganisationQuery, OrganisationSort, OrganisationStatus};

/// A filter of organisations, with names resolved to ids.
#[derive(Clone, Debug, Default)]
pub struct OrganisationFilter {
    /// Matches of a search.
    pub hits: Option<Arc<Hits>>,
    /// Accepted or proposed.
    pub status: OrganisationStatus,
    /// Has any of these kinds.
    pub kinds: Vec<OrganisationKind>,
    /// Owned by any of these councils.
    pub councils: Option<Vec<Uuid>>,
    /// Changed at this time or later.
    pub updated_since: Option<DateTime<Utc>>,
}

impl OrganisationFilter {
    /// Resolve the names in a query. Reports every fault at once.
    pub fn new(snapshot: &Snapshot, reach: Reach, query: &OrganisationQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let councils = snapshot.any_council("council", &query.council, &mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        let status = query.status.unwrap_or_default();
        let hits = query.q.as_deref().map(|words| Arc::new(snapshot.find_organisations(reach, words, status)));
        Ok(Self { hits, status, kinds: query.kind.clone(), councils, updated_since: query.updated_since })
    }

    /// True if the organisation matches. Words are checked elsewhere.
    fn takes(&self, entry: &OrganisationEntry) -> bool {
        let one = &entry.record;
        let owner = one.council.as_ref().map(|council| council.id);
        (self.kinds.is_empty() || self.kinds.contains(&one.kind))
            && self.councils.as_ref().is_none_or(|ids| owner.is_some_and(|owner| ids.contains(&owner)))
            && self.updated_since.is_none_or(|since| one.updated_at >= since)
    }
}

/// The order that a query asks for, or its default.
pub fn order_of(query: &OrganisationQuery) -> OrganisationSort {
    match query.sort {
        None if query.q.is_some() => OrganisationSort::Relevance,
        None => OrganisationSort::Name,
        Some(sort) => sort,
    }
}

impl Snapshot {
    /// The organisations that the caller may see and that match a filter, in an order. By relevance, they come by name.
    pub fn select_organisations(
        &self,
        reach: Reach,
        filter: &OrganisationFilter,
        sort: OrganisationSort,
    ) -> Vec<&OrganisationEntry> {
        let seen = SearchScope::from(filter.status).sets(self, reach).into_iter().flatten();
        let hits = seen.filter(|place| filter.hits.as_ref().is_none_or(|hits| hits.matched.contains(*place)));
        let catalogue = self.organisations_with(filter.status);
        let found = hits.filter_map(|place| catalogue.at(place as usize)).filter(|one| filter.takes(one));
        let mut found: Vec<&OrganisationEntry> = found.collect();
        if is_by_change(sort) {
            found.sort_by_key(|one| (one.record.updated_at, one.record.id));
        }
        if is_descending(sort) {
            found.reverse();
        }
        found
    }

    /// All organisations with a status, seen by the caller or not.
    fn organisations_with(&self, status: OrganisationStatus) -> &Catalogue<Organisation> {
        match status {
            OrganisationStatus::Accepted => &self.organisations,
            OrganisationStatus::Proposed => self.proposals.all(),
        }
    }

    /// The number of initiatives that the caller may see and that name an organisation.
    pub fn initiatives_of_organisation(&self, reach: Reach, id: Uuid) -> u64 {
        let named = self.facets.get(FacetKey::Organisation(id));
        named.map_or(0, |named| self.visible(reach).intersection_len(named))
    }

    /// One page of the organisations that match.
    pub fn list_organisations(
        &self,
        reach: Reach,
        filter: &OrganisationFilter,
        sort: OrganisationSort,
        page: &PageRequest,
    ) -> Slice<&OrganisationEntry> {
        if let (OrganisationSort::Relevance, Some(hits)) = (sort, &filter.hits) {
            return self.best_organisations(reach, filter, hits, page);
        }
        let found = self.select_organisations(reach, filter, sort);
        match is_by_change(sort) {
            true => page_by(found, is_descending(sort), page, |one| one.record.updated_at),
            false => page_by(found, is_descending(sort), page, |one| one.name_key.to_string()),
        }
    }

    /// One page of the organisations that match a filter with words, most relevant first.
    fn best_organisations(
        &self,
        reach: Reach,
        filter: &OrganisationFilter,
        hits: &Arc<Hits>,
        page: &PageRequest,
    ) -> Slice<&OrganisationEntry> {
        let former = hits.as_of(self, reach, filter.status.into(), page);
        let hits = former.map_or_else(|| Arc::clone(hits), Arc::new);
        let filter = OrganisationFilter { hits: Some(Arc::clone(&hits)), ..filter.clone() };
        let catalogue = self.organisations_with(filter.status);
        let found = self.select_organisations(reach, &filter, OrganisationSort::Name).into_iter();
        let places = found.filter_map(|one| catalogue.place(one.record.id)).map(|place| place as u32);
        let found: RoaringBitmap = places.collect();
        let rows: Vec<KeyedRow<Relevance, _>> = hits.ranked(
            0,
            &found,
            page,
            |place| catalogue.at(place as usize).map(|one| one.record.id).unwrap_or_default(),
            |place| catalogue.at(place as usize),
        );
        slice_of(rows, found.len() as usize, page)
    }
}

fn is_by_change(sort: OrganisationSort) -> bool {
    matches!(sort, OrganisationSort::Updated | OrganisationSort::UpdatedDescending)
}

fn is_descending(sort: OrganisationSort) -> bool {
    matches!(sort, OrganisationSort::NameDescending | OrganisationSort::UpdatedDescending)
}
