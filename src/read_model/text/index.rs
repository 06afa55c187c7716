//! The index: dictionary, posting lists, documents. Clones share their data, and a change copies only what it affects.

use std::sync::Arc;

use imbl::{OrdMap, OrdSet};
use roaring::RoaringBitmap;

use super::document::{Dictionary, Document, Kind, WordRef, read};
use super::postings::PostingList;
use super::sequence::{OFFSET, Sequence};
use super::terms::{is_stop_word, name_term_of, term_of};
use super::thesaurus::THESAURUS;

/// An index of documents by number. Numbers should be small and dense.
#[derive(Clone, Debug, Default)]
pub struct TextIndex {
    pub(super) words: Words,
    pub(super) terms: imbl::Vector<Arc<Term>>,
    pub(super) documents: imbl::Vector<Option<Arc<Stored>>>,
    pub(super) ranks: Arc<Vec<Rank>>,
    /// Folded titles and exact names. The flag marks an exact name.
    pub(super) keys: OrdSet<(Arc<str>, bool, u32)>,
    /// Documents by the words of their titles and exact names.
    pub(super) key_words: OrdMap<Arc<str>, Arc<RoaringBitmap>>,
}

/// A term: its documents and its words.
#[derive(Clone, Debug, Default)]
pub(super) struct Term {
    pub postings: PostingList,
    pub words: Arc<Vec<u32>>,
}

/// A stored document.
#[derive(Debug)]
pub(super) struct Stored {
    pub sequence: Sequence,
    pub title: Arc<str>,
    pub names: Vec<Arc<str>>,
}

/// A document's data for ranking.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rank {
    pub prominence: f32,
    pub title_length: u8,
}

/// The dictionary. Words are never removed: an unused word matches nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pub ids: imbl::HashMap<Arc<str>, WordRef>,
    pub term_ids: imbl::HashMap<Arc<str>, u32>,
    /// Key and term of each word, by id.
    pub texts: imbl::Vector<(Arc<str>, u32)>,
    /// Words added since the posting lists were last extended: word and term.
    pub added: Vec<(u32, u32)>,
}

impl TextIndex {
    /// Adds a document, or replaces the one with this number.
    pub fn insert(&mut self, number: u32, document: &Document) {
        let reading = read(document, &mut self.words);
        for (word, term) in self.words.added.drain(..) {
            while self.terms.len() <= term as usize {
                self.terms.push_back(Arc::default());
            }
            Arc::make_mut(&mut Arc::make_mut(&mut self.terms[term as usize]).words).push(word);
        }
        let before = self.take(number);
        for term in &before {
            if reading.terms.binary_search_by_key(term, |(term, _)| *term).is_err() {
                Arc::make_mut(&mut self.terms[*term as usize]).postings.remove(number);
            }
        }
        for (term, weight) in &reading.terms {
            // Unchanged data are not copied.
            let is_new = before.binary_search(term).is_err();
            if is_new || !self.terms[*term as usize].postings.has((number, *weight)) {
                Arc::make_mut(&mut self.terms[*term as usize]).postings.insert((number, *weight));
            }
        }
        let place = number as usize;
        while self.documents.len() <= place {
            self.documents.push_back(None);
        }
        let ranks = Arc::make_mut(&mut self.ranks);
        if ranks.len() <= place {
            ranks.resize(place + 1, Rank::default());
        }
        ranks[place] = Rank { prominence: document.prominence, title_length: reading.title_length };
        let stored = Stored { sequence: reading.sequence, title: reading.title, names: reading.names };
        for (key, is_name) in stored.keys() {
            self.keys.insert((key.clone(), is_name, number));
        }
        for word in stored.key_words() {
            Arc::make_mut(self.key_words.entry(word.into()).or_default()).insert(number);
        }
        self.documents.set(place, Some(Arc::new(stored)));
    }

    /// Removes the document with this number, if it exists.
    pub fn remove(&mut self, number: u32) {
        for term in self.take(number) {
            Arc::make_mut(&mut self.terms[term as usize]).postings.remove(number);
        }
    }

