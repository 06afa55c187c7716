//! Parts of several views.

use chrono::Utc;
use maud::{Markup, PreEscaped, html};

use crate::db::enum_text::text;
use crate::formats::web::asked::at;
use crate::formats::web::figures;
use crate::formats::web::words::{self, WORDS};
use crate::registry::initiatives::answer::Initiative;

/// Strength of evidence: a bar and a word.
pub fn evidence(level: i16) -> Markup {
    let known = usize::try_from(level).ok().and_then(|level| WORDS.evidence.get(level));
    html! {
        span.evidence title=[known.map(|level| &level.means)] {
            span.bar data-level=(level) aria-hidden="true" {
                @for step in 1..=5 { @if step <= level { i.on {} } @else { i {} } }
            }
            span { (words::evidence(level)) }
        }
    }
}

/// Stage of an initiative, with its date. A stage that nobody has confirmed of late does not look like a fact of today.
pub fn status(record: &Initiative) -> Markup {
    let (said, since) = record.status_text.split_once("; ").unwrap_or((&record.status_text, ""));
    let (stage, confirmation) = (text(&record.delivery_status), text(&record.status_confirmation));
    html! {
        span class={ "status " (stage) " " (confirmation) } {
            (said)
            @if !since.is_empty() { small { "(" (since) ")" } }
        }
    }
}

/// When a record was last confirmed, and whether that still counts. An overdue review is marked.
pub fn freshness(record: &Initiative) -> Markup {
    html! { p class={ "freshness " (text(&record.freshness)) } { (record.freshness_text) } }
}

/// Lead of an initiative, with a link if it is a council or has a record.
pub fn lead(record: &Initiative) -> Markup {
    let name = words::lead(record);
    match (&record.lead_council, &record.lead_organisation) {
        (Some(lead), _) => html! { a href={ "/councils/" (lead.slug) } { (name) } },
        (None, Some(lead)) => html! { a href={ "/organisations/" (lead.slug) } { (name) } },
        (None, None) => html! { (name) },
    }
}

/// An organisation by its name of the day, with a link if it has a record.
pub fn organisation(name: &str, slug: Option<&str>) -> Markup {
    match slug {
        Some(slug) => html! { a href={ "/organisations/" (slug) } { (name) } },
        None => html! { (name) },
    }
}

/// A fact of a list of facts.
pub fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A text of a record with a heading. The service has sanitised its HTML.
pub fn prose(title: &str, html: Option<&str>) -> Markup {
    html! {
        @if let Some(text) = html {
            section { h2 { (title) } div.prose { (PreEscaped(text)) } }
        }
    }
}

/// Notices that readers see for a while, such as those of pre-election periods.
pub fn show_notices(texts: &[&str]) -> Markup {
    html! { @for text in texts { p.notice { (text) } } }
}

/// A link back to a list.
pub fn back(to: &str, name: &str) -> Markup {
    html! { p.back { a href=(to) { (name) } } }
}

/// Downloads of a list.
pub struct Take<'a> {
    /// Address of the list, without ending.
    pub list: &'a str,
    /// Its query.
    pub query: &'a str,
    /// Address of the feed of changes.
    pub feed: &'a str,
    /// What the reference names.
    pub name: &'a str,
    /// Address of the page, in full.
    pub page: &'a str,
}

/// Downloads, feed and a plain reference, for above the results.
pub fn take(take: &Take<'_>) -> Markup {
    let Take { list, query, feed, name, page } = take;
    // Excel reads a CSV as UTF-8 only if it begins with a byte order mark.
    let forms =
        [("xlsx", "Excel", ""), ("csv", "CSV", "bom=true"), ("geojson", "GeoJSON", ""), ("ndjson", "NDJSON", "")];
    let with =
        |more: &'static str| [*query, more].into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join("&");
    // A list changes, so its reference needs the date on which it was read.
    let today = figures::date(&Utc::now().date_naive().to_string());
    html! {
        div.take {
            p {
                "Download results: "
                @for (ending, form, more) in forms { a href=(at(&format!("{list}.{ending}"), &with(more))) { (form) } " " }
                a href=(at(list, query)) { "JSON" }
            }
            p { a href=(feed) { "Feed of changes" } }
            (reference(&format!("CCIN registry: {name}. {page} (read {today})."), &html! {}))
        }
    }
}

/// A reference to read and copy, and what follows it.
pub fn reference(text: &str, more: &Markup) -> Markup {
    html! { details.reference { summary { "Reference" } p { (text) } (more) } }
}
