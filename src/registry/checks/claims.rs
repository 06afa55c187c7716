//! Claims: figures without a source, figures that stand in a text only, and plans that are recorded as results.

use std::sync::LazyLock;

use regex::Regex;

use super::model::{Advice, AdviceCode};
use super::texts::Text;
use crate::registry::initiatives::evidence::OutcomeKind;
use crate::registry::initiatives::model::NewInitiative;

static PLANS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:will|shall|plans? to|planned|aims? to|intends? to|hopes? to|expected to|is to|are to)\b").ok()
});

/// Money, percentages, and numbers of a hundred and more that are no years.
static FIGURES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"£ ?\d[\d,.]*(?: ?(?:million|billion|bn|m|k)\b)?|\d[\d.]* ?(?:%|per cent\b)|\b\d{1,3}(?:,\d{3})+\b|\b[1-9]\d{2}\b").ok()
});

pub fn check(body: &NewInitiative, texts: &[Text<'_>], advice: &mut Vec<Advice>) {
    for (index, outcome) in body.outcomes.iter().enumerate() {
        let at = |name: &str| format!("/outcomes/{index}/{name}");
        if outcome.source.is_none() && outcome.value.is_some() {
            let what = "Name the source of this figure. Readers cannot check it otherwise.";
            advice.push(Advice::new(AdviceCode::FigureWithoutSource, at("source"), what).about(&outcome.measure));
        }
        let is_result = matches!(outcome.kind, OutcomeKind::Outcome | OutcomeKind::Output | OutcomeKind::Saving);
        let told = [Some(&*outcome.measure), outcome.definition.as_deref()];
        let plan =
            |text: &str| PLANS.as_ref().and_then(|plans| plans.find(text)).map(|found| found.as_str().to_owned());
        if let Some(word) = told.into_iter().flatten().find_map(plan).filter(|_| is_result) {
            let what = "This reads like a plan. Choose the kind “target” or “projection”, or say what happened.";
            advice.push(Advice::new(AdviceCode::FutureAsResult, at("kind"), what).about(&word));
        }
    }
    if !body.outcomes.is_empty() {
        return;
    }
    let Some(figures) = FIGURES.as_ref() else { return };
    for text in texts.iter().filter(|text| text.is_prose) {
        if let Some(found) = figures.find(text.text) {
            let what =
                "Enter the figures as outcomes, with their dates and sources. Readers can then find and compare them.";
            advice.push(Advice::new(AdviceCode::FiguresWithoutClaims, &text.pointer, what).about(found.as_str()));
        }
    }
}
