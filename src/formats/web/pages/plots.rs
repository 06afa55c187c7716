//! Claims of several initiatives as small plots: one a kind and unit. They share a scale, and are never added up.

use maud::{Markup, html};

use super::claims::{caveat, caveats, shared_caveats};
use super::parts::evidence;
use crate::db::enum_text::text;
use crate::formats::web::figures::{Claim, claimed, number, when};
use crate::formats::web::words::{self, ClaimGroup, WORDS};
use crate::read_model::outcomes::OutcomeRecord;
use crate::registry::initiatives::evidence::{Bound, OutcomeKind, Unit};

/// Width and height of a drawing, and the room at its ends for half a mark.
const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 16.0;
const ROOM: f64 = 8.0;

/// Claims of a council or a theme, of which a page shows the first.
pub struct Claims {
    /// The first claims, by title of their initiatives.
    pub shown: Vec<OutcomeRecord>,
    /// Number of all claims.
    pub total: usize,
    /// Query of the list of outcomes with all of them, such as `theme=housing`.
    pub query: String,
}

/// A section with the claims; nothing without claims.
pub fn section(all: &Claims) -> Markup {
    let outcomes = &all.shown[..];
    let claims: Vec<Claim<'_>> = outcomes.iter().map(Claim::from).collect();
    let shared = shared_caveats(&claims);
    html! {
        @if !outcomes.is_empty() {
            section aria-labelledby="claims" {
                h2 id="claims" { "Outcomes" }
                p.note {
                    "Each figure is a claim, not an established fact. Figures of one kind and unit share a scale. They are never added up. \
                     An arrow marks “at least” or “up to”, a ring “about”, and a line with two ends a range. "
                    a href="/about#claims" { "How to read claims" }
                }
                @for group in &WORDS.claim_groups {
                    @let plots = plots(group, outcomes);
                    @if !plots.is_empty() {
                        div.claim-group {
                            h3 { (group.title) }
                            @if !group.note.is_empty() { p.note { (group.note) } }
                            div.plots { @for one in &plots { (plot(one, &shared)) } }
                        }
                    }
                }
                (caveats(&shared))
                (rest(all))
            }
        }
    }
}

/// How many claims there are, and where all of them are; nothing if they are all here.
fn rest(all: &Claims) -> Markup {
    html! {
        @if all.shown.len() < all.total {
            p.more {
                span { (number(all.shown.len() as f64)) " of " (number(all.total as f64)) " claims shown" }
                span {
                    "All claims as a table: " a href={ "/v1/outcomes.xlsx?" (all.query) } { "Excel" } " or "
                    a href={ "/v1/outcomes.csv?" (all.query) "&bom=true" } { "CSV" }
                }
            }
        }
    }
}

/// Claims of one kind in one unit, the latest first.
struct Plot<'a> {
    kind: OutcomeKind,
    unit: Option<Unit>,
    claims: Vec<(&'a OutcomeRecord, Claim<'a>)>,
}

/// The plots of a group, by kind, in the order in which their units come.
fn plots<'a>(group: &ClaimGroup, outcomes: &'a [OutcomeRecord]) -> Vec<Plot<'a>> {
    let mut plots: Vec<Plot<'a>> = Vec::new();
    for kind in &group.kinds {
        for outcome in outcomes.iter().filter(|one| one.kind == *kind) {
            let claim = (outcome, Claim::from(outcome));
            match plots.iter_mut().find(|one| one.kind == *kind && one.unit == outcome.unit) {
                Some(plot) => plot.claims.push(claim),
                None => plots.push(Plot { kind: *kind, unit: outcome.unit, claims: vec![claim] }),
            }
        }
    }
    for plot in &mut plots {
        plot.claims.sort_by_key(|(_, claim)| std::cmp::Reverse(last_date(claim)));
    }
    plots
}

/// The last date that a claim has; empty for none.
fn last_date<'a>(claim: &Claim<'a>) -> &'a str {
    claim.as_at.or(claim.period_to).or(claim.period_from).unwrap_or_default()
}

/// Kind and unit of claims that can be compared: `Output, in people`.
pub fn name(kind: OutcomeKind, unit: Option<Unit>) -> String {
    let kind = words::outcome_kind(kind);
    match unit {
        Some(Unit::Count) | None => kind,
        Some(Unit::Gbp) => format!("{kind}, in pounds"),
        Some(Unit::Percent) => format!("{kind}, in per cent"),
        Some(Unit::Rank) => format!("{kind}, in places in a ranking"),
        Some(unit) => format!("{kind}, in {}", text(&unit)),
    }
}

