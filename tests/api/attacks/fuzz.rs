//! Texts that nobody would write, by a seed, put to the checks of `fuzz/`: what parses what users wrote neither panics nor
//! makes much of little.

#[path = "../../../fuzz/checks.rs"]
mod checks;

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

const PARAMETERS: [&str; 13] = [
    "q",
    "cursor",
    "sort",
    "bbox",
    "near",
    "started_after",
    "theme",
    "fields",
    "limit",
    "include",
    "council",
    "datetime",
    "min_evidence",
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
    (0..3000).for_each(|_| checks::markdown(&seed.text(40)));
}

#[test]
fn places_slugs_and_credentials_are_read_or_refused() {
    let mut seed = Seed(1);
    for _ in 0..20_000 {
        let text = seed.text(9);
        checks::places(&text);
        checks::credentials(&text);
    }
}

#[test]
fn words_to_search_for_are_understood_whatever_they_are() {
    let mut seed = Seed(4);
    (0..2000).for_each(|_| checks::words(&seed.text(12)));
}

#[test]
fn bodies_are_read_or_refused_with_fifty_faults_at_most() {
    let mut seed = Seed(2);
    let members = ["title", "summary", "themes", "outcomes", "costs", "sources", "started_on", "location", "body"];
    for _ in 0..2000 {
        let mut body = Map::new();
        for member in members {
            if seed.below(3) > 0 {
                body.insert(member.into(), seed.value(4));
            }
        }
        let text = Value::Object(body).to_string();
        checks::body(text.as_bytes());
        // Cut anywhere, it is no JSON any more.
        checks::body(&text.as_bytes()[..seed.below(text.len())]);
    }
}

#[test]
fn query_strings_are_read_or_refused_with_fifty_faults_at_most() {
    let mut seed = Seed(5);
    for _ in 0..3000 {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for _ in 0..=seed.below(4) {
            query.append_pair(PARAMETERS[seed.below(PARAMETERS.len())], &seed.text(5));
        }
        checks::query(&query.finish());
        checks::query(&seed.text(20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_answered_or_refused() {
    let app = TestApp::with_flags(&["--limit-anonymous", "1000000"]).await;
    let (stranger, mut seed) = (app.anonymous(), Seed(3));
    for _ in 0..1500 {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for _ in 0..=seed.below(3) {
            query.append_pair(PARAMETERS[seed.below(PARAMETERS.len())], &seed.text(5));
        }
        let list = ["/v1/initiatives", "/v1/search", "/v1/suggest", "/v1/outcomes", "/v1/changes"][seed.below(5)];
        let answer = stranger.get(&format!("{list}?{}", query.finish())).await;
        assert!(answer.status.as_u16() < 500, "{list}: {answer:?}");
        assert!(!answer.status.is_client_error() || answer.text.len() < 64 * 1024, "{} bytes", answer.text.len());
    }
}
