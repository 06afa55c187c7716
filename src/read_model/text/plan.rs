//! Plans a query: the possible matches of each word and phrase.

use std::collections::HashSet;
use std::ops::Range;

use super::analysis::Token;
use super::query::{Branch, Part, Query};
use super::terms::{is_stop_word, name_term_of, term_of};
use super::thesaurus::{STOP, THESAURUS};

/// A query, ready for lookup in any index.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Words and phrases that must match.
    pub slots: Vec<Slot>,
    /// The ways to match them.
    pub ways: Vec<Way>,
    /// Alternatives of the query.
    pub branches: Vec<BranchPlan>,
    /// Thesaurus terms of the query, with related terms to look up as well.
    pub expansions: Vec<Expansion>,
}

/// A word or a phrase of the query.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Its words, without stop words.
    pub tokens: Vec<Token>,
    /// True for a phrase, which a relaxed search still requires.
    pub is_phrase: bool,
}

/// A way to match one slot or several neighbouring slots.
#[derive(Clone, Debug)]
pub struct Way {
    /// The slots.
    pub slots: Range<usize>,
    /// The condition for documents.
    pub matcher: Matcher,
    /// Its strength in the score.
    pub strength: f32,
    /// The expansion whose separate words these are.
    pub part_of: Option<usize>,
}

/// A condition for documents.
#[derive(Clone, Debug)]
pub enum Matcher {
    /// Any of these terms.
    Any(Vec<String>),
    /// These words in sequence, each as a list of terms; `None` is a stop word.
    Row(Vec<Option<Vec<String>>>),
}

/// An alternative of the query.
#[derive(Clone, Debug)]
pub struct BranchPlan {
    /// Slots that must match.
    pub slots: Range<usize>,
    /// Conditions that must not match.
    pub excluded: Vec<Matcher>,
}

/// A thesaurus term in the query.
#[derive(Clone, Debug)]
pub struct Expansion {
    /// Its start in the query.
    pub start: usize,
    /// Its end in the query.
    pub end: usize,
    /// The way for the term itself, if it has several words.
    pub itself: Option<usize>,
    /// Related terms with their ways.
    pub also: Vec<(usize, String)>,
}

impl Plan {
    /// Plans a query.
    pub fn new(query: &Query) -> Self {
        let mut plan = Self::default();
        for branch in &query.branches {
            plan.add_branch(branch);
        }
        plan
    }

    fn add_branch(&mut self, branch: &Branch) {
        let first = self.slots.len();
        for part in &branch.wanted {
            match part {
                Part::Words(tokens) => self.add_words(tokens, first),
                Part::Phrase(tokens) => {
                    let slot = self.slots.len();
                    let matcher = row(tokens);
                    self.ways.push(Way { slots: slot..slot + 1, matcher, strength: 1.0, part_of: None });
                    self.slots.push(Slot { tokens: tokens.clone(), is_phrase: true });
                }
            }
        }
        let excluded = branch.excluded.iter().map(|phrase| row(phrase)).collect();
        self.branches.push(BranchPlan { slots: first..self.slots.len(), excluded });
    }

    fn add_words(&mut self, tokens: &[Token], first: usize) {
        let known_before = self.slots.len();
        let mut slot_of = Vec::with_capacity(tokens.len());
        for token in tokens {
            if is_stop_word(&token.word) {
                slot_of.push(None);
                continue;
            }
            let same = |slot: &Slot| !slot.is_phrase && term_of(&slot.tokens[0].word) == term_of(&token.word);
            let known = self.slots[first..].iter().position(same).map(|at| first + at);
            slot_of.push(Some(known.unwrap_or_else(|| {
                self.slots.push(Slot { tokens: vec![token.clone()], is_phrase: false });
                self.slots.len() - 1
            })));
        }
        let parts = self.expand(tokens, &slot_of);
        let mut planned = HashSet::new();
        for (at, slot) in slot_of.iter().enumerate() {
            let Some(slot) = *slot else { continue };
            if slot >= known_before && planned.insert(slot) {
                let matcher = Matcher::Any(terms(&tokens[at].word));
                self.ways.push(Way { slots: slot..slot + 1, matcher, strength: 1.0, part_of: parts[at] });
            }
            // Neighbours may be written as one word: `anti social` and `antisocial`.
            if let Some(Some(next)) = slot_of.get(at + 1).filter(|next| **next == Some(slot + 1)) {
                let both = format!("{}{}", tokens[at].word, tokens[at + 1].word);
                let matcher = Matcher::Any(terms(&both));
                self.ways.push(Way { slots: slot..next + 1, matcher, strength: 1.0, part_of: None });
            }
        }
    }

    /// Adds ways for thesaurus terms. Returns the expansion of several words that each token belongs to.
    fn expand(&mut self, tokens: &[Token], slot_of: &[Option<usize>]) -> Vec<Option<usize>> {
        let codes = codes(tokens);
        let mut parts = vec![None; tokens.len()];
        let mut at = 0;
        while at < tokens.len() {
            let Some(entry) = THESAURUS.longest_at(&codes[at..]).map(|entry| THESAURUS.get(entry)) else {
                at += 1;
                continue;
            };
            let end = at + entry.length();
            let mut slots = slot_of[at..end].iter().flatten().copied();
            let low = slots.clone().min().unwrap_or_default();
            let high = slots.clone().max().unwrap_or_default();
            // A repeated word keeps its first position in the query.
            if slots.any(|slot| slot < low || slot > high) || high - low + 1 > entry.length() {
                at = end;
                continue;
            }
            let expansion = self.expansions.len();
            let way = |matcher, strength| Way { slots: low..high + 1, matcher, strength, part_of: None };
            let mut itself = None;
            if entry.length() > 1 {
                itself = Some(self.ways.len());
                self.ways.push(way(Matcher::Any(entry.terms.clone()), 1.0));
                parts[at..end].fill(Some(expansion));
            }
            let mut also = Vec::new();
            for (other, strength) in &entry.also {
                let other = THESAURUS.get(*other);
                also.push((self.ways.len(), other.text.clone()));
                self.ways.push(way(Matcher::Any(other.terms.clone()), *strength));
            }
            self.expansions.push(Expansion { start: tokens[at].start, end: tokens[end - 1].end, itself, also });
            at = end;
        }
        parts
    }
}

/// The possible index terms of a word.
pub fn terms(word: &str) -> Vec<String> {
    let mut terms = vec![term_of(word).into_owned(), name_term_of(word).into_owned()];
    terms.dedup();
    terms
}

fn codes(tokens: &[Token]) -> Vec<u16> {
    let code = |token: &Token| if is_stop_word(&token.word) { STOP } else { THESAURUS.code(&term_of(&token.word)) };
    tokens.iter().map(code).collect()
}

/// A sequence of words. A thesaurus term is indexed as a unit, which is faster to look up.
fn row(tokens: &[Token]) -> Matcher {
    match tokens {
        [only] => Matcher::Any(terms(&only.word)),
        _ => {
            let known = THESAURUS.longest_at(&codes(tokens)).map(|entry| THESAURUS.get(entry));
            if let Some(unit) = known.filter(|entry| entry.length() == tokens.len()) {
                return Matcher::Any(unit.terms.clone());
            }
            let place = |token: &Token| (!is_stop_word(&token.word)).then(|| terms(&token.word));
            Matcher::Row(tokens.iter().map(place).collect())
        }
    }
}
