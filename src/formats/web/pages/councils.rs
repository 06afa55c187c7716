//! All councils, with the number and themes of their initiatives.

use maud::{Markup, html};

use super::parts::{Take, take};
use crate::db::enum_text::text;
use crate::formats::web::figures::count;
use crate::formats::web::words;
use crate::registry::councils::model::{Council, MembershipTier, Nation, Region};

/// A council, and what it does.
pub struct Practice<'a> {
    /// The council.
    pub council: &'a Council,
    /// Number of initiatives that it leads.
    pub initiatives: i64,
    /// Labels of the most frequent themes of those.
    pub themes: Vec<String>,
}

impl Practice<'_> {
    /// True for a council that is or was a member, or that leads an initiative.
    pub fn is_known(&self) -> bool {
        let membership = &self.council.membership;
        membership.tier != MembershipTier::None || membership.status.is_some() || self.initiatives > 0
    }
}

/// What the list shows.
pub struct Councils<'a> {
    /// The councils that match, by name.
    pub shown: Vec<Practice<'a>>,
    /// Part of a name that was asked for.
    pub name: &'a str,
    /// Nation or region that was asked for.
    pub place: &'a str,
    /// True if councils are shown that are only reference data.
    pub everyone: bool,
    /// Nations that have councils, each with its regions that have.
    pub places: Vec<(Nation, Vec<Region>)>,
    /// Address of the service.
    pub base: &'a str,
}

/// The view.
pub fn view(list: &Councils<'_>) -> Markup {
    let Councils { shown, name, place, everyone, places, base } = list;
    html! {
        div.explore.councils data-side="list" {
            a.skip href="#results-title" { "Skip to results" }
            div.hero {
                div.wide {
                    h1.hero-title tabindex="-1" { "Councils" }
                    p { "Councils in the registry, with the number and themes of their initiatives." }
                    form.finder role="search" action="/councils" {
                        label { span { "Name" } input type="text" name="name" autocomplete="off" enterkeyhint="search" value=(name); }
                        label {
                            span { "Nation or region" }
                            select name="where" {
                                option value="" { "All" }
                                @for (nation, regions) in places {
                                    @let value = text(nation);
                                    option value=(value) selected[value == *place] { (words::nation(*nation)) }
                                    @for region in regions {
                                        @let value = text(region);
                                        option value=(value) selected[value == *place] { "– " (words::region(*region)) }
                                    }
                                }
                            }
                        }
                        label {
                            span { "Show" }
                            select name="show" {
                                option value="" { "Members and councils with initiatives" }
                                option value="all" selected[*everyone] { "All councils in the UK" }
                            }
                        }
                        button.without-script type="submit" { "Search" }
                    }
                }
            }
            div.columns.two.wide {
                section.results aria-labelledby="results-title" {
                    div.results-head { h2 id="results-title" tabindex="-1" { (count(shown.len() as i64, "council")) } }
                    @if shown.is_empty() {
                        div.notice { p { b { "No councils match this." } } p.actions { a.button href="/councils?show=all" { "Show all councils" } } }
                    } @else {
                        (take(&Take { list: "/v1/councils", query: "", feed: "/v1/changes.atom", name: "Councils", page: &format!("{base}/councils") }))
                    }
                    ul.council-cards { @for one in shown { (card(one)) } }
                }
                section.beside aria-label="Map of the councils" {
                    noscript { p.note { "The map needs JavaScript. The list has the same councils." } }
                }
            }
        }
    }
}

fn card(practice: &Practice<'_>) -> Markup {
    let council = practice.council;
    html! {
        li.council-card {
            h3 { a href={ "/councils/" (council.slug) } { (council.short_name) } }
            p.by { (council.region.map_or_else(|| words::nation(council.nation), words::region)) }
            @if let Some(membership) = words::membership(&council.membership) { p.tier { (membership) } }
            p.practice {
                @if practice.initiatives == 0 { "No initiatives yet" } @else { b { (count(practice.initiatives, "initiative")) } }
                @if !practice.themes.is_empty() { span { " " (practice.themes.join(" · ")) } }
            }
        }
    }
}

/// True if a council has this in one of its names, whatever the case and the accents, and lies in this place.
pub fn is_meant(council: &Council, name: &str, place: &str) -> bool {
    let fold = |text: &str| -> String {
        use unicode_normalization::UnicodeNormalization;
        use unicode_normalization::char::is_combining_mark;
        text.nfd().filter(|letter| !is_combining_mark(*letter)).collect::<String>().to_lowercase()
    };
    let others = [&council.welsh_name, &council.code, &council.gss_code].into_iter().flatten();
    let mut names = [&council.name, &council.short_name].into_iter().chain(others).chain(&council.aliases);
    let wanted = fold(name);
    names.any(|one| fold(one).contains(&wanted))
        && (place.is_empty() || text(&council.nation) == place || council.region.is_some_and(|one| text(&one) == place))
}
