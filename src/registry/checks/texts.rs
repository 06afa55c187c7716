//! The texts of a body, each with the pointer to its member.

use crate::registry::initiatives::model::NewInitiative;

/// A text that readers will see.
pub struct Text<'a> {
    /// JSON Pointer to the member.
    pub pointer: String,
    /// The text.
    pub text: &'a str,
    /// True for the long texts, which are written as prose.
    pub is_prose: bool,
}

/// Every text of a body: short ones first, then prose in reading order, then those of its children.
pub fn of(body: &NewInitiative) -> Vec<Text<'_>> {
    let prose = [
        ("/summary", Some(&*body.summary)),
        ("/challenge", body.challenge.as_deref()),
        ("/approach", body.approach.as_deref()),
        ("/body", body.body.as_deref()),
        ("/what_worked", body.what_worked.as_deref()),
        ("/what_did_not", body.what_did_not.as_deref()),
        ("/transfer_conditions", body.transfer_conditions.as_deref()),
    ];
    let short = [
        ("/title", Some(&*body.title)),
        ("/who_for", body.who_for.as_deref()),
        ("/provenance_note", body.provenance_note.as_deref()),
    ];
    let mut found: Vec<(String, &str, bool)> = Vec::new();
    for (members, is_prose) in [(&short[..], false), (&prose[..], true)] {
        found.extend(members.iter().filter_map(|(pointer, text)| Some(((*pointer).to_owned(), (*text)?, is_prose))));
    }
    for (index, outcome) in body.outcomes.iter().enumerate() {
        let members = [
            ("measure", Some(&*outcome.measure)),
            ("definition", outcome.definition.as_deref()),
            ("caveat", outcome.caveat.as_deref()),
        ];
        let at = |name: &str| format!("/outcomes/{index}/{name}");
        found.extend(members.into_iter().filter_map(|(name, text)| Some((at(name), text?, false))));
    }
    for (index, cost) in body.costs.iter().enumerate() {
        found.push((format!("/costs/{index}/description"), &cost.description, false));
        found.extend(cost.caveat.as_deref().map(|text| (format!("/costs/{index}/caveat"), text, false)));
    }
    for (index, used) in body.principles.iter().enumerate() {
        found.extend(used.how.as_deref().map(|text| (format!("/principles/{index}/how"), text, false)));
    }
    found.into_iter().map(|(pointer, text, is_prose)| Text { pointer, text, is_prose }).collect()
}
