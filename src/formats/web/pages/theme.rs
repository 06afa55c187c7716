//! Themes: all of them, and one with its claims and its initiatives.

use maud::{Markup, html};

use super::council::initiatives;
use super::parts::{Take, back, take};
use super::plots::{self, Claims};
use super::summary;
use crate::formats::web::figures::count;
use crate::read_model::outcome_summary::OutcomeSummary;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::themes::model::{Theme, ThemeRef, ThemeStatus};

/// A theme, and what is recorded about it.
pub struct Practice<'a> {
    /// The theme.
    pub theme: &'a Theme,
    /// The first initiatives on it or on its narrower themes, newest first.
    pub records: Vec<Initiative>,
    /// Number of these initiatives.
    pub total: i64,
    /// Their claims.
    pub claims: Claims,
    /// Their claims in numbers.
    pub figures: OutcomeSummary,
    /// Address of the service.
    pub base: &'a str,
}

/// The view of one theme.
pub fn view(practice: &Practice<'_>) -> Markup {
    let Practice { theme, base, .. } = practice;
    let slug = &theme.slug;
    html! {
        div.record.theme {
            header.record-head {
                div.wide {
                    (back("/themes", "All themes"))
                    p.over {
                        span.kind { "Theme" }
                        @if theme.status == ThemeStatus::Deprecated { span.status.stopped { "No longer used for new records" } }
                    }
                    h1 tabindex="-1" { (theme.label) }
                    p.lead { (theme.definition) }
                    (related("Part of", theme.broader.as_slice()))
                    (related("Includes", &theme.narrower))
                    (related("Use instead", theme.replaced_by.as_slice()))
                    (take(&Take {
                        list: &format!("/v1/themes/{slug}/initiatives"),
                        query: "",
                        feed: &format!("/v1/themes/{slug}/changes.atom"),
                        name: &theme.label,
                        page: &format!("{base}/themes/{slug}"),
                    }))
                }
            }
            div.wide.record-columns.one {
                div.story {
                    (summary::section(&practice.figures))
                    (plots::section(&practice.claims))
                    (initiatives(&practice.records, practice.total, &format!("/?theme={slug}&sort=-started_on"), "This theme has no public initiatives yet."))
                    p { a href={ "/?theme=" (slug) } { "Search and filter the initiatives on this theme, and see them on a map" } }
                }
            }
        }
    }
}

fn related(name: &str, themes: &[ThemeRef]) -> Markup {
    html! {
        @if !themes.is_empty() {
            p.related { (name) ": " @for theme in themes { a href={ "/themes/" (theme.slug) } { (theme.label) } " " } }
        }
    }
}

/// All themes in use, each with the number of its initiatives.
pub fn list(themes: &[(&Theme, i64)]) -> Markup {
    html! {
        div.wide.narrow.themes-list {
            h1 tabindex="-1" { "Themes" }
            p.lead { "What the initiatives are about. An initiative counts under a theme and under the broader themes that include it." }
            ul.lines {
                @for (theme, initiatives) in themes {
                    li {
                        h2 { a href={ "/themes/" (theme.slug) } { (theme.label) } }
                        div {
                            p { (theme.definition) }
                            p.note { (count(*initiatives, "initiative")) @if let Some(broader) = &theme.broader { ", part of " (broader.label) } }
                        }
                    }
                }
            }
        }
    }
}
