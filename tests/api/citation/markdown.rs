//! Markdown of a record: one outline, a table of claims, and its very words.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::json;

use super::{TITLE, accepting, published};
use crate::support::TestApp;

/// What a reader of the document sees: headings with their level, table cells, links, and whether there is raw HTML.
#[derive(Default)]
struct Seen {
    headings: Vec<(usize, String)>,
    cells: Vec<String>,
    links: Vec<String>,
    has_html: bool,
}

fn see(markdown: &str) -> Seen {
    let (mut seen, mut text) = (Seen::default(), String::new());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::TableCell) => text.clear(),
            Event::End(TagEnd::Heading(level)) => seen.headings.push((level as usize, text.clone())),
            Event::End(TagEnd::TableCell) => seen.cells.push(text.clone()),
            Event::Start(Tag::Link { dest_url, .. }) => seen.links.push(dest_url.to_string()),
            Event::Html(_) | Event::InlineHtml(_) => seen.has_html = true,
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            _ => {}
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_a_document_with_one_outline() {
    let app = TestApp::with_sample().await;
    let body = "# The story\n\nIn *markdown*.\n\nUnder\n-----\n\n<script>alert(1)</script>\n\n```\n# left open";
    let record = published(&app, json!({ "body": body })).await;
    let answer = accepting(&app.anonymous(), "/v1/initiatives/whole", "text/markdown").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/markdown; charset=utf-8");
    let seen = see(&answer.text);
    let outline: Vec<(usize, &str)> = seen.headings.iter().map(|(level, text)| (*level, text.as_str())).collect();
    assert_eq!(
        outline,
        [
            (1, TITLE),
            (2, "The story"),
            (3, "The story"),
            (4, "Under"),
            (2, "The challenge"),
            (2, "The approach"),
            (2, "What worked"),
            (2, "What did not"),
            (2, "What another council needs"),
            (2, "Outcomes"),
            (2, "What it cost"),
            (2, "Sources"),
            (2, "How to cite"),
            (2, "Terms"),
        ],
        "{}",
        answer.text
    );
    assert!(!seen.has_html, "{}", answer.text);
    let permalink = format!("{}/id/{}", app.url, record["id"].as_str().unwrap());
    for link in [permalink.as_str(), "https://creativecommons.org/licenses/by/4.0/", "https://oldham.example/paper.pdf"]
    {
        assert!(seen.links.iter().any(|known| known == link), "{link}: {:?}", seen.links);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_are_a_table_of_claims() {
    let app = TestApp::with_sample().await;
    let measure = "A|B *c* <d> \\|";
    let outcome = json!({
        "measure": measure, "kind": "output", "bound": "at_least", "value": 1600, "unit": "bags", "as_at": "2013-05",
        "caveat": "The source | gives more.", "evidence_level": 2, "source": "study"
    });
    published(&app, json!({ "outcomes": [outcome] })).await;
    let answer = accepting(&app.anonymous(), "/v1/initiatives/whole", "text/markdown").await.expect(200);
    let cells = see(&answer.text).cells;
    let row = [
        measure,
        "output",
        "at least",
        "at least 1,600 bags",
        "bags",
        "as at 2013-05",
        "2, monitored",
        "[2]",
        "The source | gives more.",
    ];
    assert_eq!(&cells[9..18], row, "{}", answer.text);
    assert!(cells.iter().any(|cell| cell == "about £10,000,000,000,000"), "{cells:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_record_of_the_sample_has_one_title_and_its_terms() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let page = client.get("/v1/initiatives?fields=slug,title&limit=200").await.expect(200);
    for record in page.json["data"].as_array().unwrap() {
        let path = format!("/v1/initiatives/{}", record["slug"].as_str().unwrap());
        let answer = accepting(&client, &path, "text/markdown").await.expect(200);
        let headings = see(&answer.text).headings;
        let titles: Vec<&String> = headings.iter().filter(|(level, _)| *level == 1).map(|(_, text)| text).collect();
        assert_eq!(titles, [record["title"].as_str().unwrap()], "{path}");
        assert_eq!(headings.last(), Some(&(2, "Terms".to_owned())), "{path}");
    }
}
