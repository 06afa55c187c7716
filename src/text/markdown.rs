//! Markdown texts: the rule for them, and their conversion to HTML.
//!
//! The cost of a text depends on its depth, not its length. 50,000 `>` in a row make a tree 50,000 deep, which took the
//! sanitiser eight seconds. So depth is limited on input, and again when rendering, for texts older than the limit.

use std::borrow::Cow;
use std::ops::Deref;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Format name in the document's schemas.
pub const FORMAT: &str = "markdown";
/// Greatest depth of nested lists, quotations, marks and HTML elements. People use six.
pub const DEEPEST: usize = 50;
/// No control characters except tab and line ends.
const BLOCK: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$";
/// HTML elements without an end tag (HTML, section 13.1.2).
const VOID: [&str; 7] = ["br", "hr", "img", "input", "wbr", "col", "source"];

/// Markdown (CommonMark) of at most `MAX` characters. Its HTML is sanitised and never run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Markdown<const MAX: usize>(String);

impl<const MAX: usize> PartialSchema for Markdown<MAX> {
    fn schema() -> RefOr<Schema> {
        let description = format!("Markdown (CommonMark) of at most {MAX} characters, nested {DEEPEST} deep at most.");
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::Custom(FORMAT.into())))
            .pattern(Some(BLOCK))
            .min_length(Some(1))
            .max_length(Some(MAX))
            .description(Some(description))
            .into()
    }
}

impl<const MAX: usize> ToSchema for Markdown<MAX> {
    fn name() -> Cow<'static, str> {
        format!("Markdown{MAX}").into()
    }
}

impl<const MAX: usize> Deref for Markdown<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<&str> for Markdown<MAX> {
    fn from(held: &str) -> Self {
        Self(held.into())
    }
}

/// Converts Markdown to sanitised HTML: no scripts, styles, forms or event handlers; links are `nofollow noopener`. A
/// text that is nested too deeply is shown as source.
pub fn render(markdown: &str) -> String {
    let mut depth = Depth::default();
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    let events = parse(markdown).inspect(|event| depth.follow(event));
    pulldown_cmark::html::push_html(&mut html, events);
    if depth.greatest > DEEPEST {
        return format!("<pre>{}</pre>", ammonia::clean_text(markdown));
    }
    ammonia::clean(&html)
}

/// True when nothing is nested deeper than [`DEEPEST`].
pub fn is_flat_enough(markdown: &str) -> bool {
    let mut depth = Depth::default();
    parse(markdown).all(|event| {
        depth.follow(&event);
        depth.greatest <= DEEPEST
    })
}

fn parse(markdown: &str) -> Parser<'_> {
    Parser::new_ext(markdown, Options::ENABLE_TABLES)
}

/// Depth of the tree built from the events so far.
#[derive(Default)]
struct Depth {
    now: usize,
    elements: usize,
    greatest: usize,
}

impl Depth {
    fn follow(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(_) => self.now += 1,
            Event::End(_) => self.now = self.now.saturating_sub(1),
            Event::Html(source) | Event::InlineHtml(source) => self.follow_html(source),
            _ => {}
        }
        self.greatest = self.greatest.max(self.now + self.elements);
    }

    /// Follows open HTML elements. One that is never closed stays open, as in a browser.
    fn follow_html(&mut self, source: &str) {
        for tag in source.split('<').skip(1) {
            let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
            if tag.starts_with('/') {
                self.elements = self.elements.saturating_sub(1);
            } else if !name.is_empty() && !VOID.contains(&name.to_ascii_lowercase().as_str()) {
                self.elements += 1;
                self.greatest = self.greatest.max(self.now + self.elements);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_in_markdown_is_made_harmless() {
        let html = render("**bold** <script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))");
        assert!(html.contains("<strong>bold</strong>"));
        assert!(!html.contains("script") && !html.contains("onerror"));
    }

    #[test]
    fn depth_is_that_of_the_tree_and_not_of_the_text() {
        assert!(is_flat_enough(&"- one\n  - two\n\n> three *four **five***\n\n| a | b |\n|---|---|\n".repeat(1000)));
        assert!(is_flat_enough(&"one<br>two <b>three</b> <img src=\"x\"> a < b\n\n".repeat(1000)));
        for deep in [">", "+ ", "1. ", "> - ", "<div>\n", "<ul>", "<b>x"] {
            assert!(is_flat_enough(&deep.repeat(10)), "{deep}");
            assert!(!is_flat_enough(&deep.repeat(60)), "{deep}");
            assert!(render(&deep.repeat(60)).starts_with("<pre>"), "{deep}");
        }
        assert!(!is_flat_enough(&("*a ".repeat(60) + &"b*".repeat(60))));
    }
}
