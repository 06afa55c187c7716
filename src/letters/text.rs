//! The text of a letter, written once and rendered as plain text and as HTML.

use maud::{DOCTYPE, html};

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 180;

/// A part of a letter.
#[derive(Clone, Debug)]
pub enum Part {
    /// A paragraph of ours.
    Says(String),
    /// Words of somebody else, such as a reason.
    Quotes(String),
    /// Text to copy as it is, such as a command.
    Code(String),
    /// An address to follow.
    Link(String),
}

/// Subject and text of a letter.
#[derive(Clone, Debug)]
pub struct Text {
    subject: String,
    parts: Vec<Part>,
}

impl Text {
    /// A letter with these parts. The subject becomes one line, whatever is in it: it is a header of the message.
    pub fn new(subject: &str, parts: Vec<Part>) -> Self {
        let subject = subject.chars().map(|c| if c.is_control() { ' ' } else { c });
        Self { subject: subject.take(LONGEST_SUBJECT).collect(), parts }
    }

    /// The subject, on one line.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The text without any format.
    pub fn plain(&self) -> String {
        let part = |part: &Part| match part {
            Part::Says(text) | Part::Link(text) => text.clone(),
            Part::Quotes(text) => lines(text, "> "),
            Part::Code(text) => lines(text, "  "),
        };
        self.parts.iter().map(part).collect::<Vec<_>>().join("\n\n") + "\n"
    }

    /// The text as HTML, without pictures or anything else that the reader's program would fetch.
    pub fn html(&self) -> String {
        let document = html! {
            (DOCTYPE)
            html lang="en-GB" {
                head { meta charset="utf-8"; title { (self.subject) } }
                body {
                    @for part in &self.parts {
                        @match part {
                            Part::Says(text) => p { (text) },
                            Part::Quotes(text) => blockquote { p { (text) } },
                            Part::Code(text) => pre { (text) },
                            Part::Link(address) => p { a href=(address) { (address) } },
                        }
                    }
                }
            }
        };
        document.into_string()
    }
}

fn lines(text: &str, start: &str) -> String {
    text.lines().map(|line| format!("{start}{line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_rendered_twice_and_escaped() {
        let parts = vec![
            Part::Says("Readers see “A & B”.".into()),
            Part::Quotes("<img src=x>\nNo.".into()),
            Part::Code("curl -d '{}'".into()),
            Part::Link("https://registry.example.org/initiatives/a".into()),
        ];
        let text = Text::new("A & B", parts);
        assert_eq!(
            text.plain(),
            "Readers see “A & B”.\n\n> <img src=x>\n> No.\n\n  curl -d '{}'\n\nhttps://registry.example.org/initiatives/a\n"
        );
        let html = text.html();
        assert!(html.contains("<p>Readers see “A &amp; B”.</p>"), "{html}");
        assert!(html.contains("&lt;img src=x&gt;") && !html.contains("<img"), "{html}");
        assert!(html.contains("<a href=\"https://registry.example.org/initiatives/a\">"), "{html}");
    }

    #[test]
    fn a_subject_is_one_short_line() {
        let text = Text::new(&format!("A\r\nBcc: x@y.example {}", "x".repeat(500)), Vec::new());
        assert!(text.subject().starts_with("A  Bcc: x@y.example x"));
        assert_eq!(text.subject().chars().count(), LONGEST_SUBJECT);
    }
}
