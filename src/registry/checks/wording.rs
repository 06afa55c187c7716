//! Wording: acronyms that nobody explains, and texts that are hard to read.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::model::{Advice, AdviceCode};
use super::texts::Text;
use crate::registry::initiatives::model::NewInitiative;

/// Acronyms that readers of the registry know.
const KNOWN: [&str; 36] = [
    "AM", "BBC", "CCIN", "CCTV", "CEO", "CIC", "CO2", "COVID", "DIY", "EU", "GBP", "GCSE", "GDP", "GP", "HR", "ICT",
    "II", "III", "IT", "IV", "MP", "NHS", "OK", "PC", "PDF", "PE", "PM", "SME", "TV", "UK", "UN", "URL", "US", "USA",
    "VAT", "VI",
];
/// Reading age from which a text is hard: that of a first degree. Papers of councils are at 16 to 18.
const HARD: f64 = 18.0;
/// Fewest words from which a reading age says something.
const FEWEST_WORDS: usize = 100;

/// An acronym next to a bracket: `full name (ABC)` or `ABC (full name)`.
static EXPLAINED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\(([A-Z]{2,6})s?\)|\b([A-Z]{2,6})s? \(").ok());
static ACRONYM: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b([A-Z]{2,6})s?\b").ok());

pub fn check(_: &NewInitiative, texts: &[Text<'_>], advice: &mut Vec<Advice>) {
    let explained: BTreeSet<&str> = texts.iter().flat_map(|text| explained_in(text.text)).collect();
    let mut told = BTreeSet::new();
    for text in texts {
        let found = ACRONYM.as_ref().into_iter().flat_map(|acronym| acronym.captures_iter(text.text));
        for name in found.filter_map(|captures| captures.get(1)).map(|name| name.as_str()) {
            if KNOWN.contains(&name) || is_shouted(text.text) || explained.contains(name) || !told.insert(name) {
                continue;
            }
            let what = format!("Say what {name} stands for where it comes first, such as “full name ({name})”.");
            advice.push(Advice::new(AdviceCode::UnexplainedAcronym, &text.pointer, what).about(name));
        }
    }
    for text in texts.iter().filter(|text| text.is_prose) {
        if let Some(age) = age_of(text.text).filter(|age| *age >= HARD) {
            let what =
                format!("Write shorter sentences and plainer words: people of {age:.0} can read this with ease.");
            advice.push(Advice::new(AdviceCode::HardToRead, &text.pointer, what));
        }
    }
}

/// Acronyms that a text explains.
fn explained_in(text: &str) -> impl Iterator<Item = &str> {
    let found = EXPLAINED.as_ref().into_iter().flat_map(move |explained| explained.captures_iter(text));
    found.filter_map(|captures| captures.get(1).or(captures.get(2))).map(|name| name.as_str())
}

/// True for a text in capitals, whose words are no acronyms.
fn is_shouted(text: &str) -> bool {
    !text.chars().any(char::is_lowercase)
}

/// Reading age of all prose together; `None` if it is short.
pub fn reading_age(body: &NewInitiative) -> Option<f64> {
    let texts = super::texts::of(body);
    let prose: Vec<&str> = texts.iter().filter(|text| text.is_prose).map(|text| text.text).collect();
    age_of(&prose.join("\n\n")).map(|age| (age * 10.0).round() / 10.0)
}

/// The Flesch–Kincaid grade (Kincaid et al. 1975) plus five, the age at which British children are in that grade.
fn age_of(text: &str) -> Option<f64> {
    let is_word = |word: &&str| word.chars().any(char::is_alphabetic);
    let words: Vec<&str> = text.split_whitespace().filter(is_word).collect();
    if words.len() < FEWEST_WORDS {
        return None;
    }
    // A line of its own, such as an item of a list, is a sentence too.
    let sentences = text.split(['.', '!', '?', '\n', ';']).filter(|part| part.split_whitespace().count() > 1).count();
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let count = words.len() as f64;
    Some(0.39 * count / sentences.max(1) as f64 + 11.8 * syllables as f64 / count - 15.59 + 5.0)
}

/// Groups of vowels, without a silent e at the end. Good enough for an average.
fn syllables(word: &str) -> usize {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let is_vowel = |c: &char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let groups = letters.iter().enumerate().filter(|(at, c)| is_vowel(c) && !(*at > 0 && is_vowel(&letters[at - 1])));
    let silent = letters.len() > 2 && letters.ends_with(&['e']) && !letters.ends_with(&['l', 'e']);
    groups.count().saturating_sub(usize::from(silent)).max(1)
}
