//! Who may see a record, in levels.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who may see a record. Each level is narrower than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// Everybody who is signed in.
    Members,
    /// Contributors and editors of any council, and network officers.
    Officers,
    /// The lead council and network officers.
    Private,
}

impl Visibility {
    /// 1 for public to 4 for private, as the database ranks them (`visibility_rank`).
    pub fn rank(self) -> i16 {
        self as i16 + 1
    }
}
