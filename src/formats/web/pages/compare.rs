//! Up to four initiatives side by side.

use maud::{Markup, PreEscaped, html};

use super::parts::{back, evidence, lead, status};
use crate::formats::web::figures::{Claim, claimed, cost, period, when};
use crate::formats::web::words::{self, WORDS};
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::evidence::Outcome;

/// Most initiatives that fit side by side.
pub const MOST: usize = 4;

/// The view.
pub fn view(records: &[Initiative]) -> Markup {
    html! {
        div.wide.comparison {
            (back("/", "All initiatives"))
            h1 tabindex="-1" { "Initiatives side by side" }
            @if records.len() < 2 {
                p.notice { span { "Select two to four initiatives with “Compare” in " a href="/" { "the list" } "." } }
            } @else {
                div.scroll role="region" aria-label="Comparison" tabindex="0" { (table(records)) }
            }
        }
    }
}

fn table(records: &[Initiative]) -> Markup {
    let row = |name: &str, cell: &dyn Fn(&Initiative) -> Option<Markup>| {
        let cells: Vec<Option<Markup>> = records.iter().map(cell).collect();
        html! {
            @if cells.iter().any(Option::is_some) {
                tr {
                    th scope="row" { (name) }
                    @for one in &cells {
                        td { @match one { Some(one) => { (one) }, None => { span.note { "Not recorded" } } } }
                    }
                }
            }
        }
    };
    let text = |text: String| (!text.is_empty()).then(|| html! { (text) });
    html! {
        table class={ "compare of-" (records.len()) } {
            thead { tr { td {} @for one in records { th scope="col" { a href={ "/initiatives/" (one.slug) } { (one.title) } } } } }
            tbody {
                (row("Led by", &|one| Some(lead(one))))
                (row("Type", &|one| text(words::kind(one.kind))))
                (row("Stage", &|one| Some(status(one))))
                (row("Dates", &|one| text(period(one.started_on.as_deref(), one.ended_on.as_deref()))))
                (row("Themes", &|one| text(one.themes.iter().map(|used| used.theme.label.as_str()).collect::<Vec<_>>().join(", "))))
                (row("Summary", &|one| text(one.summary.clone())))
                (row("The challenge", &|one| prose(one.html.challenge.as_deref())))
                (row("The approach", &|one| prose(one.html.approach.as_deref())))
                @for group in &WORDS.claim_groups {
                    (row(&group.title, &|one| claims(one.outcomes.iter().filter(|claim| group.kinds.contains(&claim.kind)))))
                }
                (row("What it cost", &|one| (!one.costs.is_empty()).then(|| html! {
                    ul { @for line in &one.costs { li { (cost(line)) ": " (*line.description) } } }
                })))
                (row("What worked", &|one| prose(one.html.what_worked.as_deref())))
                (row("What did not work", &|one| prose(one.html.what_did_not.as_deref())))
                (row("What another council needs", &|one| prose(one.html.transfer_conditions.as_deref())))
            }
        }
    }
}

/// A text of a record. The service has sanitised its HTML.
fn prose(html: Option<&str>) -> Option<Markup> {
    html.map(|text| html! { div.prose { (PreEscaped(text)) } })
}

fn claims<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Option<Markup> {
    let mut outcomes = outcomes.peekable();
    outcomes.peek()?;
    Some(html! {
        ul.claims-in-cell {
            @for outcome in outcomes {
                @let claim = Claim::from(outcome);
                @let (before, value) = claimed(&claim);
                @let when = when(&claim);
                li {
                    @if !value.is_empty() { b { @if !before.is_empty() { (before) " " } (value) } }
                    p { (claim.measure) " (" (words::outcome_kind(claim.kind)) @if !when.is_empty() { ", " (when) } ")" }
                    p.note { (evidence(claim.evidence_level)) }
                    @if let Some(caveat) = claim.caveat { p.claim-note.caveat { b { "Caveat:" } " " (caveat) } }
                }
            }
        }
    })
}
