//! One council: its profile, its claims and its initiatives.

use maud::{Markup, PreEscaped, html};

use super::card::{card, compare_form};
use super::parts::{Take, back, fact, show_notices, take};
use super::plots::{self, Claims};
use crate::formats::web::figures::{count, date, number, site};
use crate::formats::web::words;
use crate::read_model::facets::{FacetValue, Facets};
use crate::registry::council_changes::model::CouncilChange;
use crate::registry::councils::model::{Council, CouncilRef};
use crate::registry::initiatives::answer::Initiative;
use crate::registry::memberships::vocabulary::MembershipStatus;

/// Maximum number of themes and of principles that a council's profile lists.
const MOST: usize = 6;

/// What the view shows.
pub struct Profile<'a> {
    /// The council.
    pub council: &'a Council,
    /// The changes of councils that concern it, earliest first.
    pub changes: Vec<&'a CouncilChange>,
    /// The first initiatives that it leads or takes part in, newest first.
    pub records: Vec<Initiative>,
    /// Numbers of these initiatives by filter value.
    pub counts: Facets,
    /// Their claims.
    pub claims: Claims,
    /// Notices that readers see today.
    pub notices: Vec<&'a str>,
    /// Address of the service.
    pub base: &'a str,
}

/// The view.
pub fn view(profile: &Profile<'_>) -> Markup {
    let Profile { council, base, .. } = profile;
    let slug = &council.slug;
    html! {
        div.record.council {
            header.record-head {
                div.wide {
                    (back("/councils", "All councils"))
                    p.over {
                        span.kind { (words::council_type(council.council_type)) }
                        @if let Some(stage) = words::stage(council) { span.status { (stage) } }
                        @if let Some(membership) = words::membership(&council.membership) {
                            span.status.live[council.membership.status == Some(MembershipStatus::Current)] { (membership) }
                        }
                    }
                    h1 tabindex="-1" { (council.name) }
                    @if let Some(name) = &council.welsh_name { p.by lang="cy" { (name) } }
                    (show_notices(&profile.notices))
                    @if let Some(description) = &council.html.description { div.lead.prose { (PreEscaped(description)) } }
                    (take(&Take {
                        list: &format!("/v1/councils/{slug}/initiatives"),
                        query: "",
                        feed: &format!("/v1/councils/{slug}/changes.atom"),
                        name: &council.name,
                        page: &format!("{base}/councils/{slug}"),
                    }))
                }
            }
            div.wide.record-columns {
                div.story {
                    (known_for(profile))
                    (plots::section(&profile.claims))
                    (initiatives(&profile.records, profile.counts.total, &format!("/?participant={slug}&sort=-started_on"), &format!("{} has no public initiatives yet.", council.short_name)))
                }
                (facts(profile))
            }
        }
    }
}

/// The initiatives of a council or a theme, newest first. `all` is the address of the whole list; `none` is said when
/// there are none.
pub fn initiatives(records: &[Initiative], total: i64, all: &str, none: &str) -> Markup {
    html! {
        section aria-labelledby="initiatives" {
            h2 id="initiatives" { (count(total, "initiative")) }
            @if records.is_empty() { p.note { (none) } }
            ul.cards { @for record in records { (card(record, None)) } }
            @if (records.len() as i64) < total {
                p.more { a.button href=(all) { "Show more" } span { (number(records.len() as f64)) " of " (number(total as f64)) " shown" } }
            }
            @if records.len() > 1 { (compare_form()) }
        }
    }
}

fn known_for(profile: &Profile<'_>) -> Markup {
    let Facets { total, facets } = &profile.counts;
    html! {
        @if *total > 0 {
            section aria-labelledby="known" {
                h2 id="known" { "Main themes and principles" }
                div.bars {
                    (bars("Themes", "theme", &facets.theme, profile))
                    (bars("Principles", "principle", &facets.principle, profile))
                }
            }
        }
    }
}

fn bars(title: &str, filter: &str, values: &[FacetValue], profile: &Profile<'_>) -> Markup {
    html! {
        @if !values.is_empty() {
            div {
                h3 { (title) }
                ul {
                    @for one in values.iter().take(MOST) {
                        li {
                            a href={ "/?" (filter) "=" (one.value) "&participant=" (profile.council.slug) } { (one.label) }
                            span.many { (number(one.initiatives as f64)) span.unseen { " initiatives" } }
                            meter min="0" max=(profile.counts.total) value=(one.initiatives) aria-hidden="true" {}
                        }
                    }
                }
            }
        }
    }
}

fn facts(profile: &Profile<'_>) -> Markup {
    let council = profile.council;
    let text = |text: &str| html! { (text) };
    let nation = words::nation(council.nation);
    html! {
        aside.facts aria-label="Profile" {
            dl {
                (fact("Nation", &text(&council.region.map_or(nation.clone(), |region| format!("{nation}, {}", words::region(region))))))
                @if let Some(population) = council.population {
                    @let year = council.population_year.map(|year| format!(" ({year})")).unwrap_or_default();
                    (fact("Residents", &text(&format!("{}{year}", number(f64::from(population))))))
                }
                (history(profile))
                (fact("Membership", &text(&membership(council))))
                @if let Some(website) = &council.website { (fact("Website", &html! { a href=(website) { (site(website)) } })) }
                @if let Some(code) = &council.gss_code { (fact("GSS code", &text(code))) }
                @if !council.aliases.is_empty() { (fact("Also called", &text(&council.aliases.join(", ")))) }
            }
            p.note {
                "You can get the council as " a href={ "/v1/councils/" (council.slug) } { "JSON" } ", and its claims as "
                a href={ "/v1/outcomes.xlsx?participant=" (council.slug) } { "Excel" } " or "
                a href={ "/v1/outcomes.csv?participant=" (council.slug) "&bom=true" } { "CSV" } "."
            }
        }
    }
}

/// Which councils it followed, and which followed it. Nothing if no change is recorded.
fn history<'a>(profile: &'a Profile<'_>) -> Markup {
    let own = profile.council.id;
    let others = |side: &'a [CouncilRef]| side.iter().filter(|council| council.id != own).collect::<Vec<_>>();
    html! {
        @if !profile.changes.is_empty() {
            (fact("History", &html! {
                ul {
                    @for change in &profile.changes {
                        @let is_before = change.from.iter().any(|council| council.id == own);
                        li {
                            (date(&change.effective_on.to_string())) ": " (words::council_change(change.kind))
                            (named("into", &if is_before { others(&change.to) } else { Vec::new() }))
                            (named(if is_before { "with" } else { "from" }, &others(&change.from)))
                        }
                    }
                }
            }))
        }
    }
}

fn named(word: &str, councils: &[&CouncilRef]) -> Markup {
    html! {
        @if !councils.is_empty() { " " (word) " " }
        @for (index, council) in councils.iter().enumerate() {
            @if index > 0 { ", " }
            a href={ "/councils/" (council.slug) } { (council.name) }
        }
    }
}

/// Membership of the network: what is known, as of when, and when it began.
fn membership(council: &Council) -> String {
    let said = words::standing(&council.membership);
    match council.membership.joined_on.as_deref() {
        Some(on) => format!("{said}. Joined {}", date(on)),
        None => said,
    }
}
