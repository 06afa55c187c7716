//! Searching a snapshot: which initiatives and councils have the words, the best first, and what else may have been meant.
//!
//! The index and its ranking are [`super::text`]. Here records become documents' numbers and back, and the words become one
//! more set that is intersected with every other filter.

use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use roaring::RoaringBitmap;
use uuid::Uuid;

use super::council_list::CouncilFilter;
use super::documents::Documents;
use super::entry::{CouncilEntry, InitiativeEntry};
use super::hits::{Found, SearchHit, Suggestion};
use super::initiative_filter::InitiativeFilter;
use super::initiatives::Row;
use super::paging::{KeyedRow, SortKey, edge_of, slice_of, tie};
use super::snapshot::Snapshot;
use super::text;
use super::text::{Edge, Highlighter, TextIndex, Understanding, Weights};
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::geography::Point;
use crate::http::page::{PageRequest, Slice};
use crate::http::search::{Highlight, SearchNote, SynonymUse};
use crate::registry::councils::model::Council;
use crate::registry::initiatives::model::Initiative;

/// What is searched: an index a resource. Copies share what is the same.
#[derive(Clone, Debug, Default)]
pub struct SearchIndexes {
    /// Initiatives by number.
    pub initiatives: TextIndex,
    /// Councils by their place in the order of names.
    pub councils: TextIndex,
    /// Themes by their place in the order of labels.
    pub themes: TextIndex,
}

/// A search that was carried out.
#[derive(Clone, Debug)]
pub struct Hits {
    /// All that match, among what the caller may see: initiatives, or councils where those alone are searched.
    pub matched: RoaringBitmap,
    /// How it was understood.
    pub note: SearchNote,
    written: String,
    understanding: Understanding,
}

/// The place of a hit in the order of relevance: its score, and what words weighed when it was worked out.
#[derive(Clone, Debug)]
pub struct Relevance {
    score: f32,
    weights: Arc<str>,
}

impl PartialEq for Relevance {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Relevance {}
impl PartialOrd for Relevance {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Relevance {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.score.total_cmp(&other.score)
    }
}

impl SortKey for Relevance {
    fn text(&self) -> String {
        format!("{:x} {}", self.score.to_bits(), self.weights)
    }
    fn parse(text: &str) -> Option<Self> {
        let (score, weights) = text.split_once(' ')?;
        let score = f32::from_bits(u32::from_str_radix(score, 16).ok()?);
        Some(Self { score, weights: weights.into() })
    }
}

/// A hit of a search across resources.
#[derive(Clone, Debug)]
pub enum FoundRow<'a> {
    /// A council.
    Council(&'a CouncilEntry),
    /// An initiative.
    Initiative(&'a Row),
}

impl Hits {
    fn new(written: &str, understanding: Understanding) -> Self {
        let synonyms = understanding.synonyms.iter();
        let note = SearchNote {
            searched_for: understanding.searched_for.clone(),
            did_you_mean: understanding.did_you_mean.clone(),
            relaxed: understanding.relaxed,
            synonyms: synonyms.map(|one| SynonymUse { word: one.word.clone(), also: one.also.clone() }).collect(),
        };
        let matched = understanding.hits.first().map(|hits| hits.matched.clone()).unwrap_or_default();
        Self { matched, note, written: written.to_owned(), understanding }
    }

    /// The folded words of a search that finds nothing, whatever is asked for besides.
    pub fn unanswered(&self) -> Option<String> {
        let finds_nothing = self.understanding.hits.iter().all(|hits| hits.matched.is_empty());
        finds_nothing.then(|| text::key(&self.written)).filter(|words| !words.is_empty())
    }

    /// The same search with what words weighed when the page at an edge was shown, so that later pages keep the order of the
    /// first while records are written.
    fn as_of(&self, snapshot: &Snapshot, reach: Reach, scope: Scope, page: &PageRequest) -> Option<Self> {
        let edge = edge_of::<Relevance>(page)?.0;
        let weights = Weights::parse(&edge.weights)?;
        let sets = scope.sets(snapshot, reach);
        let understanding = text::understand_with(&scope.indexes(snapshot, &sets), &self.written, &weights)?;
        Some(Self::new(&self.written, understanding))
    }

    /// One page of the hits of an index among some documents, in the order of reading.
    fn ranked<T>(
        &self,
        at: usize,
        within: &RoaringBitmap,
        page: &PageRequest,
        id: impl Fn(u32) -> Uuid,
        row: impl Fn(u32) -> Option<T>,
    ) -> Vec<KeyedRow<Relevance, T>> {
        let Some(hits) = self.understanding.hits.get(at) else { return Vec::new() };
        let edge = edge_of::<Relevance>(page).map(|(key, (id, _))| Edge {
            score: key.score,
            tie: id,
            is_backwards: page.is_backwards(),
        });
        let weights: Arc<str> = self.understanding.weights.to_string().into();
        let mut best = hits.page(within, edge.as_ref(), page.fetch() as usize, &id);
        if page.is_backwards() {
            best.reverse();
        }
        let keyed = |(number, score)| {
            let key = Relevance { score, weights: Arc::clone(&weights) };
            Some((key, tie(id(number)), row(number)?))
        };
        best.into_iter().filter_map(keyed).collect()
    }

    /// What marks the words in a text.
    pub fn marks(&self) -> Marks {
        Marks(Highlighter::new(&self.understanding))
    }
}

/// Which indexes are searched together.
#[derive(Clone, Copy, Debug)]
enum Scope {
    Initiatives,
    Councils,
    Both,
}

impl Scope {
    /// What the caller may see, of each index.
    fn sets(self, snapshot: &Snapshot, reach: Reach) -> Vec<RoaringBitmap> {
        let councils = || {
            let seen = snapshot.councils.iter().zip(0u32..).filter(|(entry, _)| entry.is_seen(reach));
            seen.map(|(_, place)| place).collect()
        };
        match self {
            Self::Initiatives => vec![snapshot.visible(reach)],
            Self::Councils => vec![councils()],
            Self::Both => vec![snapshot.visible(reach), councils()],
        }
    }

    fn indexes<'a>(self, snapshot: &'a Snapshot, sets: &'a [RoaringBitmap]) -> Vec<(&'a TextIndex, &'a RoaringBitmap)> {
        let indexes = match self {
            Self::Initiatives => vec![&snapshot.search.initiatives],
            Self::Councils => vec![&snapshot.search.councils],
            Self::Both => vec![&snapshot.search.initiatives, &snapshot.search.councils],
        };
        indexes.into_iter().zip(sets).collect()
    }
}

impl Snapshot {
    fn find(&self, reach: Reach, written: &str, scope: Scope) -> Hits {
        let sets = scope.sets(self, reach);
        Hits::new(written, text::understand(&scope.indexes(self, &sets), written))
    }