    /// Removes a document, except its postings. Returns its terms.
    fn take(&mut self, number: u32) -> Vec<u32> {
        let Some(Some(stored)) = self.documents.get(number as usize).cloned() else { return Vec::new() };
        for (key, is_name) in stored.keys() {
            self.keys.remove(&(key.clone(), is_name, number));
        }
        for word in stored.key_words() {
            let Some(numbers) = self.key_words.get_mut(word) else { continue };
            Arc::make_mut(numbers).remove(number);
            if numbers.is_empty() {
                self.key_words.remove(word);
            }
        }
        self.documents.set(number as usize, None);
        let words = stored.sequence.ids().filter(|id| *id >= OFFSET);
        let mut terms: Vec<u32> = words.map(|id| self.words.term(id - OFFSET)).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// A term by its text.
    pub(super) fn term(&self, term: &str) -> Option<&Arc<Term>> {
        self.terms.get(*self.words.term_ids.get(term)? as usize)
    }

    /// Ranking data by number.
    pub(super) fn ranks(&self) -> &[Rank] {
        &self.ranks
    }

    /// The folded title of a document.
    pub(super) fn title(&self, number: u32) -> Option<&str> {
        self.stored(number).map(|stored| &*stored.title)
    }

    /// The folded exact names of a document.
    pub(super) fn names(&self, number: u32) -> &[Arc<str>] {
        self.stored(number).map_or(&[], |stored| &stored.names)
    }

    fn stored(&self, number: u32) -> Option<&Stored> {
        self.documents.get(number as usize)?.as_deref()
    }

    /// Every word of texts and names, with its id.
    pub(super) fn words(&self) -> impl Iterator<Item = (u32, &str)> {
        let words = self.words.texts.iter().enumerate().map(|(id, (text, _))| (id as u32, &**text));
        words.filter_map(|(id, text)| match text.as_bytes().first() {
            Some(b'+' | b'#') => None,
            Some(b'=') => Some((id, &text[1..])),
            _ => Some((id, text)),
        })
    }

    /// The ids of a word, in running text and in names.
    pub(super) fn word_ids(&self, word: &str) -> impl Iterator<Item = u32> {
        let name = format!("={word}");
        [self.words.ids.get(word), self.words.ids.get(name.as_str())].into_iter().flatten().map(|known| known.word)
    }

    /// The term of a word by its id.
    pub(super) fn term_of_word(&self, word: u32) -> &Term {
        &self.terms[self.words.term(word) as usize]
    }

    /// True if a document contains exactly this word.
    pub(super) fn has_word(&self, number: u32, word: u32) -> bool {
        self.stored(number).is_some_and(|stored| stored.sequence.ids().any(|id| id == word + OFFSET))
    }

    /// True if a document contains this sequence of words; see [`Sequence::has_row`].
    pub(super) fn has_row(&self, number: u32, row: &[Option<Vec<u32>>], anchor: usize) -> bool {
        self.stored(number).is_some_and(|stored| stored.sequence.has_row(row, anchor))
    }
}

impl Stored {
    pub fn keys(&self) -> impl Iterator<Item = (&Arc<str>, bool)> {
        std::iter::once((&self.title, false)).chain(self.names.iter().map(|name| (name, true)))
    }

    pub fn key_words(&self) -> Vec<&str> {
        let mut words: Vec<&str> =
            self.keys().flat_map(|(key, _)| key.split(' ')).filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        words.dedup();
        words
    }
}

/// The dictionary key of a word, and its term.
pub(super) fn key_and_term(kind: Kind, text: &str) -> (String, String) {
    match kind {
        Kind::Word => (text.into(), term_of(text).into_owned()),
        Kind::Name => (format!("={text}"), name_term_of(text).into_owned()),
        Kind::Joined => (format!("+{text}"), term_of(text).into_owned()),
        Kind::Unit => (text.into(), text.into()),
    }
}

/// True for words that are not indexed on their own.
pub(super) fn is_skipped(kind: Kind, text: &str) -> bool {
    matches!(kind, Kind::Word | Kind::Name) && is_stop_word(text)
}

pub(super) fn code_of(kind: Kind, text: &str) -> u16 {
    match kind {
        Kind::Word | Kind::Name => THESAURUS.code(&term_of(text)),
        Kind::Joined | Kind::Unit => 0,
    }
}

impl Words {
    fn term(&self, word: u32) -> u32 {
        self.texts[word as usize].1
    }
}

impl Dictionary for Words {
    fn word(&mut self, kind: Kind, text: &str) -> Option<WordRef> {
        if is_skipped(kind, text) {
            return None;
        }
        let found = match kind {
            Kind::Word | Kind::Unit => self.ids.get(text),
            _ => self.ids.get(key_and_term(kind, text).0.as_str()),
        };
        if let Some(known) = found {
            return Some(*known);
        }
        let (key, term) = key_and_term(kind, text);
        let next = self.term_ids.len() as u32;
        let term = *self.term_ids.entry(term.into()).or_insert(next);
        let known = WordRef { word: self.texts.len() as u32, term, code: code_of(kind, text) };
        let key: Arc<str> = key.into();
        self.texts.push_back((key.clone(), term));
        self.ids.insert(key, known);
        self.added.push((known.word, term));
        Some(known)
    }
}
