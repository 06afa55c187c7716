//! A full-text index in memory, with immutable states that are cheap to clone.
//!
//! tantivy was considered and rejected. Its BM25 counts deleted documents until segments merge, so an index loaded from
//! the database ranks differently from one that was updated. It also counts documents that the caller may not see, so
//! hidden records would shift public results. Here results depend only on the visible documents, never on history:
//!
//! - a posting holds a BM25F pseudo-frequency, computed with fixed typical field lengths instead of live averages;
//! - inverse document frequencies are computed for each query, from the documents visible to the caller;
//! - spelling, synonyms and suggestions use only words of visible documents.
//!
//! | file | content |
//! |---|---|
//! | `analysis`, `numbers`, `terms`, `markdown` | from text to words and terms: folding, stemming |
//! | `thesaurus`, `synonyms.txt` | groups of terms with the same or a narrower meaning |
//! | `index`, `build`, `postings`, `sequence`, `document` | the index, and adding documents to it |
//! | `query` | the parsed query |
//! | `plan`, `matching`, `ranking` | candidates, matches, scores, pages of hits |
//! | `understand`, `spelling` | strict or relaxed search, "did you mean" |
//! | `highlight`, `suggest` | highlighted fragments, suggestions while typing |

mod analysis;
mod build;
mod document;
mod highlight;
mod index;
mod markdown;
mod matching;
mod numbers;
mod plan;
mod postings;
mod query;
mod ranking;
mod sequence;
mod spelling;
mod suggest;
mod terms;
#[cfg(test)]
mod tests;
mod thesaurus;
mod understand;

pub use analysis::key;
pub use document::{Document, Field};
pub use highlight::{Highlighted, Highlighter};
pub use index::TextIndex;
pub use markdown::{plain_text, without_provenance};
pub use ranking::{RankedEdge, RankedHits};
pub use understand::{Synonym, Understanding, Weights, understand, understand_with};
