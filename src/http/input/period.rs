//! Periods must not end before they start.

use super::Faults;
use crate::text::PartialDate;

/// Adds a fault if the end is before the start. `names` are the two members at `place`.
pub fn check_period(
    from: Option<&PartialDate>,
    to: Option<&PartialDate>,
    place: &str,
    names: [&str; 2],
    faults: &mut Faults,
) {
    if from.zip(to).is_some_and(|(from, to)| !to.not_before(from)) {
        faults.add(format!("{place}/{}", names[1]), "out_of_order", format!("is before {}", names[0]));
    }
}
