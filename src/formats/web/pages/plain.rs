//! Views without records: about, and what there is to say when there is no record.

use maud::{Markup, PreEscaped, html};

use super::parts::evidence;
use crate::formats::web::words::WORDS;

/// The text of the page about the registry, which the page's own script has too.
const ABOUT: &str = include_str!("../../../../web/src/views/about.html");
/// Place of the levels of evidence in that text.
const LEVELS: &str = "<!--levels-->";

/// The purpose of the registry, and how to read its records.
pub fn about() -> Markup {
    let levels = html! {
        dl.levels {
            @for (level, one) in WORDS.evidence.iter().enumerate() {
                div { dt { (evidence(level as i16)) } dd { (one.means) } }
            }
        }
    };
    html! {
        div.wide.narrow.about {
            h1 tabindex="-1" { "About this registry" }
            div { (PreEscaped(ABOUT.replacen(LEVELS, &levels.into_string(), 1))) }
        }
    }
}

/// A page that says one thing, and leads on to a list.
pub fn note(title: &str, text: &str, list: (&str, &str)) -> Markup {
    let (address, name) = list;
    html! {
        div.wide.narrow.missing {
            h1 tabindex="-1" { (title) }
            p { (text) }
            p { a.button href=(address) { (name) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_of_evidence_are_in_the_page_about_the_registry() {
        assert_eq!(ABOUT.matches(LEVELS).count(), 1);
        let html = about().into_string();
        assert!(html.contains("independently evaluated") && !html.contains(LEVELS), "{html}");
    }
}
