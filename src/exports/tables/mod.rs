//! The lists that are handed out whole, column by column.

mod councils;
mod initiatives;
mod outcomes;
mod themes;

pub use councils::councils;
pub use initiatives::initiatives;
pub use outcomes::outcomes;
pub use themes::themes;

use super::columns::Table;
use crate::auth::caller::Reach;

/// All of them, as a caller of this reach gets them.
pub fn all(reach: Reach) -> [Table; 4] {
    [initiatives(reach), outcomes(), councils(), themes()]
}
