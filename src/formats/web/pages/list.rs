//! The list of initiatives, filtered and searched.

use maud::{Markup, html};

use super::card::{card, compare_form};
use super::facets::{in_words, name, panel};
use super::parts::{Take, show_notices, take};
use crate::formats::web::asked::Asked;
use crate::formats::web::figures::{count, number};
use crate::formats::web::words::WORDS;
use crate::http::search::SearchNote;
use crate::read_model::facets::{FacetCounts, Facets};
use crate::registry::initiatives::answer::Initiative;

/// What the list shows.
pub struct List<'a> {
    /// What the address asks for.
    pub asked: &'a Asked,
    /// The initiatives, each with its distance in kilometres if a point is given.
    pub records: Vec<(Initiative, Option<f64>)>,
    /// Numbers of initiatives by filter value.
    pub counts: &'a Facets,
    /// How the search was understood.
    pub note: Option<&'a SearchNote>,
    /// Notices that readers see today.
    pub notices: &'a [&'a str],
    /// Address of the service.
    pub base: &'a str,
}

/// Heading of the list without a search and filters.
const TITLE: &str = "Initiatives by co-operative councils";

/// The search and the filters in a few words.
pub fn title(asked: &Asked, counts: &FacetCounts) -> String {
    let words = asked.get("q");
    let searched = (!words.is_empty()).then(|| format!("“{words}”"));
    let chosen = asked.active().filter(|(name, _)| *name != "radius_km");
    let chosen = chosen.map(|(name, value)| in_words(name, value, counts));
    searched.into_iter().chain(chosen).collect::<Vec<_>>().join(", ")
}

/// The view.
pub fn view(list: &List<'_>) -> Markup {
    let List { asked, counts, .. } = list;
    let active = asked.active().count();
    html! {
        (around(asked, &html! {
            section.filters aria-label="Filters" {
                button.opener type="button" aria-expanded="false" aria-controls="panel" { "Filters" @if active > 0 { " (" (active) ")" } }
                div.panel id="panel" { h2 { "Filter" } (panel(asked, &counts.facets)) }
            }
            (results(list))
            section.beside aria-label="Map of the results" {
                noscript { p.note { "The map needs JavaScript. The list has the same initiatives." } }
            }
        }))
    }
}

/// The view for an address with values that are not valid.
pub fn refused(asked: &Asked, title: &str, faults: &[String]) -> Markup {
    around(
        asked,
        &html! {
            section.results aria-labelledby="results-title" {
                div.results-head { h2 id="results-title" tabindex="-1" { "Results could not be loaded" } }
                div.notice.failed {
                    p { b { (title) "." } @for fault in faults { " " (fault) "." } }
                    p.actions { a.button href="/" { "Clear all filters" } }
                }
            }
        },
    )
}

fn around(asked: &Asked, columns: &Markup) -> Markup {
    html! {
        div.explore data-side="list" {
            a.skip href="#results-title" { "Skip to results" }
            div.hero {
                div.wide {
                    h1.hero-title tabindex="-1" { "Initiatives by " span.whole { "co-operative" } " councils" }
                    p { "Initiatives from councils across the UK: their approach, their outcomes, and how strong the evidence is." }
                    form.search id="find" role="search" action="/" {
                        label for="find-box" { "Search initiatives, councils, organisations and themes" }
                        div.box {
                            input id="find-box" type="text" enterkeyhint="search" name="q" maxlength="200" autocomplete="off" spellcheck="true" placeholder="Housing, credit unions, Oldham …" value=(asked.get("q"));
                            button type="submit" {
                                svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" { circle cx="8.5" cy="8.5" r="5.5" {} path d="M12.8 12.8L17.5 17.5" {} }
                                span { "Search" }
                            }
                        }
                    }
                }
            }
            div.columns.wide { (columns) }
        }
    }
}

