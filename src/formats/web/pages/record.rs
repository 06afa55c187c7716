//! One initiative, with all its details.

use maud::{Markup, html};

use super::claims::{claims, source_number};
use super::parts::{back, fact, freshness, lead, organisation, prose, reference, show_notices, status};
use crate::formats::web::figures::{cost, date, period, site};
use crate::formats::web::words;
use crate::registry::initiatives::answer::{Initiative, LocationOf};
use crate::registry::initiatives::lead::EnteredBy;
use crate::registry::initiatives::model::{DeliveryStatus, State};

/// The view. `cited` is the record as a plain reference, `permalink` its permanent address.
pub fn view(record: &Initiative, cited: &str, permalink: &str, notices: &[&str]) -> Markup {
    html! {
        article.record {
            header.record-head {
                div.wide {
                    (back("/", "All initiatives"))
                    p.over { span.kind { (words::kind(record.kind)) } (status(record)) }
                    h1 tabindex="-1" { (record.title) }
                    p.by {
                        (lead(record))
                        @let dates = dates(record);
                        @if !dates.is_empty() { span { " · " (dates) } }
                    }
                    @if record.state == State::Archived { p.notice { (words::WORDS.archived) } }
                    (show_notices(notices))
                    (freshness(record))
                    p.lead { (record.summary) }
                    @if let Some(who) = &record.who_for { p.who-for { "For: " (who) } }
                    ul.tags aria-label="Themes" {
                        @for one in &record.themes { li { a href={ "/themes/" (one.theme.slug) } { (one.theme.label) } } }
                    }
                    div.take {
                        p { "Download: " a href={ "/v1/initiatives/" (record.slug) } { "JSON" } " " a href="#reuse" { "Markdown" } }
                        p { a href="/v1/changes.atom" { "Feed of changes" } }
                        (reference(cited, &html! { p { a href="#cite" { "Other formats" } } }))
                    }
                }
            }
            div.wide.record-columns {
                div.story {
                    (prose("The challenge", record.html.challenge.as_deref()))
                    (prose("The approach", record.html.approach.as_deref()))
                    (prose("The story", record.html.body.as_deref()))
                    section aria-labelledby="claims" {
                        h2 id="claims" { "Outcomes" }
                        @if record.outcomes.is_empty() {
                            p.note { "No outcomes are recorded yet." }
                        } @else {
                            p.note { "Each figure is a claim, not an established fact. " a href="/about#claims" { "How to read claims" } }
                            (claims(record))
                        }
                    }
                    (prose("What worked", record.html.what_worked.as_deref()))
                    (prose("What did not work", record.html.what_did_not.as_deref()))
                    (prose("What another council needs", record.html.transfer_conditions.as_deref()))
                    (costs(record))
                    (principles(record))
                    (sources(record))
                    @if let Some(note) = &record.provenance_note { p.provenance { (note) } }
                }
                (facts(record))
            }
            p.on-paper.wide {
                "CCIN registry: " (record.title) ", version " (record.version) ", " (date(&record.updated_at.date_naive().to_string())) ". " (permalink)
            }
        }
    }
}

/// Who looks after it, if that is not the council that led it.
fn steward(record: &Initiative) -> Option<Markup> {
    let lead = record.lead_council.as_ref()?;
    match &record.steward.council {
        Some(steward) if steward.id == lead.id => None,
        Some(steward) => Some(html! { a href={ "/councils/" (steward.slug) } { (steward.name) } }),
        None => Some(html! { "The network" }),
    }
}

fn dates(record: &Initiative) -> String {
    match (&record.started_on, &record.ended_on) {
        (Some(from), None) => {
            let is_ahead = matches!(record.delivery_status, DeliveryStatus::Idea | DeliveryStatus::Planned);
            format!("{} {}", if is_ahead { "starting" } else { "since" }, date(from))
        }
        (from, to) => period(from.as_deref(), to.as_deref()),
    }
}

