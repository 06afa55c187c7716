//! Pages of search results, most relevant first and combined with other filters; suggestions while typing.

use std::sync::Arc;

use roaring::RoaringBitmap;
use uuid::Uuid;

use super::catalogue::{CouncilEntry, OrganisationEntry};
use super::council_list::CouncilFilter;
use super::hits::{Found, SearchHit, Suggestion};
use super::initiative_filter::InitiativeFilter;
use super::initiatives::Row;
use super::paging::{KeyedRow, slice_of};
use super::search::{Hits, Marks, Relevance, SearchScope};
use super::snapshot::Snapshot;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::geography::Point;
use crate::http::page::{PageRequest, Slice};
use crate::http::search::Highlight;

/// A hit of a search across resources.
#[derive(Clone, Debug)]
pub enum FoundRow<'a> {
    /// A council.
    Council(&'a CouncilEntry),
    /// An initiative.
    Initiative(Row<'a>),
    /// An organisation.
    Organisation(&'a OrganisationEntry),
}

/// Filters of a search across resources.
#[derive(Debug)]
pub struct EverywhereFilter {
    /// Of councils.
    pub councils: CouncilFilter,
    /// Of initiatives.
    pub initiatives: InitiativeFilter,
    /// True to include organisations. They have no place, so none is in an area.
    pub organisations: bool,
}

impl Snapshot {
    /// One page of the initiatives that match a filter with words, most relevant first.
    pub fn best_initiatives(&self, reach: Reach, filter: &InitiativeFilter, page: &PageRequest) -> Slice<Row<'_>> {
        let Some(hits) = &filter.hits else { return slice_of(Vec::<KeyedRow<Relevance, _>>::new(), 0, page) };
        let former = hits.as_of(self, reach, SearchScope::Initiatives, page);
        let hits = former.map_or_else(|| Arc::clone(hits), Arc::new);
        let found = self.select(reach, &InitiativeFilter { hits: Some(Arc::clone(&hits)), ..filter.clone() });
        let rows = hits.ranked(0, &found, page, |number| self.id_of(number), |number| self.initiative(number));
        slice_of(rows, found.len() as usize, page)
    }

    /// The same for councils.
    pub fn best_councils(&self, reach: Reach, filter: &CouncilFilter, page: &PageRequest) -> Slice<&CouncilEntry> {
        let Some(hits) = &filter.hits else { return slice_of(Vec::<KeyedRow<Relevance, _>>::new(), 0, page) };
        let former = hits.as_of(self, reach, SearchScope::Councils, page);
        let hits = former.map_or_else(|| Arc::clone(hits), Arc::new);
        let found = self.places_of(&CouncilFilter { hits: Some(Arc::clone(&hits)), ..filter.clone() });
        let rows =
            hits.ranked(0, &found, page, |place| self.council_id(place), |place| self.councils.at(place as usize));
        slice_of(rows, found.len() as usize, page)
    }

    /// One page of a search across resources that also matches these filters.
    pub fn best_everywhere(
        &self,
        reach: Reach,
        hits: &Hits,
        filter: &EverywhereFilter,
        page: &PageRequest,
    ) -> Slice<FoundRow<'_>> {
        let former = hits.as_of(self, reach, SearchScope::Everywhere, page);
        let hits = former.as_ref().unwrap_or(hits);
        let nothing = RoaringBitmap::new();
        let [of_initiatives, of_councils, of_organisations] =
            [0, 1, 2].map(|at| hits.understanding.hits.get(at).map_or(&nothing, |one| &one.matched));
        let found_initiatives = self.select(reach, &filter.initiatives) & of_initiatives;
        let found_councils = self.places_of(&filter.councils) & of_councils;
        let found_organisations = if filter.organisations { of_organisations } else { &nothing };
        let total = found_initiatives.len() + found_councils.len() + found_organisations.len();
        let mut rows = hits.ranked(
            0,
            &found_initiatives,
            page,
            |number| self.id_of(number),
            |number| self.initiative(number).map(FoundRow::Initiative),
        );
        let of_councils = hits.ranked(
            1,
            &found_councils,
            page,
            |place| self.council_id(place),
            |place| self.councils.at(place as usize).map(FoundRow::Council),
        );
        let of_organisations = hits.ranked(
            2,
            found_organisations,
            page,
            |place| self.organisation_id(place),
            |place| self.organisations.at(place as usize).map(FoundRow::Organisation),
        );
        rows.extend(of_councils);
        rows.extend(of_organisations);
        rows.sort_by(|a, b| {
            let best_first = (&b.0, &b.1).cmp(&(&a.0, &a.1));
            if page.is_backwards() { best_first.reverse() } else { best_first }
        });
        rows.truncate(page.fetch() as usize);
        slice_of(rows, total as usize, page)
    }

    /// The councils that match a filter, as indexes in the order of names.
    fn places_of(&self, filter: &CouncilFilter) -> RoaringBitmap {
        let found = self.select_councils(filter);
        found.into_iter().filter_map(|one| self.councils.place(one.record.id)).map(|place| place as u32).collect()
    }

    fn id_of(&self, number: u32) -> Uuid {
        self.initiative(number).map(|entry| entry.id).unwrap_or_default()
    }

    fn council_id(&self, place: u32) -> Uuid {
        self.councils.at(place as usize).map(|entry| entry.record.id).unwrap_or_default()
    }

    /// The id of the organisation at an index in the order of names.
    fn organisation_id(&self, place: u32) -> Uuid {
        self.organisations.at(place as usize).map(|entry| entry.record.id).unwrap_or_default()
    }

    /// Suggestions for typed text: councils (at most half), themes and organisations (at most a quarter each), then
    /// initiatives. In each group, texts that start with it come first.
    pub fn suggest(&self, reach: Reach, typed: &str, most: usize) -> Vec<Suggestion> {
        let sets = SearchScope::Everywhere.sets(self, reach);
        let themes =
            self.themes.iter().zip(0u32..).filter(|(entry, _)| entry.is_active()).map(|(_, place)| place).collect();
        let councils = self.search.councils.suggest(typed, &sets[1], most.div_ceil(2), |place| self.council_id(place));
        let councils = councils.into_iter().filter_map(|place| self.councils.at(place as usize));
        let named = self.search.themes.suggest(typed, &themes, most.div_ceil(4), |place| place);
        let named = named.into_iter().filter_map(|place| self.themes.at(place as usize));
        let bodies =
            self.search.organisations.suggest(typed, &sets[2], most.div_ceil(4), |place| self.organisation_id(place));
        let bodies = bodies.into_iter().filter_map(|place| self.organisations.at(place as usize));
        let titled = self.search.initiatives.suggest(typed, &sets[0], most, |number| self.id_of(number));
        let titled = titled.into_iter().filter_map(|number| self.initiative(number));
        let suggestion = |resource, id, slug: &str, text: &str| Suggestion {
            resource,
            id,
            slug: slug.to_owned(),
            text: text.to_owned(),
        };
        let councils =
            councils.map(|one| &one.record).map(|one| suggestion(Found::Council, one.id, &one.slug, &one.name));
        let named = named.map(|one| &one.record).map(|one| suggestion(Found::Theme, one.id, &one.slug, &one.label));
        let bodies =
            bodies.map(|one| &one.record).map(|one| suggestion(Found::Organisation, one.id, &one.slug, &one.name));
        let titled = titled.map(|one| suggestion(Found::Initiative, one.id, &one.slug, &one.title));
        councils.chain(named).chain(bodies).chain(titled).take(most).collect()
    }
}

impl FoundRow<'_> {
    /// Its location.
    pub fn point(&self) -> Option<Point> {
        match self {
            Self::Council(entry) => entry.record.location.map(Into::into),
            Self::Initiative(entry) => entry.place.map(|(at, _)| at),
            Self::Organisation(_) => None,
        }
    }

    /// The highlights of a search in it.
    pub fn highlight(&self, marks: &Marks) -> Result<Highlight, ApiError> {
        match self {
            Self::Council(entry) => Ok(marks.council(&entry.record)),
            Self::Initiative(entry) => marks.initiative(entry),
            Self::Organisation(entry) => Ok(marks.organisation(&entry.record)),
        }
    }

    /// As a search hit for the response.
    pub fn hit(&self) -> Result<SearchHit, ApiError> {
        match self {
            Self::Council(entry) => Ok(SearchHit::council(&entry.record)),
            Self::Initiative(entry) => Ok(SearchHit::initiative(&entry.record(Reach::PUBLIC)?)),
            Self::Organisation(entry) => Ok(SearchHit::organisation(&entry.record)),
        }
    }
}
