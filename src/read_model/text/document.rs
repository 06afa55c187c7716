//! A document, and its conversion to words, terms and weights.

use std::sync::Arc;

use super::analysis::{each_token, key};
use super::markdown::plain_text;
use super::postings::Weight;
use super::sequence::{ANY_STOP, GAP, OFFSET, Sequence};
use super::thesaurus::{STOP, THESAURUS};

/// A part of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Title of an initiative, name of a council.
    Title,
    /// Summary.
    Summary,
    /// Labels of themes (broader ones too) and principles, partners, years.
    Names,
    /// Proper names of places: councils with their aliases, regions, nations. They are not stemmed.
    Places,
    /// Outcomes: measures, definitions, caveats.
    Outcomes,
    /// Long texts, in Markdown.
    Text,
}

impl Field {
    const ALL: [Self; 6] = [Self::Title, Self::Summary, Self::Names, Self::Places, Self::Outcomes, Self::Text];

    /// Weight of a word in this field, typical length in words, and length normalisation (BM25's b).
    ///
    /// Typical lengths are constants: live averages would reveal hidden documents, and change with every write.
    fn scoring(self) -> (f32, f32, f32) {
        match self {
            Self::Title => (6.0, 7.0, 0.5),
            Self::Summary => (3.0, 22.0, 0.6),
            Self::Names => (1.6, 16.0, 0.4),
            Self::Places => (2.0, 12.0, 0.5),
            Self::Outcomes => (0.9, 60.0, 0.6),
            Self::Text => (0.8, 120.0, 0.6),
        }
    }
}

/// The indexed content of a record.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Texts. A field may occur several times. No phrase spans two entries.
    pub fields: Vec<(Field, String)>,
    /// 0 to 1. It breaks ties between equally relevant hits.
    pub prominence: f32,
    /// Every name, code and alias of a council. A query that equals one of them ranks this record first. The title of
    /// such a document is a proper name, which is not stemmed. The names are also indexed as [`Field::Places`].
    pub exact_names: Vec<String>,
}

/// The kind of a dictionary entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word of running text.
    Word,
    /// A word of a proper name.
    Name,
    /// The parts of a hyphenated word as one word.
    Joined,
    /// A thesaurus term of several words.
    Unit,
}

/// Ids of a dictionary entry.
#[derive(Clone, Copy, Debug)]
pub struct WordRef {
    /// The entry.
    pub word: u32,
    /// Its term.
    pub term: u32,
    /// Its code in the thesaurus.
    pub code: u16,
}

/// Assigns ids to words.
pub trait Dictionary {
    /// The ids of a word: new ones for a new word, none for a stop word.
    fn word(&mut self, kind: Kind, text: &str) -> Option<WordRef>;
}

/// A document as the index stores it.
#[derive(Debug)]
pub struct Reading {
    /// Its words in order.
    pub sequence: Sequence,
    /// Its terms with their weights, by term id.
    pub terms: Vec<(u32, Weight)>,
    /// Distinct terms of the title.
    pub title_length: u8,
    /// Folded title.
    pub title: Arc<str>,
    /// Folded exact names.
    pub names: Vec<Arc<str>>,
}

/// Reads a document.
pub fn read(document: &Document, dictionary: &mut impl Dictionary) -> Reading {
    let mut reader =
        Reader { dictionary, ids: Vec::with_capacity(1024), extras: Vec::new(), weights: Vec::with_capacity(512) };
    let has_names = !document.exact_names.is_empty();
    let mut title_length = 0;
    for field in Field::ALL {
        let mut terms = Vec::new();
        let mut length = 0;
        let entries = document.fields.iter().filter(|(other, _)| *other == field).map(|(_, text)| text.as_str());
        let names = document.exact_names.iter().map(String::as_str).filter(|_| field == Field::Places);
        let is_name = field == Field::Places || (field == Field::Title && has_names);
        for text in entries.chain(names) {
            length += match field {
                Field::Text => reader.entry(&plain_text(text), is_name, &mut terms),
                _ => reader.entry(text, is_name, &mut terms),
            };
        }
        let distinct = reader.weigh(field, terms, length);
        if field == Field::Title {
            title_length = distinct.min(255) as u8;
        }
    }
    let title = document.fields.iter().find(|(field, _)| *field == Field::Title).map_or("", |(_, text)| text);
    let mut names: Vec<Arc<str>> = document.exact_names.iter().map(|name| key(name).into()).collect();
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    Reading { sequence: reader.sequence(), terms: reader.terms(), title_length, title: key(title).into(), names }
}

struct Reader<'d, D> {
    dictionary: &'d mut D,
    ids: Vec<u32>,
    extras: Vec<u32>,
    weights: Vec<(u32, f32, bool)>,
}

impl<D: Dictionary> Reader<'_, D> {
    /// Adds one text. Its terms go to `terms`, joined words and units too. Returns its number of words.
    fn entry(&mut self, text: &str, is_name: bool, terms: &mut Vec<(u32, bool)>) -> usize {
        let mut codes = Vec::new();
        let mut before = String::new();
        let kind = if is_name { Kind::Name } else { Kind::Word };
        each_token(text, |word, _, _, joined| {
            if joined && may_join(&before, word) {
                let both = format!("{before}{word}");
                if let Some(both) = self.dictionary.word(Kind::Joined, &both) {
                    self.extras.push(both.word);
                    terms.push((both.term, true));
                }
            }
            before.clear();
            before.push_str(word);
            if let Some(known) = self.dictionary.word(kind, word) {
                codes.push(known.code);
                self.ids.push(known.word + OFFSET);
                terms.push((known.term, false));
            } else {
                codes.push(STOP);
                self.ids.push(ANY_STOP);
            }
        });
        for at in 0..codes.len() {
            for unit in THESAURUS.units_at(&codes[at..]) {
                if let Some(known) = self.dictionary.word(Kind::Unit, &unit.terms[0]) {
                    self.extras.push(known.word);
                    terms.push((known.term, true));
                }
            }
        }
        self.ids.push(GAP);
        codes.len()
    }

    /// Weighs the terms of a field. Returns its number of distinct terms, without joined words and units.
    fn weigh(&mut self, field: Field, mut terms: Vec<(u32, bool)>, length: usize) -> usize {
        let (boost, typical, b) = field.scoring();
        let norm = 1.0 - b + b * length as f32 / typical;
        terms.sort_unstable();
        let mut distinct = 0;
        for run in terms.chunk_by(|one, next| one.0 == next.0) {
            distinct += usize::from(!run[0].1);
            self.weights.push((run[0].0, boost * run.len() as f32 / norm, field == Field::Title));
        }
        distinct
    }

    fn sequence(&self) -> Sequence {
        let extras = self.extras.iter().flat_map(|extra| [extra + OFFSET, GAP]);
        Sequence::new(self.ids.iter().copied().chain(extras))
    }

    fn terms(mut self) -> Vec<(u32, Weight)> {
        // A stable sort adds the fields of a term in the same order, whatever its id.
        self.weights.sort_by_key(|(term, _, _)| *term);
        let sum = |run: &[(u32, f32, bool)]| {
            let frequency = run.iter().map(|(_, frequency, _)| frequency).sum();
            (run[0].0, Weight::new(frequency, run.iter().any(|(_, _, in_title)| *in_title)))
        };
        self.weights.chunk_by(|one, next| one.0 == next.0).map(sum).collect()
    }
}

/// True for parts that may be written as one word. Two numbers may not.
fn may_join(before: &str, word: &str) -> bool {
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    !before.is_empty() && before.len() + word.len() <= 40 && !(is_number(before) && is_number(word))
}
