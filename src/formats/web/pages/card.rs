//! An initiative in a list.

use maud::{Markup, html};

use super::parts;
use crate::formats::web::figures::{count, date, number};
use crate::formats::web::words;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::evidence::{Outcome, OutcomeKind};

/// A card. `distance` is in kilometres.
pub fn card(record: &Initiative, distance: Option<f64>) -> Markup {
    html! {
        li.card id=(format!("card-{}", record.slug)) {
            article {
                p.over {
                    span.kind { (words::kind(record.kind)) }
                    @if let Some(from) = &record.started_on { span { "since " (date(from)) } }
                }
                h3 { a href={ "/initiatives/" (record.slug) } { (record.title) } }
                p.by {
                    (words::lead(record))
                    @if let Some(kilometres) = distance { span.far { ", " (away(kilometres)) } }
                }
                p.summary { (record.summary) }
                p.under {
                    (parts::status(record))
                    span.themes { (labels(record)) }
                    @if !record.outcomes.is_empty() { span.claims { (claims(&record.outcomes)) } }
                    label.pick {
                        input type="checkbox" name="initiative" value=(record.slug) form="compare";
                        "Compare" span.unseen { " " (record.title) }
                    }
                }
            }
        }
    }
}

/// The labels of a record's themes.
pub fn labels(record: &Initiative) -> String {
    record.themes.iter().map(|one| one.theme.label.as_str()).collect::<Vec<_>>().join(" · ")
}

fn away(kilometres: f64) -> String {
    if kilometres < 1.0 { "less than 1 km away".into() } else { format!("{} km away", number(kilometres.round())) }
}

/// True for a claim about what is to come.
pub fn is_aim(outcome: &Outcome) -> bool {
    matches!(outcome.kind, OutcomeKind::Target | OutcomeKind::Projection)
}

/// Numbers of results and of targets, apart and without context, and the strongest evidence for a result.
fn claims(outcomes: &[Outcome]) -> String {
    let said = outcomes.iter().filter(|one| one.kind != OutcomeKind::Context);
    let (aims, results): (Vec<&Outcome>, Vec<&Outcome>) = said.partition(|one| is_aim(one));
    let results_said = (!results.is_empty()).then(|| count(results.len() as i64, "claim"));
    let aims_said = match aims.len() {
        0 => None,
        1 => Some("1 target or projection".to_owned()),
        several => Some(format!("{} targets or projections", number(several as f64))),
    };
    let said = [results_said, aims_said].into_iter().flatten().collect::<Vec<_>>().join(", ");
    match results.iter().map(|one| one.evidence_level).max() {
        Some(best) => format!("{said}; strongest evidence: {}", words::evidence(best)),
        None => said,
    }
}

/// The form that the cards' boxes belong to.
pub fn compare_form() -> Markup {
    html! {
        form.more.without-script id="compare" action="/compare" {
            button type="submit" { "Compare the selected initiatives" }
            span { "Select two to four." }
        }
    }
}
