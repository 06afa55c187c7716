//! BibTeX: an `@misc` entry for BibTeX and biblatex.
//!
//! Values are in braces. TeX commands are escaped. Braces have a name instead, because BibTeX counts them even after a
//! backslash. All other characters are UTF-8, which biber and every current TeX read.
//!
//! By hand: there is one kind of entry, and the difficulty is in escapes that both BibTeX and biber read. The tests
//! read entries back with the crate `biblatex`.

use std::fmt::Write;

use chrono::Datelike;

use super::work::{NETWORK_NAME, REGISTRY, Work};

/// The type that reference managers ask for. It is not registered.
pub const MEDIA_TYPE: &str = "application/x-bibtex";

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Writes the work as one entry.
pub fn write(work: &Work) -> String {
    let record = work.record;
    // Double braces: an organisation has no first and last name, and a title keeps its capitals.
    let authors: Vec<String> = work.authors().into_iter().map(|name| format!("{{{}}}", escaped(name))).collect();
    let mut fields = vec![
        ("author", authors.join(" and ")),
        ("title", format!("{{{}}}", escaped(&record.title))),
        ("howpublished", REGISTRY.to_owned()),
        ("publisher", escaped(NETWORK_NAME)),
        ("type", escaped(&work.kind())),
        ("version", record.version.to_string()),
        ("url", address(&work.permalink())),
        ("keywords", escaped(&work.keywords().collect::<Vec<_>>().join(", "))),
        ("abstract", escaped(&record.summary)),
        ("note", note(work)),
        ("langid", "british".to_owned()),
    ];
    let mut entry = format!("@misc{{ccin-{},\n", record.slug);
    if let Some(issued) = work.issued() {
        fields.push(("year", issued.year().to_string()));
        fields.push(("day", issued.day().to_string()));
    }
    // For biblatex: the work that this one is written after.
    if let Some(source) = work.after() {
        fields.push(("origtitle", escaped(&source.title)));
        fields.extend(source.publisher.as_ref().map(|name| ("origpublisher", escaped(name))));
        fields.extend(source.published_on.as_ref().map(|date| ("origdate", date.to_string())));
    }
    for (name, value) in fields {
        let _ = writeln!(entry, "  {name} = {{{value}}},");
    }
    // Months are BibTeX macros, so that each style can format them.
    if let Some(month) = work.issued().and_then(|issued| MONTHS.get(issued.month0() as usize)) {
        let _ = writeln!(entry, "  month = {month},");
    }
    entry.push_str("}\n");
    entry
}

fn note(work: &Work) -> String {
    let notes = escaped(&work.notes());
    if work.is_draft() { format!("Draft. {notes}") } else { notes }
}

/// Escapes text for TeX.
pub(super) fn escaped(text: &str) -> String {
    let mut tex = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' => {
                tex.push('\\');
                tex.push(c);
            }
            '\\' => tex.push_str("\\textbackslash{}"),
            '{' => tex.push_str("\\textbraceleft{}"),
            '}' => tex.push_str("\\textbraceright{}"),
            '~' => tex.push_str("\\textasciitilde{}"),
            '^' => tex.push_str("\\textasciicircum{}"),
            '<' => tex.push_str("\\textless{}"),
            '>' => tex.push_str("\\textgreater{}"),
            '|' => tex.push_str("\\textbar{}"),
            c => tex.push(c),
        }
    }
    tex
}

/// Escapes an address. TeX reads it literally, so only characters that would end the value are changed.
pub(super) fn address(url: &str) -> String {
    url.replace('\\', "%5C").replace('{', "%7B").replace('}', "%7D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tex_would_take_for_a_command_is_escaped() {
        assert_eq!(escaped("50% & £5_000 #1 of $x"), "50\\% \\& £5\\_000 \\#1 of \\$x");
        assert_eq!(
            escaped("a{b}c\\d~^"),
            "a\\textbraceleft{}b\\textbraceright{}c\\textbackslash{}d\\textasciitilde{}\\textasciicircum{}"
        );
        assert_eq!(escaped("Cymru, Tŷ, “co-op”"), "Cymru, Tŷ, “co-op”");
        let braces = escaped("}{}}{").chars().fold((0, 0), |(open, lowest): (i32, i32), c| {
            let open = open + i32::from(c == '{') - i32::from(c == '}');
            (open, lowest.min(open))
        });
        assert_eq!(braces, (0, 0), "balanced, whatever the text is");
    }
}
