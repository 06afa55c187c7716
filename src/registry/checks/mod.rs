//! Advice on a text before it is submitted. Nothing here is an error of the body: a schema cannot know what a reader
//! needs, or what must not be published.
//!
//! Each rule is a function over the body, in [`RULES`]. All look at the text once and take time in proportion to it.

mod claims;
mod completeness;
mod exempt;
mod links;
mod model;
mod personal;
mod texts;
mod wording;

pub use completeness::completeness;
pub use model::{Advice, AdviceCode, Checks, Missing};
use texts::Text;
pub use wording::reading_age;

use crate::registry::initiatives::model::NewInitiative;

/// A rule: looks at a body and its texts, and adds its advice.
type Rule = fn(&NewInitiative, &[Text<'_>], &mut Vec<Advice>);

const RULES: [Rule; 6] =
    [personal::check, exempt::check, claims::check, wording::check, links::check, completeness::check];

/// Most pieces of advice of one kind, so that a long text does not bury the others.
const MOST_OF_A_KIND: usize = 10;

/// All advice on a body: what blocks its submission first, then in the order of the rules.
pub fn advise(body: &NewInitiative) -> Vec<Advice> {
    let texts = texts::of(body);
    let mut advice = Vec::new();
    for rule in RULES {
        rule(body, &texts, &mut advice);
    }
    let mut seen = std::collections::HashMap::new();
    advice.retain(|one| {
        let count = seen.entry(one.code).or_insert(0);
        *count += 1;
        *count <= MOST_OF_A_KIND
    });
    advice.sort_by_key(|one| !one.blocking);
    advice
}

/// The advice that blocks the submission of a body: personal data and exempt information. Both cannot be taken back
/// once they are published, and other copies of the registry have them.
pub fn blocking(body: &NewInitiative) -> Vec<Advice> {
    advise(body).into_iter().filter(|one| one.blocking).collect()
}

#[cfg(test)]
mod tests;
