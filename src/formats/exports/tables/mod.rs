//! Columns of the lists that can be exported.

mod council_changes;
mod councils;
mod initiatives;
mod memberships;
mod organisations;
mod outcomes;
mod themes;

pub use council_changes::council_changes;
pub use councils::councils;
pub use initiatives::initiatives;
pub use memberships::memberships;
pub use organisations::organisations;
pub use outcomes::outcomes;
pub use themes::themes;
