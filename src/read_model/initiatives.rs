//! Pages of a snapshot's initiatives, in the orders of lists.

use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use imbl::OrdMap;
use roaring::RoaringBitmap;
use uuid::Uuid;

use super::entry::InitiativeEntry;
use super::initiative_filter::InitiativeFilter;
use super::paging::{KeyedRow, Number, SortKey, edge_of, page_of, slice_of, tie};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::geography::Near;
use crate::http::page::{PageRequest, Slice};
use crate::registry::initiatives::query::{InitiativeQuery, InitiativeSort};

/// A list scans a sort order instead of sorting, if it expects to scan at most this many times as many initiatives.
const MAX_SCAN_RATIO: u64 = 4;

/// An initiative on a page.
pub type Row<'a> = &'a Arc<InitiativeEntry>;

/// The order of a list of initiatives.
#[derive(Clone, Copy, Debug)]
pub enum InitiativeOrder {
    /// A sort order of lists.
    By(InitiativeSort),
    /// Nearest first.
    Distance(Near),
    /// Most relevant first.
    Relevance,
}

impl InitiativeOrder {
    /// The order that a query asks for, or its default.
    pub fn of(query: &InitiativeQuery, near: Option<Near>) -> Self {
        match query.sort {
            None | Some(InitiativeSort::Relevance) if query.q.is_some() => Self::Relevance,
            sort => Self::sorted(sort, near),
        }
    }

    /// The order of a list without a search.
    pub fn sorted(sort: Option<InitiativeSort>, near: Option<Near>) -> Self {
        match (sort, near) {
            (Some(InitiativeSort::Distance), Some(near)) => Self::Distance(near),
            // Distance needs a point: the filter refuses it otherwise.
            (None | Some(InitiativeSort::Distance | InitiativeSort::Relevance), _) => Self::By(InitiativeSort::Title),
            (Some(sort), _) => Self::By(sort),
        }
    }
}

impl Snapshot {
    /// One page of the initiatives that the caller may see and that match a filter.
    pub fn list_initiatives(
        &self,
        reach: Reach,
        filter: &InitiativeFilter,
        order: InitiativeOrder,
        page: &PageRequest,
    ) -> Slice<Row<'_>> {
        match (order, &filter.hits) {
            (InitiativeOrder::Relevance, Some(_)) => self.best_initiatives(reach, filter, page),
            _ => self.page_of_initiatives(&self.select(reach, filter), order, page),
        }
    }

    /// One page of these initiatives, in an order.
    pub fn page_of_initiatives(
        &self,
        found: &RoaringBitmap,
        order: InitiativeOrder,
        page: &PageRequest,
    ) -> Slice<Row<'_>> {
        use InitiativeSort::{Started, StartedDescending, TitleDescending, Updated, UpdatedDescending};
        let orders = &self.orders;
        match order {
            InitiativeOrder::Distance(near) => self.nearest(found, near, page),
            InitiativeOrder::By(Started) => self.page_by(&orders.started, false, found, page, start),
            InitiativeOrder::By(StartedDescending) => {
                self.page_by(&orders.started_descending, true, found, page, start_descending)
            }
            InitiativeOrder::By(Updated) => self.page_by(&orders.updated, false, found, page, |one| one.updated_at),
            InitiativeOrder::By(UpdatedDescending) => {
                self.page_by(&orders.updated, true, found, page, |one| one.updated_at)
            }
            InitiativeOrder::By(TitleDescending) => self.page_by(&orders.title, true, found, page, title),
            InitiativeOrder::By(_) | InitiativeOrder::Relevance => {
                self.page_by(&orders.title, false, found, page, title)
            }
        }
    }

    /// The numbers of all these initiatives, in an order.
    pub fn in_order(&self, found: &RoaringBitmap, order: InitiativeOrder) -> Vec<u32> {
        use InitiativeSort::{Started, StartedDescending, TitleDescending, Updated, UpdatedDescending};
        fn scan<K: Ord>(order: &OrdMap<(K, Uuid), u32>, backwards: bool, found: &RoaringBitmap) -> Vec<u32> {
            let is_found = |number: &u32| found.contains(*number);
            if backwards {
                order.values().rev().copied().filter(is_found).collect()
            } else {
                order.values().copied().filter(is_found).collect()
            }
        }
        let orders = &self.orders;
        match order {
            InitiativeOrder::Distance(near) => {
                let mut rows = self.distances(found, near);
                rows.sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
                rows.into_iter().filter_map(|(.., row)| self.number(row.id)).collect()
            }
            InitiativeOrder::By(Started) => scan(&orders.started, false, found),
            InitiativeOrder::By(StartedDescending) => scan(&orders.started_descending, true, found),
            InitiativeOrder::By(Updated) => scan(&orders.updated, false, found),
            InitiativeOrder::By(UpdatedDescending) => scan(&orders.updated, true, found),
            InitiativeOrder::By(TitleDescending) => scan(&orders.title, true, found),
            InitiativeOrder::By(_) | InitiativeOrder::Relevance => scan(&orders.title, false, found),
        }
    }

    /// A page by scanning a stored order, or by sorting: whichever reads fewer rows.
    fn page_by<K: SortKey + Clone>(
        &self,
        order: &OrdMap<(K, Uuid), u32>,
        descending: bool,
        found: &RoaringBitmap,
        page: &PageRequest,
        key: impl Fn(&InitiativeEntry) -> K,
    ) -> Slice<Row<'_>> {
        let expected = page.fetch() as u64 * order.len() as u64 / found.len().max(1);
        if expected > found.len() * MAX_SCAN_RATIO {
            let rows = self.initiatives(found).map(|one| (key(one), tie(one.id), one)).collect();
            return page_of(rows, descending, found.len() as usize, page);
        }
        let edge = edge_of::<K>(page).map(|(key, (id, _))| (key, id));
        let row = |((key, id), number): (&(K, Uuid), &u32)| -> Option<KeyedRow<K, Row<'_>>> {
            found.contains(*number).then(|| Some((key.clone(), tie(*id), self.initiative(*number)?)))?
        };
        let wanted = page.fetch() as usize;
        let rows: Vec<KeyedRow<K, Row<'_>>> = match (descending != page.is_backwards(), edge) {
            (false, Some(edge)) => order.range((Excluded(edge), Unbounded)).filter_map(row).take(wanted).collect(),
            (false, None) => order.iter().filter_map(row).take(wanted).collect(),
            (true, Some(edge)) => order.range(..edge).rev().filter_map(row).take(wanted).collect(),
            (true, None) => order.iter().rev().filter_map(row).take(wanted).collect(),
        };
        slice_of(rows, found.len() as usize, page)
    }

    fn nearest(&self, found: &RoaringBitmap, near: Near, page: &PageRequest) -> Slice<Row<'_>> {
        page_of(self.distances(found, near), false, found.len() as usize, page)
    }

    fn distances(&self, found: &RoaringBitmap, near: Near) -> Vec<KeyedRow<Number, Row<'_>>> {
        let distance = |one: Row<'_>| Some(Number(near.point.distance_km(one.place?.0)));
        self.initiatives(found).filter_map(|one| Some((distance(one)?, tie(one.id), one))).collect()
    }
}

fn title(entry: &InitiativeEntry) -> Arc<str> {
    Arc::clone(&entry.title_key)
}

fn start(entry: &InitiativeEntry) -> chrono::NaiveDate {
    entry.started.unwrap_or(chrono::NaiveDate::MAX)
}

fn start_descending(entry: &InitiativeEntry) -> chrono::NaiveDate {
    entry.started.unwrap_or(chrono::NaiveDate::MIN)
}
