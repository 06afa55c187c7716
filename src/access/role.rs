//! Roles of users.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Role of a user, from fewest to most rights. `researcher`: reads with an API key. `member_viewer`: reads records for
/// members. `contributor`: drafts and edits the initiatives of one council, and proposes organisations.
/// `council_editor`: also edits that council's profile. `moderator`: network officer who edits and publishes any
/// initiative, and maintains the themes and organisations.
/// `network_admin`: network officer with all rights.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// Reads with an API key, and reads records for members if the key has that scope. Can sign in only with a password
    /// that an admin set.
    Researcher,
    /// Reads records for members.
    #[default]
    MemberViewer,
    /// Drafts and edits the initiatives of one council, and proposes organisations.
    Contributor,
    /// A contributor who also edits the council's profile.
    CouncilEditor,
    /// Network officer: edits and publishes any initiative, and maintains the themes and organisations.
    Moderator,
    /// Network officer with all rights.
    NetworkAdmin,
}

impl Role {
    /// True for those who write initiatives: contributors, council editors and network officers.
    pub fn is_author(self) -> bool {
        self >= Self::Contributor
    }

    /// True for network officers.
    pub fn is_officer(self) -> bool {
        self >= Self::Moderator
    }
}
