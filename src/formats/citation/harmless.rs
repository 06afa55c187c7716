//! Makes other people's Markdown safe to paste elsewhere: no HTML, and links to the web and mail only.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

use super::markdown_text::{events, line, replaced, target};

/// Number of passes over a text, because each pass can reveal more.
const TURNS: usize = 8;
/// Schemes that a link may use.
const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Turns raw HTML, and links with other schemes, into plain text.
///
/// The text may end up in a different renderer, perhaps with HTML enabled. That renderer may see HTML where ours sees
/// code or an address. So nothing that could begin a tag remains, wherever it is.
pub(super) fn defused(text: &str) -> String {
    let mut text = without_tags(text);
    // Once a link is text, its contents are parsed too.
    for _ in 0..TURNS {
        let parser = Parser::new_ext(&text, Options::ENABLE_TABLES);
        let definitions = parser.reference_definitions().iter();
        let mut places: Vec<usize> =
            definitions.filter(|(_, link)| !is_harmless(&link.dest)).map(|(_, link)| link.span.start).collect();
        places.extend(events(&text).filter_map(|(event, range)| harmful(&text, &event, range)));
        if places.is_empty() {
            return text;
        }
        places.sort_unstable();
        places.dedup();
        text = replaced(&text, places.into_iter().map(|place| (place..place, "\\".to_owned())));
    }
    // Only an attacker nests links this deep: make them all text.
    text.replace('[', "&#91;")
}

/// Escapes everything that may begin a tag. Rewrites addresses in angle brackets as ordinary links: as HTML,
/// `<https://a/onclick=b>` is an element with an event handler.
fn without_tags(text: &str) -> String {
    let mut edits = Vec::new();
    let mut addresses = events(text)
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::Link { dest_url, link_type: LinkType::Email, .. }) if dest_url.chars().all(is_plain) => {
                Some((range.clone(), text[range].to_owned()))
            }
            Event::Start(Tag::Link { dest_url, link_type: LinkType::Autolink, .. }) if is_harmless(&dest_url) => {
                Some((range, format!("[{}]({})", line(&dest_url), bare(&dest_url))))
            }
            _ => None,
        })
        .peekable();
    for (at, _) in text.match_indices('<') {
        while addresses.next_if(|(address, _)| address.start < at).is_some() {}
        if let Some(edit) = addresses.next_if(|(address, _)| address.start == at) {
            edits.push(edit);
        } else if text[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || "/!?".contains(next)) {
            edits.push((at..at + 1, "&lt;".to_owned()));
        }
    }
    replaced(text, edits.into_iter())
}

/// True for the characters of a mail address that are safe in HTML.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".@+-_".contains(c)
}

/// An address as a link target without angle brackets.
fn bare(url: &str) -> String {
    target(url).replace('(', "%28").replace(')', "%29")
}

/// Position at which a backslash turns harmful markup into text.
fn harmful(text: &str, event: &Event, range: Range<usize>) -> Option<usize> {
    let (Event::Start(Tag::Link { dest_url, link_type, .. }) | Event::Start(Tag::Image { dest_url, link_type, .. })) =
        event
    else {
        return None;
    };
    let is_harmful = *link_type != LinkType::Email && !is_harmless(dest_url);
    is_harmful.then(|| text[range.clone()].find('[').map(|at| range.start + at)).flatten()
}

