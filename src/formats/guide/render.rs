//! Markdown to HTML: headings get ids, links lead to the served pages, and no element has an inline style.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A heading below the title.
#[derive(Debug, PartialEq, Eq)]
pub struct Heading {
    /// 2 for a section, 3 for a subsection.
    pub level: u8,
    /// Its anchor.
    pub id: String,
    /// Its text.
    pub text: String,
}

/// The text below one heading, for search.
#[derive(Debug, Default)]
pub struct Passage {
    /// Anchor of the heading; empty below the title.
    pub id: String,
    /// Text of the heading.
    pub heading: String,
    /// Words of the passage.
    pub text: String,
}

/// A rendered page.
#[derive(Debug, Default)]
pub struct RenderedPage {
    /// The title: the heading of level 1.
    pub title: String,
    /// The first paragraph, as text.
    pub summary: String,
    /// Everything below the title.
    pub body: String,
    /// Headings below the title.
    pub headings: Vec<Heading>,
    /// All text, by heading.
    pub passages: Vec<Passage>,
}

/// Renders a page. Omits comments and other HTML in the Markdown.
pub fn render(markdown: &str) -> RenderedPage {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let parsed = Parser::new_ext(markdown, options);
    let mut events: Vec<Event<'_>> =
        parsed.filter(|event| !matches!(event, Event::Html(_) | Event::InlineHtml(_))).collect();
    let mut page = RenderedPage { passages: vec![Passage::default()], ..RenderedPage::default() };
    let title_end = events.iter().position(|event| matches!(event, Event::End(TagEnd::Heading(HeadingLevel::H1))));
    if let Some(end) = title_end {
        page.title = text_of(&events[..end]);
        events.drain(..=end);
    }
    let summary_end = events.iter().position(|event| matches!(event, Event::End(TagEnd::Paragraph)));
    page.summary = summary_end.map(|end| text_of(&events[..end])).unwrap_or_default();
    name_headings(&mut events, &mut page);
    html::push_html(&mut page.body, events.into_iter().map(for_the_site));
    // Wide content scrolls separately, also by keyboard.
    page.body = page
        .body
        .replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>")
        .replace("</table>", "</table></div>")
        .replace("<pre>", "<pre tabindex=\"0\">");
    page
}

/// Gives every heading its anchor, and collects headings and passages.
fn name_headings(events: &mut [Event<'_>], page: &mut RenderedPage) {
    let mut used = HashMap::new();
    let mut index = 0;
    while index < events.len() {
        if let Event::Start(Tag::Heading { level, .. }) = &events[index] {
            let level = *level as u8;
            let length = events[index..].iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))));
            let end = index + length.unwrap_or(0);
            let text = text_of(&events[index..end]);
            let name = unique(anchor(&text), &mut used);
            if let Event::Start(Tag::Heading { id, .. }) = &mut events[index] {
                *id = Some(CowStr::from(name.clone()));
            }
            page.passages.push(Passage { id: name.clone(), heading: text.clone(), text: String::new() });
            page.headings.push(Heading { level, id: name, text });
            index = end;
        } else if let Some(passage) = page.passages.last_mut() {
            add_text(&events[index], &mut passage.text);
        }
        index += 1;
    }
}

/// The anchor of a heading, as on code forges: lower case, hyphens for spaces, no punctuation.
pub fn anchor(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn unique(name: String, used: &mut HashMap<String, usize>) -> String {
    let count = used.entry(name.clone()).and_modify(|count| *count += 1).or_insert(0);
    if *count == 0 { name } else { format!("{name}-{count}") }
}

fn text_of(events: &[Event<'_>]) -> String {
    let mut text = String::new();
    for event in events {
        add_text(event, &mut text);
    }
    text.trim().to_owned()
}

fn add_text(event: &Event<'_>, text: &mut String) {
    match event {
        Event::Text(words) | Event::Code(words) => text.push_str(words),
        Event::SoftBreak | Event::HardBreak => text.push(' '),
        Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::CodeBlock) => text.push(' '),
        _ => {}
    }
}

fn for_the_site(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: served(&dest_url).into(), title, id })
        }
        // Alignment would be an inline style, which the policy forbids.
        Event::Start(Tag::Table(_)) => Event::Start(Tag::Table(Vec::new())),
        other => other,
    }
}

/// The served address of a link between pages: `../how-to/keys.md#scopes` becomes `../how-to/keys#scopes`.
pub fn served(link: &str) -> String {
    if link.contains(':') || link.starts_with('/') {
        return link.to_owned();
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = match path.strip_suffix("README.md") {
        Some("") => "./",
        Some(folder) => folder,
        None => path.strip_suffix(".md").unwrap_or(path),
    };
    anchor.map_or_else(|| path.to_owned(), |anchor| format!("{path}#{anchor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_pages_lose_their_ending() {
        assert_eq!(served("../how-to/keys.md"), "../how-to/keys");
        assert_eq!(served("keys.md#scopes"), "keys#scopes");
        assert_eq!(served("#scopes"), "#scopes");
        assert_eq!(served("../README.md"), "../");
        assert_eq!(served("README.md"), "./");
        assert_eq!(served("https://example.org/a.md"), "https://example.org/a.md");
        assert_eq!(served("chart.svg"), "chart.svg");
    }

    #[test]
    fn a_page_has_a_title_anchors_and_no_style_in_place() {
        let page = render(
            "# A title\n\nThe *first* paragraph.\n\n## One `thing`, twice\n\n<!-- unseen -->\n\n\
             | a | b |\n|---|--:|\n| 1 | 2 |\n\n## One thing twice\n\n[on](other.md)\n",
        );
        assert_eq!((page.title.as_str(), page.summary.as_str()), ("A title", "The first paragraph."));
        let ids: Vec<&str> = page.headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(ids, ["one-thing-twice", "one-thing-twice-1"]);
        assert!(page.body.contains("<h2 id=\"one-thing-twice\">One <code>thing</code>, twice</h2>"), "{}", page.body);
        assert!(page.body.contains("<a href=\"other\">on</a>"), "{}", page.body);
        assert!(!page.body.contains("style=") && !page.body.contains("unseen"), "{}", page.body);
        assert_eq!(page.passages.len(), 3);
    }
}
