//! Converts Markdown to searchable text.

/// The text of Markdown, without markup.
pub fn plain_text(markdown: &str) -> String {
    use pulldown_cmark::{Event, Parser, TagEnd};
    let mut text = String::with_capacity(markdown.len());
    for event in Parser::new(markdown) {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => {
                text.push(' ');
            }
            _ => {}
        }
    }
    text
}

/// Starts of sentences about the record itself: the origin of its title, year or principles, and gaps in its source.
const PROVENANCE: &[&str] = &[
    "the title is taken from",
    "the title and the lead are taken from",
    "the title is a description written for this record",
    "the lead council is inferred",
    "the source page does not show",
    "the year is not stated",
    "the year is inferred",
    "the year is that in the address",
    "the year given here",
    "the principles come from",
    "no principles are listed",
    "only the title was available",
    "only the title and",
];

/// A Markdown text without notes on provenance, which are sentences about the record instead of the work.
///
/// Many records have the same notes. Otherwise `page` or `democratic engagement` would match all of them.
pub fn without_provenance(markdown: &str) -> String {
    let paragraphs = markdown.split("\n\n").map(|paragraph| {
        let about_work = sentences(paragraph).filter(|sentence| !is_provenance(sentence));
        about_work.collect::<Vec<_>>().join(" ")
    });
    paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn is_provenance(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    PROVENANCE.iter().any(|opening| lower.starts_with(opening))
        || lower.contains("in the material used here")
        || lower.contains("entered under the network")
}

fn sentences(paragraph: &str) -> impl Iterator<Item = &str> {
    paragraph.split_inclusive(". ").map(str::trim).filter(|sentence| !sentence.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_on_provenance_are_left_out() {
        let body = "Perth Green runs the centre. The cost of the pitch is not stated in the material used here.\n\n\
            The title is taken from the address of the page. The principles come from an older copy of the page.";
        assert_eq!(without_provenance(body), "Perth Green runs the centre.");
        assert_eq!(without_provenance("One.\n\nTwo *words*. Three"), "One.\n\nTwo *words*. Three");
    }
}
