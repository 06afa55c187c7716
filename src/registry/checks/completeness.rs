//! Completeness: what other councils ask for first, and what it is worth.

use super::model::{Advice, AdviceCode, Missing};
use super::texts::Text;
use crate::registry::initiatives::model::{DeliveryStatus, NewInitiative};

/// Members of a complete record with their points of 100. Those that let others learn from it count most.
fn held(body: &NewInitiative) -> [(&'static str, u8, bool); 10] {
    [
        ("/body", 15, body.body.is_some()),
        ("/what_did_not", 15, body.what_did_not.is_some()),
        ("/outcomes", 15, !body.outcomes.is_empty()),
        ("/challenge", 10, body.challenge.is_some()),
        ("/approach", 10, body.approach.is_some()),
        ("/what_worked", 10, body.what_worked.is_some()),
        ("/transfer_conditions", 10, body.transfer_conditions.is_some()),
        ("/sources", 5, !body.sources.is_empty()),
        ("/started_on", 5, body.started_on.is_some()),
        ("/who_for", 5, body.who_for.is_some()),
    ]
}

/// Points of 100, and what the missing ones are for.
pub fn completeness(body: &NewInitiative) -> (u8, Vec<Missing>) {
    let held = held(body);
    let points = held.iter().filter(|(.., is_held)| *is_held).map(|(_, points, _)| points).sum();
    let missing = held.iter().filter(|(.., is_held)| !is_held);
    (points, missing.map(|(pointer, points, _)| Missing { pointer: (*pointer).into(), points: *points }).collect())
}

pub fn check(body: &NewInitiative, _: &[Text<'_>], advice: &mut Vec<Advice>) {
    let has_begun = !matches!(body.delivery_status, DeliveryStatus::Idea | DeliveryStatus::Planned);
    if has_begun && body.what_did_not.is_none() {
        let what = "Say what did not work. Other councils learn most from it.";
        advice.push(Advice::new(AdviceCode::Missing, "/what_did_not", what));
    }
}
