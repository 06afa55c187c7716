//! Searches a snapshot: matching initiatives, councils and organisations, most relevant first, and spelling
//! suggestions.
//!
//! The index and its ranking are in [`super::text`]. This module maps records to document numbers and back. The matches
//! of the words are one more set to intersect with the other filters.

use std::sync::Arc;

use roaring::RoaringBitmap;
use uuid::Uuid;

use super::entry::InitiativeEntry;
use super::paging::{KeyedRow, SortKey, edge_of, tie};
use super::search_indexes::SearchIndexes;
use super::snapshot::Snapshot;
use super::text;
use super::text::{Highlighter, RankedEdge, TextIndex, Understanding, Weights};
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::http::page::PageRequest;
use crate::http::search::{Highlight, SearchNote, SynonymUse};
use crate::registry::councils::model::Council;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::organisations::model::Organisation;
use crate::registry::organisations::query::OrganisationStatus;

/// The result of a search.
#[derive(Clone, Debug)]
pub struct Hits {
    /// All matches visible to the caller, of the first resource that is searched.
    pub matched: RoaringBitmap,
    /// How the query was understood.
    pub note: SearchNote,
    written: String,
    pub(super) understanding: Understanding,
}

/// The sort key of a hit: its score, and the word weights that the score was computed with.
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

    /// The folded words of a search without any match, whatever the other filters.
    pub fn unanswered(&self) -> Option<String> {
        let finds_nothing = self.understanding.hits.iter().all(|hits| hits.matched.is_empty());
        finds_nothing.then(|| text::key(&self.written)).filter(|words| !words.is_empty())
    }

    /// The same search with the word weights of the page that the cursor came from. Later pages then have the order of
    /// the first, even if records have changed.
    pub(super) fn as_of(
        &self,
        snapshot: &Snapshot,
        reach: Reach,
        scope: SearchScope,
        page: &PageRequest,
    ) -> Option<Self> {
        let edge = edge_of::<Relevance>(page)?.0;
        let weights = Weights::parse(&edge.weights)?;
        let sets = scope.sets(snapshot, reach);
        let understanding = text::understand_with(&scope.indexes(snapshot, &sets), &self.written, &weights)?;
        Some(Self::new(&self.written, understanding))
    }

    /// One page of an index's hits among some documents, in reading order.
    pub(super) fn ranked<T>(
        &self,
        at: usize,
        within: &RoaringBitmap,
        page: &PageRequest,
        id: impl Fn(u32) -> Uuid,
        row: impl Fn(u32) -> Option<T>,
    ) -> Vec<KeyedRow<Relevance, T>> {
        let Some(hits) = self.understanding.hits.get(at) else { return Vec::new() };
        let edge = edge_of::<Relevance>(page).map(|(key, (id, _))| RankedEdge {
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

    /// The highlighter for the words.
    pub fn marks(&self) -> Marks {
        Marks(Highlighter::new(&self.understanding))
    }
}

/// The indexes that are searched together.
#[derive(Clone, Copy, Debug)]
pub(super) enum SearchScope {
    Initiatives,
    Councils,
    Organisations,
    /// Organisations that councils propose.
    Proposals,
    /// Initiatives, councils and organisations, in this order.
    Everywhere,
}

impl From<OrganisationStatus> for SearchScope {
    fn from(status: OrganisationStatus) -> Self {
        match status {
            OrganisationStatus::Accepted => Self::Organisations,
            OrganisationStatus::Proposed => Self::Proposals,
        }
    }
}

impl SearchScope {
    /// The documents visible to the caller, for each index.
    pub(super) fn sets(self, snapshot: &Snapshot, reach: Reach) -> Vec<RoaringBitmap> {
        // Everybody sees every council and every accepted organisation.
        let councils = || (0..).take(snapshot.councils.len()).collect();
        let organisations = || (0..).take(snapshot.organisations.len()).collect();
        match self {
            Self::Initiatives => vec![snapshot.visible(reach)],
            Self::Councils => vec![councils()],
            Self::Organisations => vec![organisations()],
            Self::Proposals => vec![snapshot.proposals.seen(reach)],
            Self::Everywhere => vec![snapshot.visible(reach), councils(), organisations()],
        }
    }

    fn indexes<'a>(self, snapshot: &'a Snapshot, sets: &'a [RoaringBitmap]) -> Vec<(&'a TextIndex, &'a RoaringBitmap)> {
        let SearchIndexes { initiatives, councils, organisations, proposals, .. } = &snapshot.search;
        let indexes = match self {
            Self::Initiatives => vec![initiatives],
            Self::Councils => vec![councils],
            Self::Organisations => vec![organisations],
            Self::Proposals => vec![proposals],
            Self::Everywhere => vec![initiatives, councils, organisations],
        };
        indexes.into_iter().zip(sets).collect()
    }
}

impl Snapshot {
    fn find(&self, reach: Reach, written: &str, scope: SearchScope) -> Hits {
        let sets = scope.sets(self, reach);
        Hits::new(written, text::understand(&scope.indexes(self, &sets), written))
    }

    /// Search the initiatives that the caller may see.
    pub fn find_initiatives(&self, reach: Reach, written: &str) -> Hits {
        self.find(reach, written, SearchScope::Initiatives)
    }

    /// Search the councils that the caller may see. Matches are indexes in the order of names.
    pub fn find_councils(&self, reach: Reach, written: &str) -> Hits {
        self.find(reach, written, SearchScope::Councils)
    }

    /// Search the organisations with a status that the caller may see. Matches are indexes in the order of names.
    pub fn find_organisations(&self, reach: Reach, written: &str, status: OrganisationStatus) -> Hits {
        self.find(reach, written, status.into())
    }

    /// Search initiatives, councils and organisations.
    pub fn find_everywhere(&self, reach: Reach, written: &str) -> Hits {
        self.find(reach, written, SearchScope::Everywhere)
    }
}

/// Highlights the words of a search.
pub struct Marks(Highlighter);

impl Marks {
    /// The highlights in a council.
    pub fn council(&self, record: &Council) -> Highlight {
        self.highlight(&record.name, None, record.description.as_deref())
    }

    /// The highlights in an organisation.
    pub fn organisation(&self, record: &Organisation) -> Highlight {
        self.highlight(&record.name, None, record.description.as_deref())
    }

    /// The highlights in an initiative.
    pub fn initiative(&self, entry: &InitiativeEntry) -> Result<Highlight, ApiError> {
        let record: Initiative = entry.record(Reach::PUBLIC)?;
        Ok(self.highlight(&record.title, Some(&record.summary), record.texts().map(|(_, text)| text)))
    }

    fn highlight<'t>(&self, title: &str, summary: Option<&str>, texts: impl IntoIterator<Item = &'t str>) -> Highlight {
        let shown = self.0.highlight(title, summary, texts);
        Highlight { title: shown.title, summary: shown.summary, text: shown.text }
    }
}
