//! Spelling corrections for words that no visible record has.
//!
//! Only words of visible records are suggested. Some words are not corrected, because that would be a guess: initials,
//! codes, place names, thesaurus terms, and words that differ by a negation.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use roaring::RoaringBitmap;

use super::analysis::Token;
use super::index::TextIndex;
use super::matching::Matched;
use super::plan::{Matcher, terms};
use super::query::{Part, Query};
use super::terms::is_stop_word;
use super::thesaurus::THESAURUS;

/// Maximum number of corrected words in a query.
const MAX_CORRECTED: usize = 8;
/// Minimum similarity of a correction, 0 to 1.
const MIN_SIMILARITY: f64 = 0.7;
/// Minimum similarity when the first letter differs, because typos there are rare.
const MIN_SIMILARITY_OTHER_START: f64 = 0.85;
/// Up to this length, a different letter makes a different word: `trent` is not a typo of `brent`.
const SHORT_WORD: usize = 5;
/// Words in capitals up to this length are initials.
const MAX_INITIALS: usize = 5;

/// Words in the names of UK local authorities.
static PLACES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("places.txt").lines().filter(|line| !line.starts_with('#')).collect());

type Indexes<'i> = &'i [(&'i TextIndex, &'i RoaringBitmap)];

/// The query with corrections for its unknown words; `None` if there are none.
pub fn corrected(indexes: Indexes, written: &str, query: &Query) -> Option<String> {
    let parts = query.branches.iter().flat_map(|branch| &branch.wanted);
    let words = parts.flat_map(|part| match part {
        Part::Words(tokens) | Part::Phrase(tokens) => tokens,
    });
    let unknown = words.filter(|token| may_be_misspelt(token, written) && !is_known(indexes, &token.word));
    let mut text = String::new();
    let mut at = 0;
    for token in unknown.take(MAX_CORRECTED) {
        let Some(better) = nearest(indexes, &token.word) else { continue };
        if token.start >= at {
            text.push_str(&written[at..token.start]);
            text.push_str(&better);
            at = token.end;
        }
    }
    (at > 0).then(|| text + &written[at..])
}

fn may_be_misspelt(token: &Token, written: &str) -> bool {
    let word = &token.word;
    let length = word.chars().count();
    let is_initials = length <= MAX_INITIALS && written[token.start..token.end].chars().all(char::is_uppercase);
    length >= 3
        && word.chars().all(char::is_alphabetic)
        && !is_initials
        && !is_stop_word(word)
        && !PLACES.contains(&**word)
        && !THESAURUS.has_word(word)
}

fn is_known(indexes: Indexes, word: &str) -> bool {
    let matcher = Matcher::Any(terms(word));
    indexes.iter().any(|(index, visible)| !Matched::new(index, &matcher, visible).documents.is_empty())
}

/// The most similar word of visible records. Among equals, the one in most records.
fn nearest(indexes: Indexes, word: &str) -> Option<String> {
    let mut candidates: BTreeMap<&str, f64> = BTreeMap::new();
    for (index, _) in indexes {
        for (_, other) in index.words() {
            if let Some(similarity) = similarity(word, other) {
                candidates.insert(other, similarity);
            }
        }
    }
    let mut nearest: Vec<(&str, f64)> = candidates.into_iter().collect();
    nearest.sort_by(|one, other| other.1.total_cmp(&one.1));
    let mut best: Option<(&str, f64, u64)> = None;
    for (other, similarity) in nearest {
        if best.is_some_and(|(_, best, _)| best > similarity) {
            break;
        }
        let records = indexes.iter().map(|(index, visible)| records(index, visible, other)).sum();
        if records > best.map_or(0, |(_, _, records)| records) {
            best = Some((other, similarity, records));
        }
    }
    best.map(|(other, _, _)| other.to_owned())
}