    /// The initiatives that have these words, among those that a caller may see.
    pub fn find_initiatives(&self, reach: Reach, written: &str) -> Hits {
        self.find(reach, written, Scope::Initiatives)
    }

    /// The councils that have these words, by their place in the order of names.
    pub fn find_councils(&self, reach: Reach, written: &str) -> Hits {
        self.find(reach, written, Scope::Councils)
    }

    /// Both.
    pub fn find_everywhere(&self, reach: Reach, written: &str) -> Hits {
        self.find(reach, written, Scope::Both)
    }

    /// One page of the initiatives that match a filter with words, best hits first.
    pub fn best_initiatives(&self, reach: Reach, filter: &InitiativeFilter, page: &PageRequest) -> Slice<Row> {
        let Some(hits) = &filter.hits else { return slice_of(Vec::<KeyedRow<Relevance, Row>>::new(), 0, page) };
        let former = hits.as_of(self, reach, Scope::Initiatives, page);
        let hits = former.map_or_else(|| Arc::clone(hits), Arc::new);
        let found = self.select(reach, &InitiativeFilter { hits: Some(Arc::clone(&hits)), ..filter.clone() });
        let rows = hits.ranked(0, &found, page, |number| self.id_of(number), |number| self.initiative(number).cloned());
        slice_of(rows, found.len() as usize, page)
    }

    /// The same for councils.
    pub fn best_councils(&self, reach: Reach, filter: &CouncilFilter, page: &PageRequest) -> Slice<&CouncilEntry> {
        let Some(hits) = &filter.hits else { return slice_of(Vec::<KeyedRow<Relevance, _>>::new(), 0, page) };
        let former = hits.as_of(self, reach, Scope::Councils, page);
        let hits = former.map_or_else(|| Arc::clone(hits), Arc::new);
        let found = self.places_of(reach, &CouncilFilter { hits: Some(Arc::clone(&hits)), ..filter.clone() });
        let rows =
            hits.ranked(0, &found, page, |place| self.council_id(place), |place| self.councils.at(place as usize));
        slice_of(rows, found.len() as usize, page)
    }

    /// One page of a search across resources, of what matches these filters.
    pub fn best_everywhere(
        &self,
        reach: Reach,
        hits: &Hits,
        (councils, initiatives): (&CouncilFilter, &InitiativeFilter),
        page: &PageRequest,
    ) -> Slice<FoundRow<'_>> {
        let former = hits.as_of(self, reach, Scope::Both, page);
        let hits = former.as_ref().unwrap_or(hits);
        let nothing = RoaringBitmap::new();
        let [of_initiatives, of_councils] =
            [0, 1].map(|at| hits.understanding.hits.get(at).map_or(&nothing, |one| &one.matched));
        let found_initiatives = self.select(reach, initiatives) & of_initiatives;
        let found_councils = self.places_of(reach, councils) & of_councils;
        let total = found_initiatives.len() + found_councils.len();
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
        rows.extend(of_councils);
        rows.sort_by(|a, b| {
            let best_first = (&b.0, &b.1).cmp(&(&a.0, &a.1));
            if page.is_backwards() { best_first.reverse() } else { best_first }
        });
        rows.truncate(page.fetch() as usize);
        slice_of(rows, total as usize, page)
    }

