//! Words for memberships.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

/// Tier of a membership. `full`: a local authority that is committed to the purpose of the network. `associate`: a
/// council that pays a lower fee. `affiliate`: another organisation. `supporter`: a supporter without a vote. `unknown`:
/// no source states the tier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum MemberTier {
    /// Full member.
    Full,
    /// Associate.
    Associate,
    /// Affiliate.
    Affiliate,
    /// Supporter.
    Supporter,
    /// No source states the tier.
    #[default]
    Unknown,
}

/// Status of a membership on a day. `current`: a member, by evidence of the last three years. `ended`: the membership
/// ended before that day. `not_known_since`: nothing says that it ended, but the last evidence is more than three years
/// old, or a later list does not name the member.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum MembershipStatus {
    /// A member, by recent evidence.
    Current,
    /// The membership ended.
    Ended,
    /// A member once. Nothing recent says whether it still is.
    #[default]
    NotKnownSince,
}

/// What a source shows. `listed`: a list of members names it. `took_part`: it took part in a project or event for
/// members. `absent_from_list`: a list of members does not name it; that alone does not end a membership. `stated`: the
/// member or the network states the membership.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservationKind {
    /// A list of members names it.
    #[default]
    Listed,
    /// It took part in a project or event for members.
    TookPart,
    /// A list of members does not name it.
    AbsentFromList,
    /// The member or the network states the membership.
    Stated,
}
