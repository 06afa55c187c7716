//! Markdown inside Markdown (CommonMark 0.31, with tables): escapes single-line values, and fits a record's own texts
//! into a document.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::harmless::defused;
use super::markdown_text::{events, replaced};

/// Deepest heading level in Markdown.
const DEEPEST: usize = 6;
/// Fits a record's text below a heading of `level`. Lowers its headings, shows raw HTML as text, limits links to web
/// and mail addresses, and closes open blocks.
pub fn below(level: usize, markdown: &str) -> String {
    let mut text = defused(markdown.trim_end());
    if let Some(fence) = open_fence(&text) {
        text.push('\n');
        text.push_str(&fence);
    }
    demoted(&text, level)
}

/// The end of a fenced code block that the text left open. A fence inside a list or quotation ends with that.
fn open_fence(text: &str) -> Option<String> {
    let mut depth = 0;
    let mut last = None;
    for (event, range) in events(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) if depth == 0 => last = Some(range),
            Event::Start(Tag::BlockQuote(_) | Tag::Item) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item) => depth -= 1,
            _ => {}
        }
    }
    let range = last.filter(|range| range.end >= text.trim_end().len())?;
    let block = &text[range];
    let mark = block.trim_start().chars().next()?;
    let fence: String = block.trim_start().chars().take_while(|c| *c == mark).collect();
    let closing = block.lines().skip(1).last().map(str::trim);
    let is_closed = closing.is_some_and(|line| line.len() >= fence.len() && line.chars().all(|c| c == mark));
    (!is_closed).then_some(fence)
}

/// Lowers every heading to below `level`.
fn demoted(text: &str, level: usize) -> String {
    let mut edits = Vec::new();
    let mut headings: Vec<(Range<usize>, usize, Option<Range<usize>>)> = Vec::new();
    let mut open = false;
    for (event, range) in events(text) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                headings.push((range, level as usize, None));
                open = true;
            }
            Event::End(TagEnd::Heading(_)) => open = false,
            _ if open => {
                if let Some((.., inner)) = headings.last_mut() {
                    let start = inner.as_ref().map_or(range.start, |inner| inner.start.min(range.start));
                    let end = inner.as_ref().map_or(range.end, |inner| inner.end.max(range.end));
                    *inner = Some(start..end);
                }
            }
            _ => {}
        }
    }
    for (range, own, inner) in headings {
        let marks = "#".repeat((level + own).min(DEEPEST));
        let words = inner.map(|inner| &text[inner]).unwrap_or_default();
        // Each line of an underlined heading may begin with quotation marks (`>`).
        let words: Vec<&str> = words.lines().map(|line| line.trim_matches([' ', '\t', '>'])).collect();
        let end = text[range.clone()].trim_end().len() + range.start;
        let is_underlined = !text[range.clone()].trim_start().starts_with('#');
        // A `#` at the end of an underlined heading would otherwise read as a closing mark.
        let closing = if is_underlined && words.last().is_some_and(|word| word.ends_with('#')) { " #" } else { "" };
        edits.push((range.start..end, format!("{marks} {}{closing}", words.join(" "))));
    }
    replaced(text, edits.into_iter())
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Options, Parser};

    use super::*;
    use crate::formats::citation::markdown_text::line;

    /// The texts and the kinds of tags of a document.
    fn read(markdown: &str) -> (String, Vec<String>) {
        let (mut text, mut tags) = (String::new(), Vec::new());
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Text(words) | Event::Code(words) => text.push_str(&words),
                Event::SoftBreak | Event::HardBreak => text.push('\n'),
                Event::Start(tag) => {
                    tags.push(format!("{tag:?}").split([' ', '(', '{']).next().unwrap_or_default().into());
                }
                Event::Html(html) | Event::InlineHtml(html) => tags.push(format!("HTML {html}")),
                _ => {}
            }
        }
        (text, tags)
    }

    fn headings(markdown: &str) -> Vec<(usize, String)> {
        let (mut found, mut open) = (Vec::new(), false);
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Heading { level, .. }) => {
                    found.push((level as usize, String::new()));
                    open = true;
                }
                Event::End(TagEnd::Heading(_)) => open = false,
                Event::Text(words) | Event::Code(words) if open => found.last_mut().unwrap().1.push_str(&words),
                Event::SoftBreak if open => found.last_mut().unwrap().1.push(' '),
                _ => {}
            }
        }
        found
    }

    #[test]
    fn a_line_shows_its_very_characters() {
        for text in [
            "Plain words, 5.5 and (more).",
            "# no heading",
            "- no list",
            "+ no list",
            "12. no list",
            "12) no list",
            "*not* _strong_ __at__ all",
            "`no code`",
            "[no](link) ![or image](x)",
            "<b>no html</b> <!-- nor this -->",
            "&amp; is no &",
            "a|b",
            "~~kept~~",
            "\\ and \\* and \\\\",
            "> no quotation",
            "=== no underline",
            "---",
            "***",
            "<https://no.link>",
            "ends in #",
            "ends in \\",
            "Tŷ “co-op” £5",
            "1234567890. too long for a list",
            "5.3%",
            "12.",
            "1.\u{a0}one",
            ":--",
        ] {
            assert_eq!(
                read(&line(text)),
                (text.to_owned(), vec!["Paragraph".to_owned()]),
                "{text:?}: {:?}",
                line(text)
            );
            let heading = format!("## {}", line(text));
            assert_eq!(headings(&heading), [(2, text.to_owned())], "{heading:?}");
            let table = format!("| a | b |\n|---|---|\n| {} | x |\n", line(text));
            let (cells, _) = read(&table);
            assert_eq!(cells, format!("ab{text}x"), "{table:?}");
        }
    }

    #[test]
    fn headings_are_demoted_and_the_deepest_stay() {
        for (own, wanted) in [
            ("# One\n\n## Two\n\ntext", vec![(3, "One"), (4, "Two")]),
            ("##### Five\n###### Six ######", vec![(6, "Five"), (6, "Six")]),
            ("One\n===\n\nTwo\nlines\n---\n", vec![(3, "One"), (4, "Two lines")]),
            ("> # Quoted\n>\n> Under\n> lined\n> ---", vec![(3, "Quoted"), (4, "Under lined")]),
            ("- # In a list\n- text", vec![(3, "In a list")]),
            ("#\n\n#", vec![(3, ""), (3, "")]),
            ("C#\n==", vec![(3, "C#")]),
            ("    # code\n\n```\n# code\n```", vec![]),
            ("# *One* [two](https://x.example)", vec![(3, "One two")]),
        ] {
            let text = format!("{}\n\n## Next\n", below(2, own));
            let mut wanted: Vec<(usize, String)> =
                wanted.into_iter().map(|(level, text)| (level, text.into())).collect();
            wanted.push((2, "Next".into()));
            assert_eq!(headings(&text), wanted, "{own:?} became {text:?}");
        }
    }

    #[test]
    fn what_a_text_leaves_open_ends_with_it() {
        for own in [
            "```\ncode",
            "~~~~ x\ncode\n~~~",
            "```",
            "> ```\n> code",
            "<!-- never closed",
            "<script>\nlet a = 1;",
            "<div>\n# not\n",
            "- item\n\n  ```\n  code",
            "[a]: <",
            "`` open",
            "| a |\n|---|",
            "text\\",
            "<pre>\n\n# x",
            "```\na\n```",
        ] {
            let text = format!("{}\n\n## Next\n", below(2, own));
            assert_eq!(headings(&text).last(), Some(&(2, "Next".to_owned())), "{own:?} became {text:?}");
        }
    }
}