    /// The places, in the order of names, of the councils that match a filter.
    fn places_of(&self, reach: Reach, filter: &CouncilFilter) -> RoaringBitmap {
        let found = self.select_councils(reach, filter);
        found.into_iter().filter_map(|one| self.councils.place(one.record.id)).map(|place| place as u32).collect()
    }

    fn id_of(&self, number: u32) -> Uuid {
        self.initiative(number).map(|entry| entry.id).unwrap_or_default()
    }

    fn council_id(&self, place: u32) -> Uuid {
        self.councils.at(place as usize).map(|entry| entry.record.id).unwrap_or_default()
    }

    /// What may be meant by what was typed so far: councils (at most half), themes (at most a quarter), then initiatives; of
    /// each those that begin with it come first.
    pub fn suggest(&self, reach: Reach, typed: &str, most: usize) -> Vec<Suggestion> {
        let sets = Scope::Both.sets(self, reach);
        let themes =
            self.themes.iter().zip(0u32..).filter(|(entry, _)| entry.is_active()).map(|(_, place)| place).collect();
        let councils = self.search.councils.suggest(typed, &sets[1], most.div_ceil(2), |place| self.council_id(place));
        let councils = councils.into_iter().filter_map(|place| self.councils.at(place as usize));
        let named = self.search.themes.suggest(typed, &themes, most.div_ceil(4), |place| place);
        let named = named.into_iter().filter_map(|place| self.themes.at(place as usize));
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
        let titled = titled.map(|one| suggestion(Found::Initiative, one.id, &one.slug, &one.title));
        councils.chain(named).chain(titled).take(most).collect()
    }

    /// Index every initiative anew.
    pub fn index_initiatives(&mut self) -> Result<(), ApiError> {
        let snapshot = &*self;
        let documents = Documents(snapshot);
        let (sender, to_index) = sync_channel(1_000);
        let (made, index) = std::thread::scope(|scope| {
            // One thread reads records, the other one indexes them.
            let made = scope.spawn(move || {
                for (number, entry) in snapshot.numbered() {
                    let document = documents.initiative(&entry.record(Reach::PUBLIC)?);
                    if sender.send((number, document)).is_err() {
                        break;
                    }
                }
                Ok::<_, ApiError>(())
            });
            let index = TextIndex::build(to_index);
            (made.join(), index)
        });
        made.map_err(|_| ApiError::internal("a record could not be indexed"))??;
        self.search.initiatives = index;
        Ok(())
    }

    /// Index every council and every theme anew: a few hundred short documents.
    pub fn index_catalogue(&mut self) {
        let documents = Documents(self);
        let councils = TextIndex::build((0..).zip(self.councils.iter().map(|entry| documents.council(&entry.record))));
        let themes = TextIndex::build((0..).zip(self.themes.iter().map(|entry| documents.theme(&entry.record))));
        (self.search.councils, self.search.themes) = (councils, themes);
    }
}

impl FoundRow<'_> {
    /// Where it is.
    pub fn point(&self) -> Option<Point> {
        match self {
            Self::Council(entry) => entry.record.location.map(Into::into),
            Self::Initiative(entry) => entry.place.map(|(at, _)| at),
        }
    }

    /// Where the words of a search are in it.
    pub fn highlight(&self, marks: &Marks) -> Result<Highlight, ApiError> {
        match self {
            Self::Council(entry) => Ok(marks.council(&entry.record)),
            Self::Initiative(entry) => marks.initiative(entry),
        }
    }

    /// As it is answered.
    pub fn hit(&self) -> Result<SearchHit, ApiError> {
        match self {
            Self::Council(entry) => Ok(SearchHit::council(&entry.record)),
            Self::Initiative(entry) => Ok(SearchHit::initiative(&entry.record(Reach::PUBLIC)?)),
        }
    }
}

/// Marks the words of a search.
pub struct Marks(Highlighter);

impl Marks {
    /// Where they are in a council.
    pub fn council(&self, record: &Council) -> Highlight {
        self.highlight(&record.name, None, record.description.as_deref())
    }

    /// Where they are in an initiative.
    pub fn initiative(&self, entry: &InitiativeEntry) -> Result<Highlight, ApiError> {
        let record: Initiative = entry.record(Reach::PUBLIC)?;
        Ok(self.highlight(&record.title, Some(&record.summary), record.texts()))
    }

    fn highlight<'t>(&self, title: &str, summary: Option<&str>, texts: impl IntoIterator<Item = &'t str>) -> Highlight {
        let shown = self.0.highlight(title, summary, texts);
        Highlight { title: shown.title, summary: shown.summary, text: shown.text }
    }
}