fn is_harmless(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains(['/', '?', '#']));
    scheme.is_none_or(|scheme| SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::citation::nested_markdown::below;

    #[test]
    fn neither_html_nor_scripts_come_through() {
        let nested = (0..2_000).fold("x".to_owned(), |inner, _| format!("[{inner}](javascript:1)"));
        for own in [
            nested.as_str(),
            "[x](javascript:1 \"<b>\")",
            "[x](<javascript:a>)",
            "<a href='[x](javascript:1)'>",
            "<script>alert(1)</script>",
            "a <b onclick=x>b</b>",
            "[x](javascript:alert(1))",
            "<javascript:alert(1)>",
            "![x](data:text/html,1)",
            "[x]\n\n[x]: vbscript:1",
            "[a [x](javascript:1)](javascript:2)",
            "<h1>Big</h1>",
            "[x](JaVaScRiPt:1)",
            "<!-- x -->\n# y",
            "<div>\n\n<p>\n\n</div>",
        ] {
            let text = below(2, own);
            let is_bad = |event: &Event| {
                matches!(
                    event,
                    Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. } | Tag::Image { .. })
                )
            };
            let bad = events(&text).find(|(event, _)| is_bad(event));
            assert_eq!(bad, None, "{own:?} became {text:?}");
        }
        let kept = "A [link](https://x.example/a?b#c), <mail@x.example>, [mail](mailto:a@x.example), [here](#there).";
        assert_eq!(below(2, kept), kept);
        assert_eq!(
            below(2, "a < b, 1<2 and <https://x.example/a_(b)>"),
            "a < b, 1<2 and [https://x.example/a\\_(b)](https://x.example/a_%28b%29)"
        );
    }

    /// The HTML that three renderers make of a text, each with HTML and autolinks on.
    fn rendered(markdown: &str) -> [String; 3] {
        let mut ours = String::new();
        pulldown_cmark::html::push_html(&mut ours, Parser::new_ext(markdown, Options::all()));
        let mut options = comrak::Options::default();
        options.extension.autolink = true;
        options.extension.table = true;
        options.render.r#unsafe = true;
        let comrak = comrak::markdown_to_html(markdown, &options);
        let options = markdown::Options {
            parse: markdown::ParseOptions::gfm(),
            compile: markdown::CompileOptions {
                allow_dangerous_html: true,
                allow_dangerous_protocol: true,
                ..Default::default()
            },
        };
        [ours, comrak, markdown::to_html_with_options(markdown, &options).unwrap()]
    }

    #[test]
    fn no_renderer_makes_a_tag_or_a_script_of_it() {
        for own in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "`` ` <img src=x onerror=alert(1)> ``",
            "`a\n\n<img src=x onerror=alert(1)>`",
            "    <img src=x onerror=alert(1)>",
            "- a\n\n        <img src=x onerror=alert(1)>",
            "```\n<img src=x onerror=alert(1)>",
            "<https://x/onmouseover=alert(1)//>",
            "<a/onmouseover=alert`1`//@x.example>",
            "[x](<javascript:alert(1)>)",
            "[x](<https://x> onclick=alert(1))",
            "[a]: javascript:alert(1)\n\n[a] [b][a] ![a]",
            "[a]:\njavascript:alert(1)",
            "\\<img src=x onerror=alert(1)>",
            "\\\\<img src=x onerror=alert(1)>",
            "<!-- --><img src=x onerror=alert(1)>",
            "<!--> <img src=x onerror=alert(1)> -->",
            "<?x <img src=x onerror=alert(1)> ?>",
            "<![CDATA[ <img src=x onerror=alert(1)> ]]>",
            "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
            "&#60;img src=x onerror=alert(1)>",
            "[x](&#106;avascript:alert(1))",
            "[x](java\tscript:alert(1))",
            "![x](javascript:alert(1))",
            "[![x](javascript:1)](javascript:2)",
            "a https://x.example/<img/src=x/onerror=alert(1)>",
            "$<img src=x onerror=alert(1)>$",
        ] {
            // A link definition of one text must not apply to another.
            let text = format!("{}\n\n## Next\n\n[a]\n", below(2, own));
            for html in rendered(&text) {
                let is_bad = |what: &str| html.to_lowercase().contains(what);
                let bad = [
                    "<img src=x",
                    "<img/",
                    "<script",
                    "<a/",
                    "<https",
                    "<!",
                    "<?",
                    "=\"javascript:",
                    "onclick=\"",
                    "onmouseover=\"",
                ];
                assert!(!bad.into_iter().any(is_bad), "{own:?} became {text:?} and then {html}");
            }
        }
    }
}
