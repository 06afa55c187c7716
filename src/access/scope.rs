//! Scopes: what an API key may be used for. What a key may do is its scopes ∩ its owner's role ∩ its owner's council.
//!
//! A scope opens a kind of operation and never more than the owner may do by hand. Where a handler's signature says who may
//! call, it says the scope as well: `Moderator<WriteThemes>` is a network officer, by hand or by a key with `write:themes`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::role::Role;
use crate::db::enum_text::text;

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum Scope {
    /// Read what is public, with a quota of one's own.
    #[serde(rename = "read:public")]
    ReadPublic,
    /// Read what is for members, as far as the owner may.
    #[serde(rename = "read:members")]
    ReadMembers,
    /// Take whole lists away, of any length.
    #[serde(rename = "export")]
    Export,
    /// Draft and edit initiatives, and see what the owner sees for it.
    #[serde(rename = "write:initiatives")]
    WriteInitiatives,
    /// Keep the themes.
    #[serde(rename = "write:themes")]
    WriteThemes,
    /// Keep the profiles of councils.
    #[serde(rename = "write:councils")]
    WriteCouncils,
    /// Publish and take back, and see what a moderator sees for it.
    #[serde(rename = "moderate")]
    Moderate,
    /// Keep the users who are no officers: whoever has it can set their passwords, and so act as any of them.
    #[serde(rename = "manage:users")]
    ManageUsers,
    /// Keep API keys. A key made with a key has no scope that the first one lacks.
    #[serde(rename = "manage:keys")]
    ManageKeys,
    /// Read the audit trail.
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl Scope {
    /// Every scope, in the order of the document.
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

    /// As it is written, such as `read:members`.
    pub fn word(self) -> String {
        text(&self)
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes(u16);

impl Scopes {
    /// All of them: whoever signs in by hand.
    pub const ALL: Self = Self((1 << Scope::ALL.len()) - 1);

    /// True when the scope is among them.
    pub fn contains(self, scope: Scope) -> bool {
        self.0 & 1 << scope as u16 != 0
    }

    /// What a key of a user with this role can be used for.
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

    /// Those of `self` that are in `other` as well.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u16))
    }
}

/// A scope as part of a handler's signature.
pub trait Needs: Send + Sync + 'static {
    /// The scope that a key has to have.
    const SCOPE: Scope;
}

/// Needs [`Scope::Export`] of a key.
#[derive(Clone, Copy, Debug)]
pub struct Export;

impl Needs for Export {
    const SCOPE: Scope = Scope::Export;
}

/// Needs [`Scope::WriteInitiatives`] of a key.
#[derive(Clone, Copy, Debug)]
pub struct WriteInitiatives;

impl Needs for WriteInitiatives {
    const SCOPE: Scope = Scope::WriteInitiatives;
}

/// Needs [`Scope::WriteThemes`] of a key.
#[derive(Clone, Copy, Debug)]
pub struct WriteThemes;

impl Needs for WriteThemes {
    const SCOPE: Scope = Scope::WriteThemes;
}

/// Needs [`Scope::WriteCouncils`] of a key.
#[derive(Clone, Copy, Debug)]
pub struct WriteCouncils;

impl Needs for WriteCouncils {
    const SCOPE: Scope = Scope::WriteCouncils;
}

/// Needs [`Scope::Moderate`] of a key.
#[derive(Clone, Copy, Debug)]
pub struct Moderate;

impl Needs for Moderate {
    const SCOPE: Scope = Scope::Moderate;
}

/// Needs [`Scope::ManageUsers`] of a key.
#[derive(Clone, Copy, Debug)]
pub struct ManageUsers;

impl Needs for ManageUsers {
    const SCOPE: Scope = Scope::ManageUsers;
}

/// Needs [`Scope::ManageKeys`] of a key.
#[derive(Clone, Copy, Debug)]
pub struct ManageKeys;

impl Needs for ManageKeys {
    const SCOPE: Scope = Scope::ManageKeys;
}

/// Needs [`Scope::AuditRead`] of a key.
#[derive(Clone, Copy, Debug)]
pub struct AuditRead;

impl Needs for AuditRead {
    const SCOPE: Scope = Scope::AuditRead;
}
