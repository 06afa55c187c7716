//! The identified user of a request, with the user's rights.

use std::net::IpAddr;

use uuid::Uuid;

use super::reach::{Reach, TermsReach};
use super::role::Role;
use super::scope::{Needs, Scope, Scopes};
use super::visibility::Visibility;
use crate::error::ApiError;

/// Credential that identified the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An access token of this session.
    Session(Uuid),
    /// An API key.
    Key(Uuid),
    /// A token of a registered issuer.
    External,
    /// A one-time link from a letter.
    Link(Uuid),
}

/// A user with the current rights.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// Id of the user.
    pub user_id: Uuid,
    /// Credential that identified the user.
    pub credential: Credential,
    /// Scopes of the credential.
    pub scopes: Scopes,
    /// Address that the request came from.
    pub address: Option<IpAddr>,
    /// Role. A key can have a lower role than its owner.
    pub role: Role,
    /// The council that the user is bound to. None for a key that was issued when its owner had another council.
    pub council_id: Option<Uuid>,
    /// The user's own role and council, as read for this request.
    pub standing: Standing,
}

/// The rights of a user when the request was identified, and the proof of identity. A key can have lower rights. A
/// write fails if these have changed before it commits.
/// changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Role of the user.
    pub role: Role,
    /// Council of the user.
    pub council_id: Option<Uuid>,
    /// Secret of the key, or identity at another issuer, as the database hashes it. `None` for a session.
    pub proof: Option<i64>,
}

/// Result of [`identify`](crate::accounts::identify): an account, no account, or an error for invalid credentials.
pub type Identified = Result<Option<Account>, ApiError>;

impl Account {
    /// Records that this user can see. A key that can write or moderate sees the same as its owner. A key with
    /// `read:members` sees at most what every member sees. Any other key sees public records.
    pub fn reach(&self) -> Reach {
        let level = match self.role {
            Role::Researcher | Role::MemberViewer => Visibility::Members,
            Role::Contributor | Role::CouncilEditor => Visibility::Officers,
            Role::Moderator | Role::NetworkAdmin => Visibility::Private,
        };
        let has = |scope| self.scopes.contains(scope);
        if has(Scope::WriteInitiatives) || has(Scope::Moderate) {
            Reach { level, council: self.council_id, terms: self.terms() }
        } else if has(Scope::ReadMembers) {
            Reach { level: level.min(Visibility::Members), council: None, terms: self.terms() }
        } else {
            Reach { terms: self.terms(), ..Reach::PUBLIC }
        }
    }

    /// Memberships whose terms this user sees: network officers all, council editors those of their council. A key
    /// needs the scope `write:councils`.
    fn terms(&self) -> TermsReach {
        match self.role {
            _ if !self.scopes.contains(Scope::WriteCouncils) => TermsReach::Nobody,
            role if role.is_officer() => TermsReach::Everybody,
            Role::CouncilEditor => self.council_id.map_or(TermsReach::Nobody, TermsReach::Council),
            _ => TermsReach::Nobody,
        }
    }

    /// The council whose records this user can change; `None` for network officers, who can change any.
    pub fn bound_to(&self) -> Option<Uuid> {
        match self.role {
            Role::Moderator | Role::NetworkAdmin => None,
            // Viewers can change nothing: the nil id matches no record.
            _ => Some(self.council_id.unwrap_or_default()),
        }
    }

    pub(super) fn at_least<S: Needs>(self, allowed: &[Role], who: &str) -> Result<Self, ApiError> {
        if !allowed.contains(&self.role) {
            return Err(ApiError::forbidden(format!("Only {who} can do this.")));
        }
        let scope = S::scope(self.role);
        if !self.scopes.contains(scope) {
            return Err(ApiError::forbidden(format!("This needs a key with the scope {}.", scope.word())));
        }
        Ok(self)
    }
}
