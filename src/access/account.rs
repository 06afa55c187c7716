//! A known user, as the request was identified, and what the user may see and do.

use std::net::IpAddr;

use uuid::Uuid;

use super::reach::Reach;
use super::role::Role;
use super::scope::{Needs, Scope, Scopes};
use super::visibility::Visibility;
use crate::error::ApiError;

/// By what a caller is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An access token of this session.
    Session(Uuid),
    /// This API key.
    Key(Uuid),
    /// A token of a registered issuer.
    Foreign,
}

/// A known user, with the rights as they stand at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// The user.
    pub user_id: Uuid,
    /// By what the user is known.
    pub credential: Credential,
    /// What the credential may be used for.
    pub scopes: Scopes,
    /// Where the request comes from.
    pub address: Option<IpAddr>,
    /// What the user may do.
    pub role: Role,
    /// The council that the user is bound to.
    pub council_id: Option<Uuid>,
    /// The user's own role and council, as they stood when the request was looked at.
    pub standing: Standing,
}

/// A user's role and council, and what proved who the user is. A key may do less; nothing is done any more once these have
/// changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the user may do.
    pub role: Role,
    /// For whom.
    pub council_id: Option<Uuid>,
    /// The secret of the key, or the identity at another issuer, as the database hashes its name; `None` with a session.
    pub proof: Option<i64>,
}

/// What [`identify`](crate::accounts::identify) found out: an account, nobody, or credentials that do not hold.
pub type Identified = Result<Option<Account>, ApiError>;

impl Account {
    /// What this user may see. A key that writes or moderates sees what its owner sees; one that only reads for members sees
    /// no more than every member; any other what is public.
    pub fn reach(&self) -> Reach {
        let level = match self.role {
            Role::Researcher | Role::MemberViewer => Visibility::Members,
            Role::Contributor | Role::CouncilEditor => Visibility::Officers,
            Role::Moderator | Role::NetworkAdmin => Visibility::Private,
        };
        let has = |scope| self.scopes.contains(scope);
        if has(Scope::WriteInitiatives) || has(Scope::Moderate) {
            Reach { level, council: self.council_id }
        } else if has(Scope::ReadMembers) {
            Reach { level: level.min(Visibility::Members), council: None }
        } else {
            Reach::PUBLIC
        }
    }

    /// The council that bounds what this user may change; `None` for network officers, who may change any.
    pub fn bound_to(&self) -> Option<Uuid> {
        match self.role {
            Role::Moderator | Role::NetworkAdmin => None,
            // A viewer is bound to no record at all: the nil id matches nothing.
            _ => Some(self.council_id.unwrap_or_default()),
        }
    }

    pub(super) fn at_least<S: Needs>(self, allowed: &[Role], who: &str) -> Result<Self, ApiError> {
        if !allowed.contains(&self.role) {
            return Err(ApiError::forbidden(format!("This is for {who}.")));
        }
        if !self.scopes.contains(S::SCOPE) {
            return Err(ApiError::forbidden(format!("This needs a key with the scope {}.", S::SCOPE.word())));
        }
        Ok(self)
    }
}
