//! Periods: an end that lies before its beginning is a fault.

use super::Faults;
use crate::text::PartialDate;

/// Note an end before its beginning. `names` are those of the two members below `place`.
pub fn check_period(
    from: Option<&PartialDate>,
    to: Option<&PartialDate>,
    place: &str,
    names: [&str; 2],
    faults: &mut Faults,
) {
    if from.zip(to).is_some_and(|(from, to)| !to.not_before(from)) {
        faults.add(format!("{place}/{}", names[1]), "out_of_order", format!("lies before {}", names[0]));
    }
}
