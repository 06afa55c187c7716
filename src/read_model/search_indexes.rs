//! The full-text indexes of the records.

use super::text::TextIndex;

/// One index per resource. Clones share their data.
#[derive(Clone, Debug, Default)]
pub struct SearchIndexes {
    /// Initiatives by number.
    pub initiatives: TextIndex,
    /// Councils by their index in the order of names.
    pub councils: TextIndex,
    /// Themes by their index in the order of labels.
    pub themes: TextIndex,
    /// Accepted organisations by their index in the order of names.
    pub organisations: TextIndex,
    /// Proposed organisations by their index in the order of names.
    pub proposals: TextIndex,
}
