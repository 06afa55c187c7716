//! Markdown as text: values that show their very characters, events with their places, edits.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

/// A value on one line, such that a reader of the document sees its very characters, wherever in a line it stands.
pub fn line(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        let before = &text[..index];
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#' => true,
            // What begins a list or underlines a heading does so at the start of a line only.
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

/// Of a text, with their places in it.
pub(super) fn events(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter()
}

/// A text with edits made, which are in the order of their places.
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
