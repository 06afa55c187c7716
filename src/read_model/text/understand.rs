//! Interprets a search: as written or corrected, strict or relaxed, and with which synonyms.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::index::TextIndex;
use super::matching::{Lookup, strengths};
use super::plan::Plan;
use super::query::{Part, Query};
use super::ranking::RankedHits;
use super::spelling::corrected;

/// With fewer strict hits than this, the search is relaxed to documents with some of the words.
const ENOUGH_HITS: u64 = 3;
/// Minimum share of the best hit's weight for a relaxed hit. This cuts off the tail with one common word.
const MIN_SHARE: f32 = 0.6;

/// The interpretation of a search, and its hits.
#[derive(Clone, Debug)]
pub struct Understanding {
    /// The query: as written, or corrected if that finds nothing.
    pub searched_for: String,
    /// The correction, if the query as written finds nothing.
    pub did_you_mean: Option<String>,
    /// True if some hits do not have every word.
    pub relaxed: bool,
    /// Synonyms that were searched as well.
    pub synonyms: Vec<Synonym>,
    /// The hits in each index.
    pub hits: Vec<RankedHits>,
    /// State for a cursor, so that later pages have the order of the first.
    pub weights: Weights,
}

/// A word or term of the query, with related terms that visible records have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synonym {
    /// As written in the query.
    pub word: String,
    /// Related terms that were searched as well.
    pub also: Vec<String>,
}

/// The part of the order of hits that depends on the current records. `Display` and [`Weights::parse`] convert it to
/// and from text.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    relaxed: bool,
    /// Minimum share of the query that a hit must have.
    least: f32,
    idf: Vec<f32>,
    /// The corrected query.
    corrected: Option<String>,
}

impl std::fmt::Display for Weights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{:x}", if self.relaxed { 'r' } else { 's' }, self.least.to_bits())?;
        self.idf.iter().try_for_each(|idf| write!(f, ".{:x}", idf.to_bits()))?;
        self.corrected.iter().try_for_each(|corrected| write!(f, "~{corrected}"))
    }
}

impl Weights {
    /// From the text of a cursor; `None` if it is invalid.
    pub fn parse(text: &str) -> Option<Self> {
        let (numbers, corrected) = match text.split_once('~') {
            Some((numbers, corrected)) => (numbers, Some(corrected.to_owned())),
            None => (text, None),
        };
        let relaxed = match numbers.chars().next()? {
            'r' => true,
            's' => false,
            _ => return None,
        };
        let number = |hex: &str| {
            let number = f32::from_bits(u32::from_str_radix(hex, 16).ok()?);
            (number.is_finite() && (0.0..=1_000.0).contains(&number)).then_some(number)
        };
        let mut numbers = numbers[1..].split('.').map(number);
        let least = numbers.next()??;
        Some(Self { relaxed, least, idf: numbers.collect::<Option<_>>()?, corrected })
    }
}

/// Searches several indexes together. Each comes with the documents that the caller may see, whatever the other
/// filters.
pub fn understand(indexes: &[(&TextIndex, &RoaringBitmap)], written: &str) -> Understanding {
    let attempt = Attempt::new(indexes, written);
    if attempt.strict_total() > 0 {
        return attempt.understanding(indexes, written, None);
    }
    let meant = corrected(indexes, written, &attempt.query).filter(|meant| meant != written);
    let better = meant.and_then(|meant| {
        let second = Attempt::new(indexes, &meant);
        let is_better = second.strict_total() > 0 || second.found_slots() > attempt.found_slots();
        is_better.then_some((second, meant))
    });
    match better {
        Some((second, meant)) => second.understanding(indexes, &meant, Some(meant.clone())),
        None => attempt.understanding(indexes, written, None),
    }
}

/// Searches as [`understand`] did for an earlier page; `None` if the weights belong to another query.
pub fn understand_with(
    indexes: &[(&TextIndex, &RoaringBitmap)],
    written: &str,
    weights: &Weights,
) -> Option<Understanding> {
    let text = weights.corrected.as_deref().unwrap_or(written);
    let attempt = Attempt::new(indexes, text);
    let fits = attempt.plan.slots.len() == weights.idf.len() && (!weights.relaxed || attempt.may_relax());
    fits.then(|| attempt.finish(indexes, text, weights.clone()))
}

/// A query, looked up in all indexes.
struct Attempt {
    query: Query,
    plan: Arc<Plan>,
    lookups: Vec<Arc<Lookup>>,
    strengths: Arc<Vec<f32>>,
}

impl Attempt {
    fn new(indexes: &[(&TextIndex, &RoaringBitmap)], written: &str) -> Self {
        let query = Query::parse(written);
        let plan = Plan::new(&query);
        let look_up = |(index, visible): &(&TextIndex, &RoaringBitmap)| Arc::new(Lookup::new(&plan, index, visible));
        let lookups: Vec<Arc<Lookup>> = indexes.iter().map(look_up).collect();
        let strengths = Arc::new(strengths(&plan, &lookups));
        Self { query, plan: Arc::new(plan), lookups, strengths }
    }

    fn strict_total(&self) -> u64 {
        self.lookups.iter().map(|lookup| lookup.strict.len()).sum()
    }