/// Similarity of a word to a possible correction.
fn similarity(word: &str, other: &str) -> Option<f64> {
    let (length, other_length) = (word.len(), other.len());
    let longer = length.max(other_length);
    let may_be_like = other_length >= 3
        && (length.abs_diff(other_length) as f64) <= (1.0 - MIN_SIMILARITY) * longer as f64
        && f64::from((letters(word) ^ letters(other)).count_ones()) <= 2.0 * (1.0 - MIN_SIMILARITY) * longer as f64;
    if !may_be_like || word == other || !other.chars().all(char::is_alphabetic) || is_stop_word(other) {
        return None;
    }
    let similarity = strsim::normalized_damerau_levenshtein(word, other);
    let least = if starts_alike(word, other) { MIN_SIMILARITY } else { MIN_SIMILARITY_OTHER_START };
    let is_other_word = word.chars().count() <= SHORT_WORD && length == other_length && letters(word) != letters(other);
    (similarity >= least && !is_other_word && !is_derived(word, other) && !differs_by_negation(word, other))
        .then_some(similarity)
}

/// True if a word only adds an ending to the other, as in `recover` and `recovery`. A doubled last letter is a typo.
fn is_derived(word: &str, other: &str) -> bool {
    word.strip_prefix(other).is_some_and(|ending| !other.ends_with(ending))
}

/// The letters of a word as a bit set.
fn letters(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |bits, letter| bits | 1 << (letter - b'a'))
}

fn starts_alike(word: &str, other: &str) -> bool {
    let start = |word: &str| {
        let mut chars = word.chars();
        (chars.next(), chars.next())
    };
    let ((one, two), (first, second)) = (start(word), start(other));
    one == first || (one == second && two == first)
}

/// True if one word is the opposite of the other: `inclusion` and `exclusion`, `employment` and `unemployment`.
fn differs_by_negation(word: &str, other: &str) -> bool {
    let negation = |word: &str| {
        ["un", "in", "ex", "non", "dis", "im", "ir", "mis", "anti"].into_iter().find(|prefix| word.starts_with(prefix))
    };
    let (one, two) = (negation(word), negation(other));
    let rest = |word: &str, prefix: Option<&str>| word[prefix.map_or(0, str::len)..].to_owned();
    let are_alike = |one: &str, two: &str| {
        one == two || (one.len() > 3 && strsim::normalized_damerau_levenshtein(one, two) >= 0.85)
    };
    one != two
        && (are_alike(&rest(word, one), &rest(other, two))
            || are_alike(&rest(word, one), other)
            || are_alike(word, &rest(other, two)))
}

/// Number of visible records with a word's stem; 0 unless one of them has exactly this word.
fn records(index: &TextIndex, visible: &RoaringBitmap, word: &str) -> u64 {
    let count = |id: u32| {
        let documents = index.term_of_word(id).postings.numbers() & visible;
        let has_it = documents.iter().any(|number| index.has_word(number, id));
        if has_it { documents.len() } else { 0 }
    };
    index.word_ids(word).map(count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_like_and_other_words_are_not() {
        for (slip, meant) in [
            ("yrok", "york"),
            ("plymuth", "plymouth"),
            ("sunderlnad", "sunderland"),
            ("abertwe", "abertawe"),
            ("fraes", "fares"),
            ("unoins", "unions"),
            ("oldam", "oldham"),
            ("commision", "commission"),
            ("zyzyva", "zyzzyva"),
            ("ohusing", "housing"),
        ] {
            assert!(similarity(slip, meant).is_some(), "{slip}");
        }
        for (word, other) in [
            ("stoke", "store"),
            ("trent", "brent"),
            ("inclusion", "exclusion"),
            ("employment", "unemployment"),
            ("unemployment", "employment"),
            ("formal", "informal"),
            ("visible", "invisible"),
            ("house", "mouse"),
            ("recovery", "recover"),
        ] {
            assert_eq!(similarity(word, other), None, "{word}");
        }
    }
}