fn plot(plot: &Plot<'_>, shared: &[&str]) -> Markup {
    let name = name(plot.kind, plot.unit);
    let scale = Scale::of(plot.claims.iter().map(|(_, claim)| claim));
    html! {
        section class={ "plot " (text(&plot.kind)) } aria-label=(name) {
            h4 { (name) }
            ul { @for (outcome, claim) in &plot.claims { (row(outcome, claim, scale.as_ref(), shared)) } }
        }
    }
}

fn row(outcome: &OutcomeRecord, claim: &Claim<'_>, scale: Option<&Scale>, shared: &[&str]) -> Markup {
    let (before, value) = claimed(claim);
    html! {
        li {
            p.plot-value {
                @if !before.is_empty() { small { (before) " " } }
                b { @if value.is_empty() { "No figure" } @else { (value) } }
                span.when { (when(claim)) }
            }
            @if let Some(scale) = scale { (scale.drawing(claim)) }
            p { (claim.measure) " " a href={ "/initiatives/" (outcome.initiative.slug) } { (outcome.initiative.title) } }
            p.note { (evidence(claim.evidence_level)) }
            @if let Some(text) = claim.caveat { (caveat(text, shared)) }
        }
    }
}

/// The scale of a plot: from 0, or from the lowest value if that is below 0, to the highest.
struct Scale {
    low: f64,
    span: f64,
}

impl Scale {
    /// `None` without two values to compare.
    fn of<'a>(claims: impl Iterator<Item = &'a Claim<'a>> + Clone) -> Option<Self> {
        let values = claims.clone().flat_map(|claim| [claim.value, claim.value_high, claim.baseline]);
        let values: Vec<f64> = values.flatten().map(|value| value.get()).collect();
        let low = values.iter().copied().fold(0.0, f64::min);
        let span = values.iter().copied().fold(0.0, f64::max) - low;
        let compared = claims.filter(|claim| claim.value.is_some()).count();
        (compared > 1 && span > 0.0).then_some(Self { low, span })
    }

    fn x(&self, value: f64) -> f64 {
        let part = (value - self.low) / self.span;
        ((ROOM + part * (WIDTH - 2.0 * ROOM)) * 10.0).round() / 10.0
    }

    /// A claim on the scale. The words beside it say the same, so it is hidden from screen readers.
    fn drawing(&self, claim: &Claim<'_>) -> Markup {
        let Some(value) = claim.value else { return html! {} };
        let from = self.x(value.get());
        let to = self.x(claim.value_high.unwrap_or(value).get());
        let (middle, foot) = (HEIGHT / 2.0, HEIGHT - 3.0);
        let span = match claim.bound {
            Bound::Range => Some(format!("M{from} 3V{foot}M{from} {middle}H{to}M{to} 3V{foot}")),
            Bound::AtLeast => Some(format!("M{from} {middle}H{}m-4 -4l4 4l-4 4", from + 7.0)),
            Bound::AtMost => Some(format!("M{from} {middle}H{}m4 -4l-4 4l4 4", from - 7.0)),
            Bound::Exact | Bound::About | Bound::Direction => None,
        };
        let radius = if matches!(claim.bound, Bound::AtLeast | Bound::AtMost) { "3" } else { "4.5" };
        html! {
            svg class={ "drawing " (text(&claim.bound)) } viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } aria-hidden="true" {
                path.axis d={ "M" (ROOM) " " (middle) "H" (WIDTH - ROOM) } {}
                @if let Some(baseline) = claim.baseline { path.baseline d={ "M" (self.x(baseline.get())) " 2V" (HEIGHT - 2.0) } {} }
                @if let Some(span) = &span { path.span d=(span) {} }
                @if claim.bound != Bound::Range { circle.dot cx=(from) cy=(middle) r=(radius) {} }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::initiatives::evidence::Outcome;

    fn claims(values: &[serde_json::Value]) -> Vec<Outcome> {
        values.iter().map(|members| serde_json::from_value(members.clone()).expect("an outcome")).collect()
    }

    #[test]
    fn a_scale_begins_at_nothing_and_needs_two_values() {
        let one = claims(&[json!({ "value": 20 })]);
        assert!(Scale::of([Claim::from(&one[0])].iter()).is_none());
        let two = claims(&[json!({ "value": 20 }), json!({ "value": 10, "value_high": 40, "bound": "range" })]);
        let claims = [Claim::from(&two[0]), Claim::from(&two[1])];
        let scale = Scale::of(claims.iter()).expect("a scale");
        assert_eq!([scale.x(0.0), scale.x(20.0), scale.x(40.0)], [8.0, 120.0, 232.0]);
        let drawing = scale.drawing(&claims[1]).into_string();
        assert!(drawing.contains("M64 3V13M64 8H232M232 3V13") && !drawing.contains("circle"), "{drawing}");
    }
}
