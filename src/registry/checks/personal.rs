//! Personal data: contacts and names of people, which the registry does not publish (`domain.md`, section "Visibility").

use std::sync::LazyLock;

use regex::Regex;

use super::model::{Advice, AdviceCode};
use super::texts::Text;
use crate::registry::initiatives::model::NewInitiative;

/// A pattern, what it finds, and what to do.
type Pattern = (LazyLock<Option<Regex>>, &'static str);

static PATTERNS: [Pattern; 4] = [
    (
        LazyLock::new(|| Regex::new(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+").ok()),
        "Remove the e-mail address. Contacts of people are not published.",
    ),
    // Ten or eleven digits from 0 or +44, as Ofcom's numbering plan has them, in groups or not.
    (
        LazyLock::new(|| Regex::new(r"(?:\+44[ -]?(?:\(0\)[ -]?)?|\(0|\b0)\d(?:[ -]?\)?[ -]?\d){8,9}\b").ok()),
        "Remove the telephone number. Contacts of people are not published.",
    ),
    // HM Revenue and Customs, National Insurance Manual NIM39110.
    (
        LazyLock::new(|| Regex::new(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b").ok()),
        "Remove the National Insurance number.",
    ),
    (
        LazyLock::new(|| {
            Regex::new(r"\b(?:Cllrs?|Councillors?|Mr|Mrs|Ms|Miss|Mx|Dr)\.? +\p{Lu}[\p{L}'’-]+(?: +\p{Lu}[\p{L}'’-]+)?")
                .ok()
        }),
        "Say the office instead of the name, such as “the cabinet member for housing”.",
    ),
];

/// Somebody to contact: two names after the word.
static CONTACT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b[Cc]ontact:? +(\p{Lu}[\p{L}'’-]+ +\p{Lu}[\p{L}'’-]+(?: +\p{Lu}[\p{L}'’-]+)?)").ok()
});

/// Words that only names of bodies and places have.
const OF_BODIES: [&str; 28] = [
    "Academy",
    "Alliance",
    "Association",
    "Board",
    "Borough",
    "Centre",
    "Centres",
    "Charity",
    "City",
    "College",
    "Committee",
    "Council",
    "County",
    "Department",
    "District",
    "Foundation",
    "Group",
    "Hospital",
    "House",
    "Network",
    "Office",
    "Partnership",
    "Point",
    "Road",
    "School",
    "Service",
    "Services",
    "Trust",
];

pub fn check(_: &NewInitiative, texts: &[Text<'_>], advice: &mut Vec<Advice>) {
    for text in texts {
        let mut add = |found: &str, what: &str| {
            advice.push(Advice::blocking(AdviceCode::PersonalData, &text.pointer, what).about(found.trim()));
        };
        for (pattern, what) in &PATTERNS {
            let Some(pattern) = pattern.as_ref() else { continue };
            pattern
                .find_iter(text.text)
                .filter(|found| !is_body(found.as_str()))
                .for_each(|found| add(found.as_str(), what));
        }
        let contacts = CONTACT.as_ref().into_iter().flat_map(|pattern| pattern.captures_iter(text.text));
        for found in contacts.filter_map(|captures| captures.get(1)).filter(|found| !is_body(found.as_str())) {
            add(found.as_str(), "Name the team instead of the person. Contacts of people are not published.");
        }
    }
}

/// True for names such as `Dr Gray's Hospital` and `Oldham Council`.
fn is_body(name: &str) -> bool {
    name.contains("'s") || name.contains("’s") || name.split_whitespace().any(|word| OF_BODIES.contains(&word))
}
