//! Scopes: permissions of an API key. The key's rights are the intersection of its scopes, its owner's role and its
//! owner's council.
//!
//! A scope never allows more than its owner can do when signed in. A handler's signature states the scope together with
//! the role: `Moderator<WriteThemes>` is a network officer who signed in, or whose key has `write:themes`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::role::Role;
use crate::db::enum_text::text;

/// Permission of an API key. A key can never do more than its owner. `read:public`: read public records, with a quota
/// of its own. `read:members`: read records for members. `export`: download lists of any length. `write:initiatives`:
/// draft and edit initiatives, and propose organisations. `write:themes`: maintain themes. `write:councils`: edit
/// council profiles and, for network officers, organisations. `moderate`: publish and unpublish, and accept
/// organisations. `manage:users`: manage users who are not network officers, which includes setting their passwords.
/// `manage:keys`: manage API keys. `audit:read`: read the audit trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Read public records, with a quota of its own.
    #[serde(rename = "read:public")]
    ReadPublic,
    /// Read records for members, if the owner can.
    #[serde(rename = "read:members")]
    ReadMembers,
    /// Download lists of any length.
    #[serde(rename = "export")]
    Export,
    /// Draft and edit initiatives, propose organisations, and see the records that the owner sees.
    #[serde(rename = "write:initiatives")]
    WriteInitiatives,
    /// Maintain the themes.
    #[serde(rename = "write:themes")]
    WriteThemes,
    /// Edit council profiles and, for network officers, organisations.
    #[serde(rename = "write:councils")]
    WriteCouncils,
    /// Publish and unpublish, accept organisations, and see the records that the owner sees.
    #[serde(rename = "moderate")]
    Moderate,
    /// Manage users who are not network officers. This includes setting their passwords, and so acting as any of them.
    #[serde(rename = "manage:users")]
    ManageUsers,
    /// Manage API keys and webhooks. A key cannot create a key with scopes that it lacks itself.
    #[serde(rename = "manage:keys")]
    ManageKeys,
    /// Read the audit trail.
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl Scope {
    /// All scopes, in the order of the OpenAPI document.
    pub const ALL: [Self; 10] = [
        Self::ReadPublic,
        Self::ReadMembers,
        Self::Export,
        Self::WriteInitiatives,
        Self::WriteThemes,
        Self::WriteCouncils,
        Self::Moderate,
        Self::ManageUsers,
        Self::ManageKeys,
        Self::AuditRead,
    ];

    /// The scope as text, such as `read:members`.
    pub fn word(self) -> String {
        text(&self)
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u16);

impl Scopes {
    /// All scopes, as for a user who has signed in.
    pub const ALL: Self = Self((1 << Scope::ALL.len()) - 1);

    /// True when the set contains the scope.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u16 != 0
    }

    /// Scopes that a key can have if its owner has this role.
    pub fn of(role: Role) -> Self {
        let everybody = [Scope::ReadPublic, Scope::ReadMembers, Scope::Export, Scope::ManageKeys];
        let more: &[Scope] = match role {
            Role::Researcher | Role::MemberViewer => &[],
            Role::Contributor => &[Scope::WriteInitiatives],
            Role::CouncilEditor => &[Scope::WriteInitiatives, Scope::WriteCouncils, Scope::AuditRead],
            Role::Moderator => &[
                Scope::WriteInitiatives,
                Scope::WriteThemes,
                Scope::WriteCouncils,
                Scope::Moderate,
                Scope::ManageUsers,
            ],
            Role::NetworkAdmin => &Scope::ALL,
        };
        everybody.iter().chain(more).copied().collect()
    }

    /// Intersection of the two sets.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u16))
    }
}

/// A scope, as a type parameter of a handler's extractor.
pub trait Needs: Send + Sync + 'static {
    /// The scope that a key needs.
    const SCOPE: Scope;

    /// The scope that the key of an owner with this role needs.
    fn scope(_: Role) -> Scope {
        Self::SCOPE
    }
}

/// A key needs [`Scope::Export`].
#[derive(Clone, Copy, Debug)]
pub struct Export;

impl Needs for Export {
    const SCOPE: Scope = Scope::Export;
}

/// A key needs [`Scope::WriteInitiatives`].
#[derive(Clone, Copy, Debug)]
pub struct WriteInitiatives;

impl Needs for WriteInitiatives {
    const SCOPE: Scope = Scope::WriteInitiatives;
}

/// A key needs [`Scope::WriteThemes`].
#[derive(Clone, Copy, Debug)]
pub struct WriteThemes;

impl Needs for WriteThemes {
    const SCOPE: Scope = Scope::WriteThemes;
}

/// A key needs [`Scope::WriteCouncils`].
#[derive(Clone, Copy, Debug)]
pub struct WriteCouncils;

impl Needs for WriteCouncils {
    const SCOPE: Scope = Scope::WriteCouncils;
}

/// A key of a network officer needs [`Scope::WriteCouncils`]. Others propose, for which their key needs
/// [`Scope::WriteInitiatives`].
#[derive(Clone, Copy, Debug)]
pub struct WriteOrganisations;

impl Needs for WriteOrganisations {
    const SCOPE: Scope = Scope::WriteCouncils;

    fn scope(role: Role) -> Scope {
        if role.is_officer() { Self::SCOPE } else { Scope::WriteInitiatives }
    }
}

/// A key needs [`Scope::Moderate`].
#[derive(Clone, Copy, Debug)]
pub struct Moderate;

impl Needs for Moderate {
    const SCOPE: Scope = Scope::Moderate;
}

/// A key needs [`Scope::ManageUsers`].
#[derive(Clone, Copy, Debug)]
pub struct ManageUsers;

impl Needs for ManageUsers {
    const SCOPE: Scope = Scope::ManageUsers;
}

/// A key needs [`Scope::ManageKeys`].
#[derive(Clone, Copy, Debug)]
pub struct ManageKeys;

impl Needs for ManageKeys {
    const SCOPE: Scope = Scope::ManageKeys;
}

/// A key needs [`Scope::AuditRead`].
#[derive(Clone, Copy, Debug)]
pub struct AuditRead;

impl Needs for AuditRead {
    const SCOPE: Scope = Scope::AuditRead;
}
