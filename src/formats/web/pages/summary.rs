//! Claims of a theme in numbers: a line for each kind, unit and bound, which never meet in one number.

use maud::{Markup, html};

use super::plots;
use crate::formats::web::figures::{number, quantity, several};
use crate::formats::web::words;
use crate::read_model::outcome_summary::{OutcomeGroup, OutcomeSummary};
use crate::registry::initiatives::evidence::Unit;
use crate::text::Quantity;

/// A section with the figures; nothing without figures.
pub fn section(summary: &OutcomeSummary) -> Markup {
    let left_out = summary.left_out.iter().map(|one| {
        let [claim, claims] = words::left_out(one.reason);
        several(one.outcomes as f64, claim, claims)
    });
    let left_out = left_out.collect::<Vec<_>>().join(", ");
    html! {
        @if !summary.groups.is_empty() {
            section aria-labelledby="figures" {
                h2 id="figures" { "Outcomes in numbers" }
                p.note { "A line has the claims of one kind, unit and bound. Other claims are not comparable with them, and nothing is added up." }
                div.scroll role="region" aria-labelledby="figures" tabindex="0" {
                    table.figures {
                        thead {
                            tr { @for name in ["Kind and unit", "Bound", "Lowest", "Middle", "Highest", "Claims"] { th scope="col" { (name) } } }
                        }
                        tbody { @for group in &summary.groups { (line(group)) } }
                    }
                }
                @if !left_out.is_empty() { p.note { "Left out: " (left_out) "." } }
            }
        }
    }
}

fn line(group: &OutcomeGroup) -> Markup {
    let figure = |value: Quantity| match group.unit {
        Unit::Gbp | Unit::Percent | Unit::Rank => quantity(value, Some(group.unit)),
        _ => number(value.get()),
    };
    let count = |many: usize, one: &str| several(many as f64, one, &format!("{one}s"));
    html! {
        tr {
            th scope="row" { (plots::name(group.kind, Some(group.unit))) }
            td { (words::bound(group.bound)) }
            td { (figure(group.lowest)) }
            td { (group.median.map_or_else(|| "–".into(), figure)) }
            td { (figure(group.highest)) }
            td { a href=(group.claims) { (count(group.outcomes, "claim")) " of " (count(group.initiatives, "initiative")) } }
        }
    }
}
