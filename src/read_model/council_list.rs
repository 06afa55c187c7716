//! Lists of councils. There are a few hundred at most, so filters scan all of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::catalogue::{CouncilEntry, page_by};
use super::paging::Number;
use super::search::Hits;
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::geography::{Area, Near, Point};
use crate::http::page::{PageRequest, Slice};
use crate::registry::councils::lifetime::{CouncilStatus, today};
use crate::registry::councils::model::{CouncilType, MembershipTier, Nation, Region};
use crate::registry::councils::query::{CouncilQuery, CouncilSort};

/// A filter of councils, with names resolved to ids.
#[derive(Clone, Debug, Default)]
pub struct CouncilFilter {
    /// Matches of a search.
    pub hits: Option<Arc<Hits>>,
    /// Is any of these.
    pub ids: Option<Vec<Uuid>>,
    /// In any of these nations.
    pub nations: Vec<Nation>,
    /// In any of these regions.
    pub regions: Vec<Region>,
    /// Has any of these types.
    pub council_types: Vec<CouncilType>,
    /// Has any of these membership tiers.
    pub tiers: Vec<MembershipTier>,
    /// Is at any of these stages today.
    pub stages: Vec<CouncilStatus>,
    /// Is in office on this day.
    pub as_at: Option<NaiveDate>,
    /// Has any of these GSS codes: of the areas that cover a point.
    pub covering: Option<BTreeSet<String>>,
    /// Located in this area.
    pub area: Area,
    /// Changed at this time or later.
    pub updated_since: Option<DateTime<Utc>>,
}

impl CouncilFilter {
    /// Resolve the names in a query. Reports every fault at once.
    pub fn new(snapshot: &Snapshot, reach: Reach, query: &CouncilQuery) -> Result<Self, ApiError> {
        let mut faults = Vec::new();
        let ids = snapshot.any_council("council", &query.council, &mut faults);
        let area = query.area(&mut faults);
        if !faults.is_empty() {
            return Err(ApiError::bad_query(faults));
        }
        Ok(Self {
            covering: query.covers.map(|point| snapshot.boundaries.covering(point)).transpose()?,
            hits: query.q.as_deref().map(|words| Arc::new(snapshot.find_councils(reach, words))),
            ids,
            nations: query.nation.clone(),
            regions: query.region.clone(),
            council_types: query.council_type.clone(),
            tiers: query.membership.clone(),
            stages: query.status.clone(),
            // A council that is named or asked for by its stage is meant, whatever the day.
            as_at: query.as_at.or_else(|| (query.status.is_empty() && query.council.is_empty()).then(today)),
            area,
            updated_since: query.updated_since,
        })
    }

    /// True if the council matches. Words are checked elsewhere.
    fn takes(&self, entry: &CouncilEntry) -> bool {
        fn any<T: PartialEq>(wanted: &[T], is: impl Fn(&T) -> bool) -> bool {
            wanted.is_empty() || wanted.iter().any(is)
        }
        let one = &entry.record;
        self.ids.as_ref().is_none_or(|ids| ids.contains(&one.id))
            && any(&self.nations, |nation| *nation == one.nation)
            && any(&self.regions, |region| Some(*region) == one.region)
            && any(&self.council_types, |kind| *kind == one.council_type)
            && any(&self.tiers, |tier| *tier == one.membership.tier)
            && any(&self.stages, |stage| *stage == one.status)
            && self.as_at.is_none_or(|day| one.is_in_office(day))
            && self.covering.as_ref().is_none_or(|codes| one.gss_code.as_ref().is_some_and(|code| codes.contains(code)))
            && self.updated_since.is_none_or(|since| one.updated_at >= since)
            && (self.area.is_everywhere() || one.location.is_some_and(|at| self.area.contains(at.into())))
    }
}

