//! Helpers for Markdown: escaped values, events with their positions, edits.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

/// Escapes a value on one line, so that readers see exactly its characters at any place in a line.
pub fn line(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        let before = &text[..index];
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#' => true,
            // List markers and underlines of headings work at the start of a line only.
            '-' | '+' | '=' | ':' => before.is_empty(),
            '.' | ')' if text[index + 1..].starts_with(|next: char| !next.is_whitespace()) => false,
            '.' | ')' => !before.is_empty() && before.len() <= 9 && before.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
    }
    escaped
}

/// An address as the target of a link.
pub fn target(url: &str) -> String {
    url.replace('\\', "%5C").replace('<', "%3C").replace('>', "%3E")
}

/// The Markdown events of a text, with their positions.
pub(super) fn events(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter()
}

/// Applies edits, sorted by position, to a text.
pub(super) fn replaced(text: &str, edits: impl Iterator<Item = (Range<usize>, String)>) -> String {
    let mut changed = String::with_capacity(text.len() * 5 / 4);
    let mut done = 0;
    for (range, by) in edits {
        changed.push_str(&text[done..range.start]);
        changed.push_str(&by);
        done = range.end;
    }
    changed.push_str(&text[done..]);
    changed
}
