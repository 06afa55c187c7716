//! Builds an index from many documents at once, with ordinary collections.

use std::collections::HashMap;
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::document::{Dictionary, Document, Kind, Reading, WordRef, read};
use super::index::{Rank, Stored, Term, TextIndex, Words, code_of, is_skipped, key_and_term};
use super::postings::{Posting, PostingList};

/// The words of a bulk load. Most are short enough to be compared as a number, without following a pointer.
#[derive(Default)]
struct Seen {
    short: HashMap<u128, WordRef, FastHash>,
    long: HashMap<Box<str>, WordRef>,
}

impl Seen {
    fn get(&self, word: &str) -> Option<&WordRef> {
        match packed(word) {
            Some(packed) => self.short.get(&packed),
            None => self.long.get(word),
        }
    }

    fn insert(&mut self, word: &str, known: WordRef) {
        match packed(word) {
            Some(packed) => self.short.insert(packed, known),
            None => self.long.insert(word.into(), known),
        };
    }
}

/// A word of up to 15 bytes as a number.
fn packed(word: &str) -> Option<u128> {
    let pack = |packed, byte| packed << 8 | u128::from(byte);
    (word.len() <= 15).then(|| word.bytes().fold(word.len() as u128, pack))
}

type FastHash = std::hash::BuildHasherDefault<PackedHasher>;

/// Hashes packed words.
#[derive(Default)]
struct PackedHasher(u64);

impl std::hash::Hasher for PackedHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u128(u128::from(*byte)));
    }

    fn write_u128(&mut self, packed: u128) {
        const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
        let (low, high) = (packed as u64, (packed >> 64) as u64);
        let mixed = u128::from(low ^ self.0 ^ ODD) * u128::from(high ^ ODD.rotate_left(32));
        self.0 = mixed as u64 ^ (mixed >> 64) as u64;
    }
}

/// Id of words that are not indexed.
const NONE: u32 = u32::MAX;

/// Builds an index.
#[derive(Default)]
pub struct Builder {
    words: PlainWords,
    postings: Vec<Vec<Posting>>,
    documents: Vec<Option<Arc<Stored>>>,
    ranks: Vec<Rank>,
}

#[derive(Default)]
struct PlainWords {
    ids: HashMap<Arc<str>, WordRef>,
    /// Every word of running text and of names, stop words included.
    seen: Seen,
    seen_in_names: Seen,
    term_ids: HashMap<Arc<str>, u32>,
    texts: Vec<(Arc<str>, u32)>,
    term_words: Vec<Vec<u32>>,
}

impl Dictionary for PlainWords {
    fn word(&mut self, kind: Kind, text: &str) -> Option<WordRef> {
        let cached = match kind {
            Kind::Word => self.seen.get(text),
            Kind::Name => self.seen_in_names.get(text),
            Kind::Unit => self.ids.get(text),
            Kind::Joined => None,
        };
        if let Some(known) = cached {
            return (known.word != NONE).then_some(*known);
        }
        let known = if is_skipped(kind, text) {
            WordRef { word: NONE, term: NONE, code: 0 }
        } else {
            let (key, term) = key_and_term(kind, text);
            match self.ids.get(key.as_str()) {
                Some(known) => *known,
                None => self.add(kind, text, key, term),
            }
        };
        match kind {
            Kind::Word => self.seen.insert(text, known),
            Kind::Name => self.seen_in_names.insert(text, known),
            Kind::Joined | Kind::Unit => {}
        }
        (known.word != NONE).then_some(known)
    }
}

impl PlainWords {
    fn add(&mut self, kind: Kind, text: &str, key: String, term: String) -> WordRef {
        let next = self.term_ids.len() as u32;
        let term = *self.term_ids.entry(term.into()).or_insert(next);
        let known = WordRef { word: self.texts.len() as u32, term, code: code_of(kind, text) };
        if self.term_words.len() <= term as usize {
            self.term_words.push(Vec::new());
        }
        self.term_words[term as usize].push(known.word);
        let key: Arc<str> = key.into();
        self.texts.push((key.clone(), term));
        self.ids.insert(key, known);
        known
    }
}

impl Builder {
    /// Adds a document, or replaces the one with this number.
    pub fn add(&mut self, number: u32, document: &Document) {
        let place = number as usize;
        if self.documents.len() <= place {
            self.documents.resize(place + 1, None);
            self.ranks.resize(place + 1, Rank::default());
        }
        let Reading { sequence, terms, title_length, title, names } = read(document, &mut self.words);
        if self.documents[place].is_some() {
            // A repeated number replaces the document. This is rare, so a scan of all postings is acceptable.
            self.postings.iter_mut().for_each(|postings| postings.retain(|(other, _)| *other != number));
        }
        if self.postings.len() < self.words.term_words.len() {
            self.postings.resize(self.words.term_words.len(), Vec::new());
        }
        for (term, weight) in terms {
            self.postings[term as usize].push((number, weight));
        }
        self.ranks[place] = Rank { prominence: document.prominence, title_length };
        self.documents[place] = Some(Arc::new(Stored { sequence, title, names }));
    }

    /// The index.
    pub fn finish(self) -> TextIndex {
        let PlainWords { ids, term_ids, texts, term_words, .. } = self.words;
        let terms = self.postings.into_iter().zip(term_words).map(|(mut postings, words)| {
            if !postings.is_sorted_by_key(|(number, _)| *number) {
                postings.sort_unstable_by_key(|(number, _)| *number);
            }
            Arc::new(Term { postings: PostingList::from_sorted(&postings), words: Arc::new(words) })
        });
        let terms = terms.collect();
        let mut keys = Vec::new();
        let mut key_words: HashMap<&str, RoaringBitmap> = HashMap::new();
        for (number, stored) in self.documents.iter().enumerate() {
            let Some(stored) = stored else { continue };
            keys.extend(stored.keys().map(|(key, is_name)| (key.clone(), is_name, number as u32)));
            for word in stored.key_words() {
                key_words.entry(word).or_default().insert(number as u32);
            }
        }
        TextIndex {
            words: Words {
                ids: ids.into_iter().collect(),
                term_ids: term_ids.into_iter().collect(),
                texts: texts.into_iter().collect(),
                added: Vec::new(),
            },
            terms,
            keys: keys.into_iter().collect(),
            key_words: key_words.into_iter().map(|(word, numbers)| (Arc::from(word), Arc::new(numbers))).collect(),
            documents: self.documents.into_iter().collect(),
            ranks: Arc::new(self.ranks),
        }
    }
}

impl TextIndex {
    /// Builds an index of many documents. Its results equal those of inserting the documents one by one.
    pub fn build(documents: impl IntoIterator<Item = (u32, Document)>) -> Self {
        let mut builder = Builder::default();
        for (number, document) in documents {
            builder.add(number, &document);
        }
        builder.finish()
    }
}
