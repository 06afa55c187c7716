//! Roles: what a user may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user may do; each role more than the one before.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// Reads by API key, and what is for members where the key says so. Does not sign in unless given a password.
    Researcher,
    /// Reads what is for members.
    #[default]
    MemberViewer,
    /// Drafts and edits the initiatives of one council.
    Contributor,
    /// The same, and keeps the council's own profile.
    CouncilEditor,
    /// Network officer: edits and publishes any initiative, keeps the themes.
    Moderator,
    /// Network officer: everything.
    NetworkAdmin,
}

impl Role {
    /// True for network officers.
    pub fn is_officer(self) -> bool {
        self >= Self::Moderator
    }
}
