//! Scores of matching documents, and pages of them.

use std::cmp::Ordering;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::index::TextIndex;
use super::matching::Lookup;
use super::plan::Plan;

/// BM25's k1: how soon the frequency of a word saturates.
const K1: f32 = 1.2;
/// Bonus for a title with every word.
const WHOLE_IN_TITLE: f32 = 10.0;
/// Factor for the share of the title that the query covers.
const SHARE_OF_TITLE: f32 = 20.0;
/// Bonus for a title that equals the query.
const TITLE: f32 = 30.0;
/// Bonus for a council whose name equals the query.
const EXACT_NAME: f32 = 120.0;
/// Factor for the prominence of a document.
const PROMINENCE: f32 = 0.05;
/// Factor for the covered share of the query in a relaxed search: documents with more of the words come first.
const COVERAGE: f32 = 50.0;

/// Coverage of a word that is only mentioned. A word that is a subject of the document counts 1.
const MENTIONED: f32 = 0.4;
/// Saturated frequency from which a word is a subject of the document: roughly, when it is in title and summary.
const SUBJECT: f32 = 0.85;

/// The hits of a search in one index.
#[derive(Clone, Debug)]
pub struct RankedHits {
    /// All matches among the visible documents.
    pub matched: RoaringBitmap,
    pub(super) index: TextIndex,
    pub(super) plan: Arc<Plan>,
    pub(super) lookup: Arc<Lookup>,
    pub(super) strengths: Arc<Vec<f32>>,
    pub(super) idf: Arc<Vec<f32>>,
    pub(super) is_relaxed: bool,
    /// The whole folded query, if it may be a title or a name.
    pub(super) key: Option<Arc<str>>,
}

/// A position in the order of hits: score and tie-break of the last hit on the page before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankedEdge<T> {
    /// Score of that hit.
    pub score: f32,
    /// Its tie-break.
    pub tie: T,
    /// True for the page before this position, false for the page after it.
    pub is_backwards: bool,
}

/// How much of the query each document covers.
pub(super) struct Coverage {
    /// Covered share of the query's weight, 0 to 1.
    pub share: Vec<f32>,
    score: Vec<f32>,
    title: Vec<f32>,
}

impl RankedHits {
    /// All hits among these documents with their scores, by number.
    pub fn scores(&self, within: &RoaringBitmap) -> Vec<(u32, f32)> {
        let numbers: Vec<u32> = (&self.matched & within).into_iter().collect();
        let coverage = self.coverage(&numbers);
        let ranks = self.index.ranks();
        let mut scores: Vec<f32> = coverage.score;
        for (at, number) in numbers.iter().enumerate() {
            scores[at] += coverage.title[at];
            if self.is_relaxed {
                scores[at] += COVERAGE * coverage.share[at];
            }
            scores[at] += PROMINENCE * ranks.get(*number as usize).map_or(0.0, |rank| rank.prominence);
        }
        for (number, bonus) in self.named() {
            if let Ok(at) = numbers.binary_search(&number) {
                scores[at] += bonus;
            }
        }
        numbers.into_iter().zip(scores).collect()
    }

    /// The next `limit` hits after an edge, most relevant first. Among equal scores, the greater tie-break comes first.
    ///
    /// Backwards, these are the hits just before the edge, also most relevant first.
    pub fn page<T: Ord + Clone>(
        &self,
        within: &RoaringBitmap,
        edge: Option<&RankedEdge<T>>,
        limit: usize,
        tie: impl Fn(u32) -> T,
    ) -> Vec<(u32, f32)> {
        let is_backwards = edge.is_some_and(|edge| edge.is_backwards);
        let order = |one: &(f32, T, u32), other: &(f32, T, u32)| {
            let best_first = other.0.total_cmp(&one.0).then_with(|| other.1.cmp(&one.1));
            if is_backwards { best_first.reverse() } else { best_first }
        };
        let mut hits: Vec<(f32, T, u32)> =
            self.scores(within).into_iter().map(|(number, score)| (score, tie(number), number)).collect();
        if let Some(edge) = edge {
            let edge = (edge.score, edge.tie.clone(), 0);
            hits.retain(|hit| order(hit, &edge) == Ordering::Greater);
        }
        if limit == 0 {
            return Vec::new();
        }
        if hits.len() > limit {
            hits.select_nth_unstable_by(limit - 1, order);
            hits.truncate(limit);
        }
        hits.sort_unstable_by(order);
        if is_backwards {
            hits.reverse();
        }
        hits.into_iter().map(|(score, _, number)| (number, score)).collect()
    }

    /// Adds slot by slot, always in the same order, so that the same documents get exactly the same scores.
    pub(super) fn coverage(&self, numbers: &[u32]) -> Coverage {
        let total: f32 = self.idf.iter().sum();
        let blank = || vec![0.0f32; numbers.len()];
        let mut all = Coverage { share: blank(), score: blank(), title: blank() };
        for branch in &self.plan.branches {
            let mut title = vec![f32::INFINITY; numbers.len()];
            let mut width = 0;
            for slot in branch.slots.clone() {
                let (mut score, mut strength, mut in_title) = (blank(), blank(), blank());
                self.each_way(slot, numbers, |at, way, frequency, is_in_title| {
                    score[at] = score[at].max(way * frequency * (K1 + 1.0) / (frequency + K1));
                    strength[at] = strength[at]
                        .max(way * (MENTIONED + (1.0 - MENTIONED) * (frequency / (frequency + K1) / SUBJECT).min(1.0)));
                    if is_in_title {
                        in_title[at] = in_title[at].max(way);
                    }
                });
                let idf = self.idf[slot];
                for at in 0..numbers.len() {
                    all.score[at] += idf * score[at];
                    all.share[at] += if total > 0.0 { idf * strength[at] / total } else { 0.0 };
                    title[at] = title[at].min(in_title[at]);
                }
                width += self.plan.slots[slot].tokens.len();
            }
            if !branch.slots.is_empty() {
                self.add_title_bonus(numbers, &title, width, &mut all.title);
            }
        }
        all
    }

    fn each_way(&self, slot: usize, numbers: &[u32], mut visit: impl FnMut(usize, f32, f32, bool)) {
        let ways = self.plan.ways.iter().zip(&self.lookup.ways).zip(self.strengths.iter());
        for ((_, matched), strength) in ways.filter(|((way, _), _)| way.slots.contains(&slot)) {
            matched.each_of(numbers, |at, weight| visit(at, *strength, weight.frequency(), weight.in_title()));
        }
    }

    fn add_title_bonus(&self, numbers: &[u32], strength: &[f32], width: usize, bonus: &mut [f32]) {
        let ranks = self.index.ranks();
        for (at, number) in numbers.iter().enumerate().filter(|(at, _)| strength[*at] > 0.0) {
            let length = ranks.get(*number as usize).map_or(1, |rank| rank.title_length).max(1);
            let share = (width as f32 / f32::from(length)).min(1.0);
            bonus[at] = bonus[at].max(strength[at] * (WHOLE_IN_TITLE + SHARE_OF_TITLE * share));
        }
    }

    /// Documents whose title or exact name equals the query, with their bonus.
    fn named(&self) -> Vec<(u32, f32)> {
        let Some(key) = &self.key else { return Vec::new() };
        let from = (key.clone(), false, 0);
        let named = self.index.keys.range(from..).take_while(|(other, _, _)| other == key);
        named.map(|(_, is_name, number)| (*number, if *is_name { EXACT_NAME } else { TITLE })).collect()
    }
}