fn results(list: &List<'_>) -> Markup {
    let List { asked, records, counts, note, notices, base } = list;
    let words = asked.get("q");
    let title = title(asked, &counts.facets);
    let page = format!("{base}{}", asked.address());
    html! {
        section.results aria-labelledby="results-title" {
            div.results-head {
                h2 id="results-title" tabindex="-1" { (count(counts.total, "initiative")) }
                (order(asked))
            }
            (show_notices(notices))
            @if let Some(note) = note {
                p.searched {
                    "Searched for " b { (note.searched_for) }
                    @if note.did_you_mean.is_some() { ", because nothing matches “" (words) "”" }
                    ". " a href=(asked.without("q", words).address()) { "Clear the search" }
                }
            }
            (chips(asked, &counts.facets))
            @if records.is_empty() {
                (nothing(asked, &counts.facets))
            } @else {
                (take(&Take { list: "/v1/initiatives", query: &asked.query(), feed: &feed(asked), name: if title.is_empty() { TITLE } else { &title }, page: &page }))
                ol.cards { @for (record, distance) in records { (card(record, *distance)) } }
                (more(asked, records, counts.total))
                (compare_form())
            }
        }
    }
}

fn order(asked: &Asked) -> Markup {
    let (words, near) = (!asked.get("q").is_empty(), !asked.get("near").is_empty());
    let orders = ["title", "-started_on", "started_on", "-updated_at", "distance"];
    let orders = orders.into_iter().filter(|one| (words || *one != "title") && (near || *one != "distance"));
    html! {
        label.order {
            span { "Sort by" }
            select name="sort" form="find" {
                option value="" { @if words { "Most relevant" } @else { "Title" } }
                @for one in orders {
                    option value=(one) selected[asked.get("sort") == one] { (WORDS.orders.get(one).map(String::as_str).unwrap_or(one)) }
                }
            }
        }
    }
}

fn chips(asked: &Asked, counts: &FacetCounts) -> Markup {
    let active: Vec<(&str, &str)> = asked.active().collect();
    html! {
        @if !active.is_empty() {
            div.chips {
                ul aria-label="Active filters" {
                    @for (filter, value) in &active {
                        li {
                            a.chip href=(asked.without(filter, value).address()) {
                                span.unseen { "Remove the filter " }
                                (name(filter)) ": " (in_words(filter, value, counts))
                                svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" { path d="M2 2l8 8M10 2l-8 8" {} }
                            }
                        }
                    }
                }
                @if active.len() > 1 { a href=(asked.cleared().address()) { "Clear all filters" } }
            }
        }
    }
}

/// No results: offers to remove each filter.
fn nothing(asked: &Asked, counts: &FacetCounts) -> Markup {
    let words = asked.get("q");
    let chosen = asked.active().count() + usize::from(!words.is_empty());
    html! {
        div.notice {
            p {
                b {
                    @match chosen {
                        0 => { "The registry has no initiatives yet." },
                        1 => { "No initiatives match this." },
                        _ => { "No initiatives match all of these." },
                    }
                }
                " " @if chosen > 0 { "Remove one to see more results:" }
            }
            ul.actions {
                @if !words.is_empty() { li { a.button href=(asked.without("q", words).address()) { "Search: “" (words) "”" } } }
                @for (filter, value) in asked.active() {
                    li { a.button href=(asked.without(filter, value).address()) { (name(filter)) ": " (in_words(filter, value, counts)) } }
                }
            }
        }
    }
}

fn more(asked: &Asked, records: &[(Initiative, Option<f64>)], total: i64) -> Markup {
    let rest = asked.more().filter(|_| (records.len() as i64) < total);
    html! {
        @if let Some(address) = rest {
            p.more {
                // Down to where the reader was, not to the top of the page.
                a.button href={ (address) "#card-" (records.last().map(|(record, _)| record.slug.as_str()).unwrap_or_default()) } { "Show more" }
                span { (number(records.len() as f64)) " of " (number(total as f64)) " shown" }
            }
        }
    }
}

/// The feed of one council or theme, if the list is of that alone, or else of all.
pub fn feed(asked: &Asked) -> String {
    let active: Vec<(&str, &str)> = asked.active().collect();
    match active[..] {
        [("council" | "participant", council)] if council != "network" => {
            format!("/v1/councils/{council}/changes.atom")
        }
        [("theme", theme)] => format!("/v1/themes/{theme}/changes.atom"),
        _ => "/v1/changes.atom".into(),
    }
}
