//! Reach: the records that a caller can see.

use uuid::Uuid;

use super::visibility::Visibility;

/// The records that a caller can see. Every query of records takes one, so that nobody forgets the check by accident.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The narrowest visibility that the caller sees for all councils.
    pub level: Visibility,
    /// The council whose records the caller sees in full, drafts included.
    pub council: Option<Uuid>,
}

impl Reach {
    /// Public records only.
    pub const PUBLIC: Self = Self { level: Visibility::Public, council: None };
    /// All records. For the service itself.
    pub const ALL: Self = Self { level: Visibility::Private, council: None };

    /// True for network officers, who also see prospects and drafts.
    pub fn is_officer(self) -> bool {
        self.level == Visibility::Private
    }
}
