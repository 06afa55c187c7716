//! Organisations other than councils: all of them, and one with its initiatives.

use maud::{Markup, PreEscaped, html};

use super::council::initiatives;
use super::parts::{Take, back, fact, take};
use crate::formats::web::figures::{count, date, site};
use crate::formats::web::words;
use crate::registry::councils::model::MembershipSummary;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::memberships::model::Membership;
use crate::registry::organisations::model::Organisation;

/// An organisation, and what names it.
pub struct OrganisationPage<'a> {
    /// The organisation.
    pub organisation: &'a Organisation,
    /// The first initiatives that name it as lead, partner, evaluator or payer, newest first.
    pub records: Vec<Initiative>,
    /// Number of these initiatives.
    pub total: i64,
    /// Its memberships of the network, in the order of the API.
    pub memberships: Vec<Membership>,
    /// Address of the service.
    pub base: &'a str,
}

/// The view of one organisation.
pub fn view(page: &OrganisationPage<'_>) -> Markup {
    let OrganisationPage { organisation, base, .. } = page;
    let slug = &organisation.slug;
    html! {
        div.record.organisation {
            header.record-head {
                div.wide {
                    (back("/organisations", "All organisations"))
                    p.over { span.kind { (words::organisation_kind(organisation.kind)) } }
                    h1 tabindex="-1" { (organisation.name) }
                    @if let Some(description) = &organisation.html.description { div.lead.prose { (PreEscaped(description)) } }
                    (take(&Take {
                        list: "/v1/initiatives",
                        query: &format!("organisation={slug}"),
                        feed: "/v1/changes.atom",
                        name: &organisation.name,
                        page: &format!("{base}/organisations/{slug}"),
                    }))
                }
            }
            div.wide.record-columns {
                div.story {
                    (initiatives(&page.records, page.total, &format!("/?organisation={slug}&sort=-started_on"), &format!("No public initiative names {} yet.", organisation.name)))
                    @if page.total > 0 {
                        p { a href={ "/?organisation=" (slug) } { "Search and filter the initiatives of this organisation, and see them on a map" } }
                    }
                }
                (facts(page))
            }
        }
    }
}

fn facts(page: &OrganisationPage<'_>) -> Markup {
    let organisation = page.organisation;
    html! {
        aside.facts aria-label="Profile" {
            dl {
                @if let Some(id) = &organisation.org_id { (fact("Identifier", &identifier(id))) }
                @if let Some(website) = &organisation.website { (fact("Website", &html! { a href=(website) { (site(website)) } })) }
                @if let Some(council) = &organisation.council {
                    (fact("Owned by", &html! { a href={ "/councils/" (council.slug) } { (council.name) } }))
                }
                @if !page.memberships.is_empty() {
                    (fact("Membership of the network", &html! { ul { @for one in &page.memberships { li { (membership(one)) } } } }))
                }
                @if !organisation.aliases.is_empty() { (fact("Also called", &html! { (organisation.aliases.join(", ")) })) }
            }
            p.note { "You can get the organisation as " a href={ "/v1/organisations/" (organisation.slug) } { "JSON" } "." }
        }
    }
}

/// An identifier, with a link if its register has a page for each organisation.
fn identifier(id: &str) -> Markup {
    html! {
        @match words::register(id) {
            Some((name, page)) => { a href=(page) { (id) } " " small { (name) } },
            None => { (id) },
        }
    }
}

/// What is known of a membership, as of when, and when it began.
fn membership(one: &Membership) -> String {
    let said = words::standing(&MembershipSummary::from(one));
    match one.from.as_deref() {
        Some(on) => format!("{said}. Joined {}", date(on)),
        None => said,
    }
}

/// All organisations, each with the number of its initiatives.
pub fn list(organisations: &[(&Organisation, i64)]) -> Markup {
    html! {
        div.wide.narrow.themes-list {
            h1 tabindex="-1" { "Organisations" }
            p.lead { "Organisations other than councils that lead, pay for, evaluate or take part in initiatives, or that are members of the network." }
            ul.lines {
                @for (organisation, initiatives) in organisations {
                    li {
                        h2 { a href={ "/organisations/" (organisation.slug) } { (organisation.name) } }
                        p.note { (words::organisation_kind(organisation.kind)) ", " (count(*initiatives, "initiative")) }
                    }
                }
            }
        }
    }
}
