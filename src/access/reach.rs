//! Reach: the records that a caller can see.

use uuid::Uuid;

use super::visibility::Visibility;

/// The records that a caller can see. Every query of records takes one, so that nobody forgets the check by accident.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The narrowest visibility that the caller sees for all councils.
    pub level: Visibility,
    /// The council of the caller, who sees in full the records that it looks after, drafts included.
    pub council: Option<Uuid>,
    /// Memberships whose terms the caller sees.
    pub terms: TermsReach,
}

/// Memberships whose terms (renewal, review, decision and fee) a caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TermsReach {
    /// None.
    Nobody,
    /// Those of the caller's own council.
    Council(Uuid),
    /// All.
    Everybody,
}

impl TermsReach {
    /// True if the caller sees the terms of a member: a council, or `None` for another organisation.
    pub fn includes(self, council: Option<Uuid>) -> bool {
        match self {
            Self::Nobody => false,
            Self::Council(own) => council == Some(own),
            Self::Everybody => true,
        }
    }
}

impl Reach {
    /// Public records only.
    pub const PUBLIC: Self = Self { level: Visibility::Public, council: None, terms: TermsReach::Nobody };
    /// All records. For the service itself.
    pub const ALL: Self = Self { level: Visibility::Private, council: None, terms: TermsReach::Everybody };

    /// The same in the change feed, which shows terms only to readers who see every change of them: network officers.
    pub fn in_feed(self) -> Self {
        let terms = if self.is_officer() { self.terms } else { TermsReach::Nobody };
        Self { terms, ..self }
    }

    /// True if the caller sees an initiative of this effective visibility that this council looks after.
    pub fn includes(self, level: Visibility, steward: Option<Uuid>) -> bool {
        level <= self.level || (steward.is_some() && steward == self.council)
    }

    /// True if the caller sees what a council proposes before it is accepted.
    pub fn sees_proposals_of(self, council: Uuid) -> bool {
        self.is_officer() || self.council == Some(council)
    }

    /// True for network officers, who also see drafts.
    pub fn is_officer(self) -> bool {
        self.level == Visibility::Private
    }
}
