//! Terms with the same or a narrower meaning, from `synonyms.txt`.
//!
//! A line is a group of terms, separated by commas; each finds all others. Terms after `>` are narrower or related: the
//! terms before `>` find them, but not the reverse. A term of several words is indexed as a unit, so that it costs no
//! more than a word. Related terms are added at query time.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::analysis::tokens;
use super::terms::{is_stop_word, name_term_of, term_of};

/// Strength of a synonym, relative to the word itself.
const SYNONYM: f32 = 0.6;
/// Strength of a narrower or related term.
const NARROWER: f32 = 0.45;
/// Code of any stop word in a term.
pub const STOP: u16 = 1;
/// Code of a word that is in no term.
pub const UNKNOWN: u16 = 0;

/// The thesaurus of the service.
pub static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(|| Thesaurus::parse(include_str!("synonyms.txt")));

/// All groups, ready for lookup.
#[derive(Default)]
pub struct Thesaurus {
    /// Codes of the words in terms, by stem.
    codes: HashMap<String, u16>,
    entries: Vec<Entry>,
    /// Entries by the code of their first word.
    by_first: Vec<Vec<usize>>,
    by_codes: HashMap<Vec<u16>, usize>,
}

/// A term of the thesaurus.
pub struct Entry {
    /// As written in the file.
    pub text: String,
    /// Its index terms: a stem and a name, or one unit of several words.
    pub terms: Vec<String>,
    codes: Vec<u16>,
    /// Related entries that a search for this one also finds, with their strength.
    pub also: Vec<(usize, f32)>,
}

impl Entry {
    /// Number of words, stop words included.
    pub fn length(&self) -> usize {
        self.codes.len()
    }
}

impl Thesaurus {
    fn parse(file: &str) -> Self {
        let mut all = Self::default();
        for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (same, narrower) = line.split_once('>').unwrap_or((line, ""));
            let same = all.terms(same);
            let narrower = all.terms(narrower);
            for term in &same {
                all.relate(*term, &same, SYNONYM);
                all.relate(*term, &narrower, NARROWER);
            }
        }
        all
    }

    fn terms(&mut self, list: &str) -> Vec<usize> {
        list.split(',').map(str::trim).filter(|text| !text.is_empty()).map(|text| self.entry(text)).collect()
    }

    fn relate(&mut self, from: usize, to: &[usize], strength: f32) {
        for other in to {
            let also = &mut self.entries[from].also;
            if *other != from && !also.iter().any(|(known, _)| known == other) {
                also.push((*other, strength));
            }
        }
    }

    fn entry(&mut self, text: &str) -> usize {
        let words = tokens(text);
        let codes: Vec<u16> = words.iter().map(|token| self.make_code(&token.word)).collect();
        if let Some(known) = self.by_codes.get(&codes) {
            return *known;
        }
        let terms = match &words[..] {
            [only] => {
                let mut terms = vec![term_of(&only.word).into_owned(), name_term_of(&only.word).into_owned()];
                terms.dedup();
                terms
            }
            _ => vec![unit(&codes)],
        };
        let entry = self.entries.len();
        self.by_codes.insert(codes.clone(), entry);
        let first = usize::from(codes.first().copied().unwrap_or(UNKNOWN));
        if self.by_first.len() <= first {
            self.by_first.resize(first + 1, Vec::new());
        }
        self.by_first[first].push(entry);
        self.entries.push(Entry { text: text.to_owned(), terms, codes, also: Vec::new() });
        entry
    }

    fn make_code(&mut self, word: &str) -> u16 {
        if is_stop_word(word) {
            return STOP;
        }
        let next = self.codes.len() as u16 + STOP + 1;
        *self.codes.entry(term_of(word).into_owned()).or_insert(next)
    }

    /// The code of a word by its stem.
    pub fn code(&self, stem: &str) -> u16 {
        self.codes.get(stem).copied().unwrap_or(UNKNOWN)
    }

    /// True for a word in some term, which is therefore spelt correctly.
    pub fn has_word(&self, word: &str) -> bool {
        self.code(&term_of(word)) != UNKNOWN
    }

    /// An entry by its number.
    pub fn get(&self, entry: usize) -> &Entry {
        &self.entries[entry]
    }

    /// Entries of several words that start here.
    pub fn units_at<'t>(&'t self, codes: &'t [u16]) -> impl Iterator<Item = &'t Entry> {
        self.starting(codes).map(|entry| &self.entries[entry]).filter(|entry| entry.codes.len() > 1)
    }

    /// The longest entry that starts here.
    pub fn longest_at(&self, codes: &[u16]) -> Option<usize> {
        self.starting(codes).max_by_key(|entry| self.entries[*entry].codes.len())
    }

    fn starting<'t>(&'t self, codes: &'t [u16]) -> impl Iterator<Item = usize> + 't {
        let first = codes.first().copied().filter(|code| *code > STOP);
        let entries = first.and_then(|code| self.by_first.get(usize::from(code))).into_iter().flatten().copied();
        entries.filter(move |entry| codes.starts_with(&self.entries[*entry].codes))
    }
}

/// The index term of a unit of several words.
fn unit(codes: &[u16]) -> String {
    let codes: Vec<String> = codes.iter().map(u16::to_string).collect();
    format!("#{}", codes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_sound() {
        assert!(THESAURUS.entries.len() > 300, "{}", THESAURUS.entries.len());
        for entry in &THESAURUS.entries {
            let ends = [entry.codes.first(), entry.codes.last()];
            assert!(
                ends.iter().all(|code| code.is_some_and(|code| *code != STOP)),
                "{} starts or ends with a stop word",
                entry.text
            );
            assert!(entry.also.len() <= 16, "{} has too many synonyms", entry.text);
        }
    }

    #[test]
    fn narrower_terms_are_found_one_way() {
        let thesaurus = Thesaurus::parse("# groups\nelderly, older people > dementia\n");
        let also = |word: &str| {
            let codes: Vec<u16> = tokens(word).iter().map(|token| thesaurus.code(&term_of(&token.word))).collect();
            let entry = thesaurus.get(thesaurus.longest_at(&codes).unwrap());
            entry.also.iter().map(|(other, _)| thesaurus.get(*other).text.clone()).collect::<Vec<_>>()
        };
        assert_eq!(also("elderly"), ["older people", "dementia"]);
        assert_eq!(also("Older people"), ["elderly", "dementia"]);
        assert!(also("dementia").is_empty());
    }
}
