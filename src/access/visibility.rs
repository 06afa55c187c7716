//! Visibility levels of records.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

/// People who can see a record, from widest to narrowest. `public`: everybody. `members`: everybody who has signed in.
/// `officers`: contributors and editors of any council, and network officers. `private`: the council that looks after the
/// record (`steward`) and network officers.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage,
)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// Everybody who has signed in.
    Members,
    /// Contributors and editors of any council, and network officers.
    Officers,
    /// The council that looks after the record, and network officers.
    Private,
}

impl Visibility {
    /// Rank from 1 (public) to 4 (private), as in the database function `visibility_rank`.
    pub fn rank(self) -> i16 {
        self as i16 + 1
    }
}