    /// Number of words and phrases that occur in some record.
    fn found_slots(&self) -> usize {
        let is_found = |slot: &usize| self.lookups.iter().any(|lookup| !lookup.slots[*slot].is_empty());
        (0..self.plan.slots.len()).filter(is_found).count()
    }

    /// True if words can be dropped. Phrases and alternatives cannot.
    fn may_relax(&self) -> bool {
        self.plan.branches.len() == 1 && self.plan.slots.len() > 1 && self.plan.slots.iter().any(|slot| !slot.is_phrase)
    }

    fn understanding(
        self,
        indexes: &[(&TextIndex, &RoaringBitmap)],
        text: &str,
        corrected: Option<String>,
    ) -> Understanding {
        let visible: u64 = indexes.iter().map(|(_, visible)| visible.len()).sum();
        let idf = |slot: usize| {
            let having: u64 = self.lookups.iter().map(|lookup| lookup.slots[slot].len()).sum();
            (1.0 + ((visible - having) as f32 + 0.5) / (having as f32 + 0.5)).ln()
        };
        let idf = (0..self.plan.slots.len()).map(idf).collect();
        let relaxed = self.may_relax() && self.strict_total() < ENOUGH_HITS;
        let mut weights = Weights { relaxed, least: 0.0, idf, corrected };
        if relaxed {
            let idf = Arc::new(weights.idf.clone());
            let shares = (0..indexes.len()).flat_map(|at| shares(&self.hits(indexes, at, &idf, true)));
            weights.least = shares.map(|(_, share)| share).fold(0.0, f32::max) * MIN_SHARE;
        }
        self.finish(indexes, text, weights)
    }

    fn finish(self, indexes: &[(&TextIndex, &RoaringBitmap)], text: &str, weights: Weights) -> Understanding {
        let idf = Arc::new(weights.idf.clone());
        let hits = (0..indexes.len()).map(|at| {
            let mut hits = self.hits(indexes, at, &idf, weights.relaxed);
            if weights.relaxed {
                let enough = shares(&hits).into_iter().filter(|(_, share)| *share >= weights.least);
                hits.matched = enough.map(|(number, _)| number).collect();
                hits.matched |= &self.lookups[at].strict;
            }
            hits
        });
        let hits: Vec<RankedHits> = hits.collect();
        let total: u64 = hits.iter().map(|hits| hits.matched.len()).sum();
        Understanding {
            searched_for: text.to_owned(),
            did_you_mean: weights.corrected.clone(),
            relaxed: total > self.strict_total(),
            synonyms: self.synonyms(text),
            hits,
            weights,
        }
    }

    /// The hits in one index. In a relaxed search, all documents with any of the words.
    fn hits(
        &self,
        indexes: &[(&TextIndex, &RoaringBitmap)],
        at: usize,
        idf: &Arc<Vec<f32>>,
        is_relaxed: bool,
    ) -> RankedHits {
        let lookup = &self.lookups[at];
        let matched = if is_relaxed { self.some_words(lookup, indexes[at].1) } else { lookup.strict.clone() };
        RankedHits {
            matched,
            index: indexes[at].0.clone(),
            plan: self.plan.clone(),
            lookup: lookup.clone(),
            strengths: self.strengths.clone(),
            idf: idf.clone(),
            is_relaxed,
            key: self.key(),
        }
    }

    /// Documents with every phrase, any of the words, and nothing that is excluded.
    fn some_words(&self, lookup: &Lookup, visible: &RoaringBitmap) -> RoaringBitmap {
        let mut any = RoaringBitmap::new();
        let mut has_phrases = visible.clone();
        let mut phrases = 0;
        for (slot, documents) in self.plan.slots.iter().zip(&lookup.slots) {
            if slot.is_phrase {
                has_phrases &= documents;
                phrases += 1;
            } else {
                any |= documents;
            }
        }
        let mut matched = if phrases > 0 { has_phrases } else { any };
        lookup.excluded.iter().for_each(|excluded| matched -= excluded);
        matched
    }

    /// The folded query, for comparison with titles and names.
    fn key(&self) -> Option<Arc<str>> {
        let [branch] = &self.query.branches[..] else { return None };
        if branch.wanted.is_empty() {
            return None;
        }
        let words = branch.wanted.iter().flat_map(|part| match part {
            Part::Words(tokens) | Part::Phrase(tokens) => tokens,
        });
        Some(words.map(|token| &*token.word).collect::<Vec<_>>().join(" ").into())
    }

    fn synonyms(&self, text: &str) -> Vec<Synonym> {
        let is_found = |way: &usize| self.lookups.iter().any(|lookup| !lookup.ways[*way].documents.is_empty());
        let explained = self.plan.expansions.iter().map(|expansion| {
            let found = expansion.also.iter().filter(|(way, _)| is_found(way));
            Synonym {
                word: text[expansion.start..expansion.end].to_owned(),
                also: found.map(|(_, text)| text.clone()).collect(),
            }
        });
        explained.filter(|synonym| !synonym.also.is_empty()).collect()
    }
}

/// The share of the query that each hit covers.
fn shares(hits: &RankedHits) -> Vec<(u32, f32)> {
    let numbers: Vec<u32> = hits.matched.iter().collect();
    let shares = hits.coverage(&numbers).share;
    numbers.into_iter().zip(shares).collect()
}
