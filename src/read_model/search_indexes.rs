//! What is searched: full-text indexes of the records.

use super::text::TextIndex;

/// What is searched: an index a resource. Copies share what is the same.
#[derive(Clone, Debug, Default)]
pub struct SearchIndexes {
    /// Initiatives by number.
    pub initiatives: TextIndex,
    /// Councils by their place in the order of names.
    pub councils: TextIndex,
    /// Themes by their place in the order of labels.
    pub themes: TextIndex,
}
