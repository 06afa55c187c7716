//! Exempt information: words by which council papers mark what must not be published (Local Government Act 1972,
//! Schedule 12A).

use std::sync::LazyLock;

use regex::Regex;

use super::model::{Advice, AdviceCode};
use super::texts::Text;
use crate::registry::initiatives::model::NewInitiative;

static MARKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:not for publication|exempt information|exempt from (?:publication|disclosure)|schedule 12a|exempt (?:report|appendix|item)|commercially sensitive|commercial(?:ly)?[ -]in[ -]confidence|private (?:and|&) confidential|official[ -]sensitive)\b",
    )
    .ok()
});

pub fn check(_: &NewInitiative, texts: &[Text<'_>], advice: &mut Vec<Advice>) {
    let Some(marks) = MARKS.as_ref() else { return };
    for text in texts {
        for found in marks.find_iter(text.text) {
            let what = "This marks information that must not be published. Take out what it is about, and these words.";
            advice.push(Advice::blocking(AdviceCode::ExemptInformation, &text.pointer, what).about(found.as_str()));
        }
    }
}
