//! Finds the documents of an index that match a plan.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::index::TextIndex;
use super::plan::{Expansion, Matcher, Plan, Way};
use super::postings::{Posting, PostingList, Weight};

/// Factor for the words of a thesaurus term when they are not adjacent: `care` and `leavers` for `care leavers`.
const SEPARATE_WORDS: f32 = 0.5;

/// A way with its matching documents.
#[derive(Clone, Debug)]
pub struct Matched {
    /// Visible documents.
    pub documents: RoaringBitmap,
    lists: Vec<PostingList>,
}

impl Matched {
    /// Looks up a way.
    pub fn new(index: &TextIndex, matcher: &Matcher, visible: &RoaringBitmap) -> Self {
        let lists: Vec<PostingList> = match matcher {
            Matcher::Any(terms) => terms.iter().filter_map(|term| Some(index.term(term)?.postings.clone())).collect(),
            Matcher::Row(places) => vec![PostingList::from_sorted(&in_a_row(index, places, visible))],
        };
        let mut documents = RoaringBitmap::new();
        for list in &lists {
            documents |= list.numbers();
        }
        documents &= visible;
        Self { documents, lists }
    }

    /// Calls `visit` with the index in `numbers` (sorted) and the weight of each number that matches.
    pub fn each_of(&self, numbers: &[u32], mut visit: impl FnMut(usize, Weight)) {
        self.lists.iter().for_each(|list| list.each_of(numbers, &mut visit));
    }
}

/// Visible documents with this sequence of words, each with the weight of its lightest word.
fn in_a_row(index: &TextIndex, places: &[Option<Vec<String>>], visible: &RoaringBitmap) -> Vec<Posting> {
    let mut candidates = visible.clone();
    let mut anchor: Option<(u64, usize)> = None;
    let mut phrase = Vec::new();
    let mut words = Vec::new();
    for place in places {
        let Some(terms) = place else {
            phrase.push(None);
            continue;
        };
        let word = Matched::new(index, &Matcher::Any(terms.clone()), &candidates);
        candidates &= &word.documents;
        if anchor.is_none_or(|(fewest, _)| word.documents.len() < fewest) {
            anchor = Some((word.documents.len(), phrase.len()));
        }
        words.push(word);
        let ids = terms.iter().filter_map(|term| index.term(term)).flat_map(|term| term.words.iter().copied());
        phrase.push(Some(ids.collect()));
    }
    let Some((_, anchor)) = anchor else { return Vec::new() };
    let numbers: Vec<u32> = candidates.iter().filter(|number| index.has_row(*number, &phrase, anchor)).collect();
    let mut least: Vec<Option<Weight>> = vec![None; numbers.len()];
    for word in &words {
        word.each_of(&numbers, |at, weight| least[at] = Some(least[at].map_or(weight, |other| other.least(weight))));
    }
    numbers.into_iter().zip(least).filter_map(|(number, weight)| Some((number, weight?))).collect()
}

/// A plan with its documents in one index.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Each way of the plan.
    pub ways: Vec<Matched>,
    /// For each slot, the documents that match it in any way.
    pub slots: Vec<RoaringBitmap>,
    /// For each branch, the documents that it excludes.
    pub excluded: Vec<RoaringBitmap>,
    /// Documents that match every slot of a branch.
    pub strict: RoaringBitmap,
}

impl Lookup {
    /// Looks up a plan.
    pub fn new(plan: &Plan, index: &TextIndex, visible: &RoaringBitmap) -> Self {
        let ways: Vec<Matched> = plan.ways.iter().map(|way| Matched::new(index, &way.matcher, visible)).collect();
        let mut slots = vec![RoaringBitmap::new(); plan.slots.len()];
        for (way, matched) in plan.ways.iter().zip(&ways) {
            way.slots.clone().for_each(|slot| slots[slot] |= &matched.documents);
        }
        let mut strict = RoaringBitmap::new();
        let mut excluded = Vec::new();
        for branch in &plan.branches {
            let mut absent = RoaringBitmap::new();
            branch.excluded.iter().for_each(|matcher| absent |= Matched::new(index, matcher, visible).documents);
            // Stop words alone match nothing. Exclusions alone match everything else.
            let is_empty = branch.slots.is_empty() && branch.excluded.is_empty();
            let mut all = if is_empty { RoaringBitmap::new() } else { visible.clone() };
            slots[branch.slots.clone()].iter().for_each(|slot| all &= slot);
            all -= &absent;
            strict |= all;
            excluded.push(absent);
        }
        Self { ways, slots, excluded, strict }
    }
}

/// The strength of each way. The separate words of a thesaurus term count less, unless no document has the term.
pub fn strengths(plan: &Plan, lookups: &[Arc<Lookup>]) -> Vec<f32> {
    let has = |way: usize| lookups.iter().any(|lookup| !lookup.ways[way].documents.is_empty());
    let is_known =
        |expansion: &Expansion| expansion.itself.is_some_and(has) || expansion.also.iter().any(|(way, _)| has(*way));
    let strength = |way: &Way| match way.part_of {
        Some(expansion) if is_known(&plan.expansions[expansion]) => way.strength * SEPARATE_WORDS,
        _ => way.strength,
    };
    plan.ways.iter().map(strength).collect()
}