/// The order of a list of councils.
#[derive(Clone, Copy, Debug)]
pub enum CouncilOrder {
    /// By name.
    Name {
        /// In descending order.
        descending: bool,
    },
    /// By time of last change.
    Updated {
        /// In descending order.
        descending: bool,
    },
    /// Nearest first.
    Distance(Near),
    /// Most relevant first.
    Relevance,
}

impl CouncilOrder {
    /// The order that a query asks for, or its default.
    pub fn of(query: &CouncilQuery, near: Option<Near>) -> Self {
        match query.sort {
            None | Some(CouncilSort::Relevance) if query.q.is_some() => Self::Relevance,
            sort => Self::sorted(sort, near),
        }
    }

    /// The order of a list without a search.
    pub fn sorted(sort: Option<CouncilSort>, near: Option<Near>) -> Self {
        match (sort, near) {
            (Some(CouncilSort::Distance), Some(near)) => Self::Distance(near),
            (Some(CouncilSort::Updated), _) => Self::Updated { descending: false },
            (Some(CouncilSort::UpdatedDescending), _) => Self::Updated { descending: true },
            (Some(CouncilSort::NameDescending), _) => Self::Name { descending: true },
            // Distance needs a point: the filter refuses it otherwise.
            (None | Some(CouncilSort::Name | CouncilSort::Relevance | CouncilSort::Distance), _) => {
                Self::Name { descending: false }
            }
        }
    }
}

impl Snapshot {
    /// The councils that the caller may see and that match a filter, by name.
    pub fn select_councils(&self, filter: &CouncilFilter) -> Vec<&CouncilEntry> {
        let is_found = |entry: &CouncilEntry| {
            let place = self.councils.place(entry.record.id).unwrap_or_default() as u32;
            filter.hits.as_ref().is_none_or(|hits| hits.matched.contains(place))
        };
        self.councils.iter().filter(|one| filter.takes(one) && is_found(one)).collect()
    }

    /// One page of the councils that match.
    pub fn list_councils(
        &self,
        reach: Reach,
        filter: &CouncilFilter,
        order: CouncilOrder,
        page: &PageRequest,
    ) -> Slice<&CouncilEntry> {
        if let (CouncilOrder::Relevance, Some(_)) = (order, &filter.hits) {
            return self.best_councils(reach, filter, page);
        }
        let found = self.select_councils(filter);
        self.page_of_councils(found, order, page)
    }

    /// One page of these councils, in an order.
    pub fn page_of_councils<'a>(
        &self,
        found: Vec<&'a CouncilEntry>,
        order: CouncilOrder,
        page: &PageRequest,
    ) -> Slice<&'a CouncilEntry> {
        match order {
            CouncilOrder::Updated { descending } => page_by(found, descending, page, |one| one.record.updated_at),
            CouncilOrder::Distance(near) => page_by(found, false, page, |one| distance(one, near)),
            CouncilOrder::Name { descending } => page_by(found, descending, page, |one| one.name_key.to_string()),
            CouncilOrder::Relevance => page_by(found, false, page, |one| one.name_key.to_string()),
        }
    }

    /// All these councils, in an order.
    pub fn councils_in_order<'a>(
        &self,
        mut found: Vec<&'a CouncilEntry>,
        order: CouncilOrder,
    ) -> Vec<&'a CouncilEntry> {
        let id = |one: &CouncilEntry| one.record.id;
        match order {
            CouncilOrder::Updated { .. } => found.sort_by_key(|one| (one.record.updated_at, id(one))),
            CouncilOrder::Distance(near) => found.sort_by_key(|one| (distance(one, near), id(one))),
            // They are sorted by name already.
            CouncilOrder::Name { .. } | CouncilOrder::Relevance => {}
        }
        if matches!(order, CouncilOrder::Updated { descending: true } | CouncilOrder::Name { descending: true }) {
            found.reverse();
        }
        found
    }
}

fn distance(entry: &CouncilEntry, near: Near) -> Number {
    let at = entry.record.location.map(Point::from);
    Number(at.map_or(f64::INFINITY, |at| near.point.distance_km(at)))
}
