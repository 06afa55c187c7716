//! The lists that are handed out whole, column by column.

mod councils;
mod initiatives;
mod outcomes;
mod themes;

pub use councils::councils;
pub use initiatives::initiatives;
pub use outcomes::outcomes;
pub use themes::themes;
