//! Outcomes as claims, each with its bound, date, evidence, source and caveat.

use maud::{Markup, html};

use super::parts::{evidence, organisation};
use crate::db::enum_text::text;
use crate::formats::web::figures::{Claim, claimed, quantity, when};
use crate::formats::web::words::{self, WORDS};
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::evidence::{Independence, OutcomeKind};

/// Caveats that several claims share, in the order of the claims.
pub fn shared_caveats<'a>(claims: &[Claim<'a>]) -> Vec<&'a str> {
    let mut shared: Vec<&str> = Vec::new();
    for caveat in claims.iter().filter_map(|claim| claim.caveat) {
        let count = claims.iter().filter(|claim| claim.caveat == Some(caveat)).count();
        if count > 1 && !shared.contains(&caveat) {
            shared.push(caveat);
        }
    }
    shared
}

/// The claims of a record in groups, with targets apart from results.
pub fn claims(record: &Initiative) -> Markup {
    let claims: Vec<Claim<'_>> = record.outcomes.iter().map(Claim::from).collect();
    let shared = shared_caveats(&claims);
    html! {
        @for group in &WORDS.claim_groups {
            @let found: Vec<_> = claims.iter().zip(&record.outcomes).filter(|(claim, _)| group.kinds.contains(&claim.kind)).collect();
            @if !found.is_empty() {
                div.claim-group {
                    h3 { (group.title) }
                    @if !group.note.is_empty() { p.note { (group.note) } }
                    ul.claims {
                        @for (claim, outcome) in found {
                            (one(claim, source_number(record, outcome.source.as_deref()), outcome.independence.as_ref(), &shared))
                        }
                    }
                }
            }
        }
        (caveats(&shared))
    }
}

/// The number of a source in the list of sources, from 1.
pub fn source_number(record: &Initiative, key: Option<&str>) -> Option<usize> {
    record.sources.iter().position(|source| Some(source.key.as_str()) == key).map(|index| index + 1)
}

fn one(claim: &Claim<'_>, source: Option<usize>, evaluation: Option<&Independence>, shared: &[&str]) -> Markup {
    let (before, value) = claimed(claim);
    let when = when(claim);
    html! {
        li class={ "claim " (text(&claim.kind)) } {
            p.claim-kind { (words::outcome_kind(claim.kind)) }
            @if !value.is_empty() {
                p.claim-value { @if !before.is_empty() { small { (before) " " } } b { (value) } }
            }
            p.claim-measure { (claim.measure) }
            dl {
                @if let Some(baseline) = claim.baseline { div { dt { "Before" } dd { (quantity(baseline, claim.unit)) } } }
                @if !when.is_empty() { div { dt { "When" } dd { (when) } } }
                @if claim.kind != OutcomeKind::Context { div { dt { "Evidence" } dd { (evidence(claim.evidence_level)) } } }
                @if let Some(by) = evaluation {
                    div {
                        dt { "Evaluated by" }
                        dd { (organisation(&by.evaluator, by.organisation.as_deref())) @if let Some(interest) = &by.declared_interest { small { " Declared interest: " (**interest) } } }
                    }
                }
                @if let Some(number) = source {
                    div { dt { "Source" } dd { a href={ "#source-" (number) } { (number) span.unseen { " in the list of sources" } } } }
                }
            }
            @if let Some(definition) = claim.definition { p.claim-note { b { "Definition:" } " " (definition) } }
            @if let Some(text) = claim.caveat { (caveat(text, shared)) }
        }
    }
}

/// A caveat, or where it stands if several claims share it.
pub fn caveat(text: &str, shared: &[&str]) -> Markup {
    let number = shared.iter().position(|one| *one == text).map(|index| index + 1);
    html! {
        p.claim-note.caveat {
            b { "Caveat:" } " "
            @match number { Some(number) => { a href={ "#caveat-" (number) } { "note " (number) } }, None => { (text) } }
        }
    }
}

/// The caveats that several claims share, each once.
pub fn caveats(shared: &[&str]) -> Markup {
    html! {
        @if !shared.is_empty() {
            div.claim-group {
                h3 { "Caveats of several claims" }
                ol.caveats {
                    @for (index, caveat) in shared.iter().enumerate() {
                        li id={ "caveat-" (index + 1) } tabindex="-1" { (caveat) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::initiatives::evidence::Outcome;

    #[test]
    fn a_caveat_of_several_claims_is_told_once() {
        let outcomes: Vec<Outcome> = ["a", "b", "a", "c", "b"]
            .iter()
            .map(|caveat| serde_json::from_value(json!({ "measure": "m", "caveat": caveat })).expect("an outcome"))
            .collect();
        let claims: Vec<Claim<'_>> = outcomes.iter().map(Claim::from).collect();
        assert_eq!(shared_caveats(&claims), ["a", "b"]);
        assert!(caveat("b", &["a", "b"]).into_string().contains("href=\"#caveat-2\""));
        assert!(caveat("<c>", &["a"]).into_string().contains("&lt;c&gt;"));
    }
}
