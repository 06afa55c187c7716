//! What a caller may see: every query of records takes it.

use uuid::Uuid;

use super::visibility::Visibility;

/// What a caller may see. Every query of records takes one, so that an unscoped query is hard to write.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// The narrowest visibility that the caller reads everywhere.
    pub level: Visibility,
    /// The council all of whose records the caller reads, drafts included.
    pub council: Option<Uuid>,
}

impl Reach {
    /// What everybody sees.
    pub const PUBLIC: Self = Self { level: Visibility::Public, council: None };
    /// Everything: for the service itself.
    pub const ALL: Self = Self { level: Visibility::Private, council: None };

    /// True for network officers, who see prospects and withdrawn drafts as well.
    pub fn is_officer(self) -> bool {
        self.level == Visibility::Private
    }
}
