//! The filters of the list as fields of a form, each value with its number of initiatives.

use maud::{Markup, html};

use crate::formats::web::asked::Asked;
use crate::formats::web::figures::number;
use crate::formats::web::words::{WORDS, filter_value, label, named};
use crate::read_model::facets::{FacetCounts, FacetValue};

/// Facets in the order of the panel, each with its initial number of values.
const ORDER: [(&str, usize); 9] = [
    ("theme", 7),
    ("council", 6),
    ("principle", 5),
    ("delivery_status", 7),
    ("kind", 6),
    ("nation", 4),
    ("region", 5),
    ("organisation", 5),
    ("freshness", 5),
];

/// The counted values of a filter.
fn counted<'a>(counts: &'a FacetCounts, name: &str) -> &'a [FacetValue] {
    match name {
        "theme" => &counts.theme,
        "principle" => &counts.principle,
        "council" | "participant" => &counts.council,
        "organisation" => &counts.organisation,
        "region" => &counts.region,
        "nation" => &counts.nation,
        "kind" => &counts.kind,
        "delivery_status" => &counts.delivery_status,
        "freshness" => &counts.freshness,
        _ => &[],
    }
}

/// A filter's value in words. The label comes with the counts; without one, the value itself is shown.
pub fn in_words(name: &str, value: &str, counts: &FacetCounts) -> String {
    match name {
        "has_outcomes" if value == "true" => "recorded".into(),
        "has_outcomes" => "none recorded".into(),
        "min_evidence" => {
            let known = value.parse().ok().and_then(|level: usize| WORDS.evidence.get(level));
            format!("{} or stronger", known.map_or(value, |level| level.name.as_str()))
        }
        "bbox" => "selected on the map".into(),
        "near" => value.replacen(',', ", ", 1),
        "radius_km" => format!("{value} km"),
        "year_from" | "year_to" => value.into(),
        _ => filter_value(name, value).unwrap_or_else(|| {
            let known = counted(counts, name).iter().find(|one| one.value == value);
            known.map_or_else(|| label(value), |one| one.label.clone())
        }),
    }
}

/// Name of a filter.
pub fn name(filter: &str) -> String {
    named(&WORDS.filters, filter)
}

/// The panel. Its fields belong to the form of the search box.
pub fn panel(asked: &Asked, counts: &FacetCounts) -> Markup {
    html! {
        div.facets {
            @for (facet, most) in ORDER { (values(facet, most, asked, counts)) }
            (years(asked, counts))
            (evidence(asked, counts))
            @for kept in ["participant", "has_outcomes", "bbox", "near", "radius_km"] {
                @for value in asked.all(kept) { input type="hidden" form="find" name=(kept) value=(value); }
            }
            p.without-script { button type="submit" form="find" { "Apply filters" } }
        }
    }
}

/// The values of a facet. Chosen ones always show, also those that match nothing; the rest opens.
fn values(facet: &str, most: usize, asked: &Asked, counts: &FacetCounts) -> Markup {
    let counted = counted(counts, facet);
    let missing = asked.all(facet).filter(|value| !counted.iter().any(|one| one.value == *value));
    let missing = missing.map(|value| (value, in_words(facet, value, counts), 0));
    let all: Vec<(&str, String, i64)> = missing
        .chain(counted.iter().map(|one| (one.value.as_str(), in_words(facet, &one.value, counts), one.initiatives)))
        .collect();
    let (first, rest): (Vec<_>, Vec<_>) =
        all.into_iter().enumerate().partition(|(index, (value, ..))| *index < most || asked.has(facet, value));
    let item = |(_, (value, label, many)): &(usize, (&str, String, i64))| choice(facet, value, label, *many, asked);
    html! {
        @if !first.is_empty() {
            fieldset.facet {
                legend { (name(facet)) }
                ul { @for one in &first { (item(one)) } }
                @if !rest.is_empty() {
                    details { summary { "Show all " (first.len() + rest.len()) span.unseen { " under " (name(facet)) } } ul { @for one in &rest { (item(one)) } } }
                }
            }
        }
    }
}

fn choice(facet: &str, value: &str, label: &str, many: i64, asked: &Asked) -> Markup {
    html! {
        li {
            label {
                input type="checkbox" form="find" name=(facet) value=(value) checked[asked.has(facet, value)];
                span.what { (label) }
                span.many { (number(many as f64)) span.unseen { " initiatives" } }
            }
        }
    }
}

fn years(asked: &Asked, counts: &FacetCounts) -> Markup {
    let chosen = [asked.get("year_from"), asked.get("year_to")].into_iter().filter(|year| !year.is_empty());
    let mut known: Vec<&str> = counts.year.iter().map(|one| one.value.as_str()).chain(chosen).collect();
    known.sort_unstable();
    known.dedup();
    let choose = |name: &str, words: &str| {
        html! {
            label {
                span { (words) }
                select form="find" name=(name) {
                    option value="" { "Any year" }
                    @for year in &known { option value=(year) selected[asked.get(name) == *year] { (year) } }
                }
            }
        }
    };
    html! {
        @if !known.is_empty() {
            fieldset.facet.years { legend { "Start year" } (choose("year_from", "From")) (choose("year_to", "To")) }
        }
    }
}

fn evidence(asked: &Asked, counts: &FacetCounts) -> Markup {
    let chosen = asked.get("min_evidence");
    let levels = WORDS.evidence.iter().enumerate().map(|(level, one)| {
        let value = level.to_string();
        let many = counts.min_evidence.iter().find(|one| one.value == value).map(|one| one.initiatives);
        (level, value, one, many)
    });
    let levels = levels.filter(|(_, value, _, many)| many.is_some() || chosen == value);
    html! {
        fieldset.facet {
            legend { "Strength of evidence" }
            ul {
                li { label { input type="radio" form="find" name="min_evidence" value="" checked[chosen.is_empty()]; span.what { "Any, or no outcomes yet" } } }
                @for (level, value, one, many) in levels {
                    li {
                        label title=(one.means) {
                            input type="radio" form="find" name="min_evidence" value=(value) checked[chosen == value];
                            span.what { @if level == 0 { "Any level" } @else { "At least " (one.name) } }
                            span.many { (number(many.unwrap_or_default() as f64)) span.unseen { " initiatives" } }
                        }
                    }
                }
            }
        }
    }
}