fn joined(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn costs(record: &Initiative) -> Markup {
    html! {
        @if !record.costs.is_empty() {
            section aria-labelledby="costs" {
                h2 id="costs" { "What it cost" }
                ul.lines {
                    @for one in &record.costs {
                        li {
                            b.amount { (cost(one)) }
                            div {
                                p { (*one.description) }
                                p.note {
                                    (words::cost_kind(one.kind))
                                    @if let Some(payer) = &one.payer { ", paid by " (organisation(payer, one.payer_organisation.as_deref())) }
                                    @let more = joined([
                                        one.programme.as_deref().map(str::to_owned),
                                        one.round.as_deref().map(str::to_owned),
                                        Some(period(one.period_from.as_deref(), one.period_to.as_deref())),
                                    ]);
                                    @if !more.is_empty() { ", " (more) }
                                    @if let Some(number) = source_number(record, one.source.as_deref()) {
                                        " (" a href={ "#source-" (number) } { "source " (number) } ")"
                                    }
                                }
                                @if let Some(caveat) = &one.caveat { p.claim-note.caveat { b { "Caveat:" } " " (**caveat) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn principles(record: &Initiative) -> Markup {
    html! {
        @if !record.principles.is_empty() {
            section aria-labelledby="principles" {
                h2 id="principles" { "Co-operative principles" }
                ul.principles {
                    @for one in &record.principles {
                        li {
                            a href={ "/?principle=" (one.slug) } { (one.label) }
                            @if let Some(how) = &one.how { p { (how) } }
                        }
                    }
                }
            }
        }
    }
}

fn sources(record: &Initiative) -> Markup {
    html! {
        @if !record.sources.is_empty() {
            section aria-labelledby="sources" {
                h2 id="sources" { "Sources" }
                ol.sources {
                    @for (index, source) in record.sources.iter().enumerate() {
                        li id={ "source-" (index + 1) } tabindex="-1" {
                            @match &source.url { Some(url) => { a href=(**url) { (*source.title) } }, None => { cite { (*source.title) } } }
                            small {
                                (joined([
                                    source.publisher.as_deref().map(str::to_owned),
                                    Some(words::source_kind(source.kind)),
                                    source.published_on.as_deref().map(date),
                                    source.item_reference.as_deref().map(str::to_owned),
                                    source.accessed_on.as_deref().map(|day| format!("accessed {}", date(day))),
                                ]))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn facts(record: &Initiative) -> Markup {
    let slug = &record.slug;
    let council = |slug: &str, name: &str| html! { a href={ "/councils/" (slug) } { (name) } };
    let initiative = |slug: &str, title: &str| html! { a href={ "/initiatives/" (slug) } { (title) } };
    let citation = |format: &str, name: &str| html! { a href={ "/v1/initiatives/" (slug) "/citation?format=" (format) } { (name) } };
    html! {
        aside.facts aria-label="About this record" {
            dl {
                (fact("Led by", &lead(record)))
                @if let Some(steward) = steward(record) { (fact("Looked after by", &steward)) }
                @if let Some(place) = &record.place_of { (fact("In the area of", &council(&place.slug, &place.name))) }
                @if !record.participants.is_empty() {
                    (fact("Other councils involved", &html! { ul {
                        @for one in &record.participants { li { (council(&one.council.slug, &one.council.name)) " " small { (words::participant_role(one.role)) } } }
                    } }))
                }
                @if !record.partners.is_empty() {
                    (fact("Partners", &html! { ul {
                        @for one in &record.partners {
                            li {
                                @match (&one.organisation, &one.url) {
                                    (None, Some(url)) => { a href=(**url) { (*one.name) } },
                                    (known, _) => (organisation(&one.name, known.as_deref())),
                                }
                                " " small { (words::partner_role(one.role)) }
                                @if let (Some(_), Some(url)) = (&one.organisation, &one.url) { " " small { a href=(**url) { (site(url)) } } }
                            }
                        }
                    } }))
                }
                @if let Some(parent) = &record.parent { (fact("Part of", &initiative(&parent.slug, &parent.title))) }
                @if !record.components.is_empty() {
                    (fact("Includes", &html! { ul { @for one in &record.components { li { (initiative(&one.slug, &one.title)) } } } }))
                }
                @if let Some(url) = &record.source_url { (fact("More information", &html! { a href=(url) { (site(url)) } })) }
                (fact("Entered by", &html! { (match record.entered_by { EnteredBy::Council => "The lead council", EnteredBy::Registry => "The registry, from the sources" }) }))
                (fact("Last updated", &html! { (date(&record.updated_at.date_naive().to_string())) " " small { "version " (record.version) } }))
                (fact("Licence", &html! { a href=(record.licence.url()) rel="license" { (record.licence.title()) } }))
            }
            @if record.location.is_some_and(|place| place.of != LocationOf::Initiative) {
                @let place = record.place_of.as_ref().map_or("the lead council", |place| &place.name);
                p.note { "On the map it is shown at " (place) ", because the record has no location of its own." }
            }
            section aria-labelledby="cite" {
                h2 id="cite" { "Cite" }
                p {
                    (citation("bibtex", "BibTeX")) ", " (citation("ris", "RIS (EndNote, Zotero)")) ", " (citation("csl", "CSL-JSON")) ", "
                    (citation("datacite", "DataCite"))
                }
            }
            section aria-labelledby="reuse" {
                h2 id="reuse" { "Use this record" }
                p.note {
                    "You can get the record as " a href={ "/v1/initiatives/" (slug) } { "JSON" } ", or as Markdown from the same address, and link to its "
                    a href={ "/id/" (record.id) } { "permanent address" } "."
                }
            }
        }
    }
}
