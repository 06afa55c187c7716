//! Texts that nobody would write, by a seed: what parses what users wrote neither panics nor makes much of little.

use ccin_registry::citation::outline::below;
use ccin_registry::geography::{BoundingBox, Point};
use ccin_registry::initiatives::model::NewInitiative;
use ccin_registry::input::{Draft, Schemas};
use ccin_registry::markdown::{is_flat_enough, render};
use ccin_registry::openapi::Document;
use ccin_registry::text::Slug;
use serde_json::{Map, Value, json};

use crate::support::TestApp;

/// What parsers trip over.
const TOKENS: [&str; 48] = [
    ">",
    "- ",
    "+ ",
    "1. ",
    "\n",
    "\n\n",
    "    ",
    "\t",
    "*",
    "**",
    "_",
    "`",
    "```\n",
    "~~~",
    "[",
    "](",
    ")",
    "![",
    "]: ",
    "<",
    ">",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<div>\n",
    "&amp;",
    "&#0;",
    "\\",
    "|",
    "|---|\n",
    "# ",
    "===\n",
    "a",
    "Co-op",
    "\u{202e}",
    "é",
    "𝔘",
    "\"",
    "-",
    "OR ",
    "(",
    "1e308",
    ",",
    "-0",
    "javascript:",
    "https://x.example/",
    "\u{0}",
];

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and the same everywhere.
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    /// Some tokens, now and then one many times.
    fn text(&mut self, tokens: usize) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(tokens) {
            let times = if self.below(8) == 0 { 60 } else { 1 };
            text.push_str(&TOKENS[self.below(TOKENS.len())].repeat(times));
        }
        text
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => Value::Null,
            1 => json!(self.next() as f64 / 1e9),
            2 => json!(self.below(2) == 0),
            3 | 4 => Value::String(self.text(4)),
            5 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => {
                Value::Object((0..self.below(4)).map(|_| (self.text(1), self.value(depth - 1))).collect::<Map<_, _>>())
            }
        }
    }
}

#[test]
fn markdown_makes_neither_scripts_nor_mountains() {
    let mut seed = Seed(20_261_127);
    for _ in 0..3000 {
        let text = seed.text(40);
        let html = render(&text);
        assert!(
            !html.contains("<script") && !html.contains("javascript:") || !html.contains("href=\"javascript"),
            "{text:?}"
        );
        assert!(html.len() < 60 * text.len() + 1000, "{} bytes of {}: {text:?}", html.len(), text.len());
        assert!(is_flat_enough(&text) || html.starts_with("<pre>"), "{text:?}");
        let copied = below(2, &text);
        assert!(copied.len() < 20 * text.len() + 1000, "{} bytes of {}: {text:?}", copied.len(), text.len());
        assert!(
            !copied.contains("<b>") && !copied.contains("<div>") && !copied.contains("<!--"),
            "{text:?}: {copied:?}"
        );
    }
}

#[test]
fn places_and_slugs_are_read_or_refused() {
    let mut seed = Seed(1);
    for _ in 0..20_000 {
        let text = seed.text(9);
        let _ = (text.parse::<BoundingBox>(), text.parse::<Point>());
        if let Some(slug) = Slug::from_title(&text) {
            assert!(slug.len() <= 80 && !slug.starts_with('-') && !slug.ends_with('-'), "{text:?}: {:?}", &*slug);
        }
    }
}

#[test]
fn bodies_are_read_or_refused_with_fifty_faults_at_most() {
    let (schemas, mut seed) = (Schemas::new(&Document::new().value), Seed(2));
    let members = [
        "title",
        "summary",
        "themes",
        "outcomes",
        "costs",
        "sources",
        "participants",
        "started_on",
        "location",
        "body",
    ];
    for _ in 0..2000 {
        let mut body = Map::new();
        for member in members {
            if seed.below(3) > 0 {
                body.insert(member.into(), seed.value(4));
            }
        }
        match Draft::<NewInitiative>::new(Value::Object(body), &schemas).and_then(Draft::checked) {
            Ok(_) => {}
            Err(error) => assert!((1..=50).contains(&error.faults().len()), "{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_answered_or_refused() {
    let app = TestApp::with_flags(&["--limit-anonymous", "1000000"]).await;
    let (stranger, mut seed) = (app.anonymous(), Seed(3));
    let parameters =
        ["q", "cursor", "sort", "bbox", "near", "started_after", "theme", "fields", "limit", "include", "council"];
    for _ in 0..1500 {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for _ in 0..=seed.below(3) {
            query.append_pair(parameters[seed.below(parameters.len())], &seed.text(5));
        }
        let list = ["/v1/initiatives", "/v1/search", "/v1/suggest", "/v1/outcomes", "/v1/changes"][seed.below(5)];
        let answer = stranger.get(&format!("{list}?{}", query.finish())).await;
        assert!(answer.status.as_u16() < 500, "{list}: {answer:?}");
        assert!(!answer.status.is_client_error() || answer.text.len() < 64 * 1024, "{} bytes", answer.text.len());
    }
}
