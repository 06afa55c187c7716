//! Properties that must hold for any input: no panic, no endless work, no response out of proportion. The fuzz targets
//! call these checks. Tests call them on generated texts with a fixed seed.
#![allow(dead_code, reason = "each target calls one of them")]

use std::path::Path;
use std::sync::LazyLock;

use ccin_registry::access::keys::Keys;
use ccin_registry::accounts::api_keys::key::{ApiKey, holds_secret};
use ccin_registry::accounts::sign_in::token;
use ccin_registry::api::routes::document;
use ccin_registry::formats::citation::nested_markdown::below;
use ccin_registry::formats::ogc::query::InitiativeItems;
use ccin_registry::geography::{BoundingBox, Point};
use ccin_registry::http::input::{Draft, Query, Schemas, parse_json};
use ccin_registry::read_model::text::{
    Document as Text, Field, Highlighter, TextIndex, Weights, plain_text, understand, understand_with,
};
use ccin_registry::registry::initiatives::model::NewInitiative;
use ccin_registry::registry::initiatives::query::InitiativeQuery;
use ccin_registry::text::Slug;
use ccin_registry::text::markdown::{is_flat_enough, render};
use roaring::RoaringBitmap;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::new(&document().value));

/// Markdown: as HTML, as plain text, and as an excerpt of another page.
pub fn markdown(text: &str) {
    let html = render(text);
    assert!(!html.contains("<script") && !html.contains("href=\"javascript"), "{text:?}");
    assert!(html.len() < 60 * text.len() + 1000, "{} bytes of {}: {text:?}", html.len(), text.len());
    assert!(is_flat_enough(text) || html.starts_with("<pre>"), "{text:?}");
    let copied = below(2, text);
    assert!(copied.len() < 20 * text.len() + 1000, "{} bytes of {}: {text:?}", copied.len(), text.len());
    assert!(!copied.contains("<b>") && !copied.contains("<div>") && !copied.contains("<!--"), "{text:?}: {copied:?}");
    assert!(plain_text(text).len() <= 2 * text.len() + 1000, "{text:?}");
}

/// Bounding boxes and points; slugs from titles.
pub fn places(text: &str) {
    if let Ok(bounds) = text.parse::<BoundingBox>() {
        assert!(bounds.south <= bounds.north, "{text:?}: {bounds:?}");
    }
    if let Ok(point) = text.parse::<Point>() {
        assert!((-90.0..=90.0).contains(&point.latitude) && (-180.0..=180.0).contains(&point.longitude), "{text:?}");
    }
    if let Some(slug) = Slug::from_title(text) {
        assert!(slug.len() <= 80 && !slug.starts_with('-') && !slug.ends_with('-'), "{text:?}: {:?}", &*slug);
    }
}

/// Search text, and the weights that a cursor carries; the same text as a document.
pub fn words(text: &str) {
    let document = |field, text: &str| Text { fields: vec![(field, text.to_owned())], ..Text::default() };
    let index = TextIndex::build([
        (0, document(Field::Title, "Co-operative housing in Rochdale")),
        (1, document(Field::Text, "A credit union, and £3m for young people.")),
        (2, document(Field::Text, text)),
    ]);
    let visible = RoaringBitmap::from_iter(0..3);
    let indexes = [(&index, &visible)];
    let understood = understand(&indexes, text);
    let marked = Highlighter::new(&understood).highlight(text, Some(text), [text]);
    let longest = 16 * text.len() + 1000;
    assert!(marked.title.len() <= longest && marked.text.is_none_or(|text| text.len() <= longest), "{text:?}");
    if let Some(weights) = Weights::parse(text) {
        assert_eq!(Weights::parse(&weights.to_string()), Some(weights.clone()), "{text:?}");
        let _ = understand_with(&indexes, text, &weights);
    }
}

/// Forged cursors, access tokens and API keys.
pub fn credentials(text: &str) {
    static KEYS: LazyLock<Keys> = LazyLock::new(|| {
        let folder = std::env::temp_dir().join(format!("ccin-fuzz-{}", std::process::id()));
        let keys = Keys::load(None, Path::new(&folder)).expect("a key in the temporary folder");
        let _ = std::fs::remove_dir_all(folder);
        keys
    });
    assert_eq!(KEYS.open("cursor", text), None, "{text:?}");
    assert!(token::verify(&KEYS, "https://registry.example.org", text).is_err(), "{text:?}");
    assert_eq!(KEYS.open("cursor", &KEYS.seal("cursor", text.as_bytes())).as_deref(), Some(text.as_bytes()));
    if let Some(key) = ApiKey::parse(text) {
        assert!(holds_secret(key.reveal()), "{text:?}");
    }
}

/// Bodies: JSON, with dates and numbers, up to the maximum number of reported faults.
pub fn body(bytes: &[u8]) {
    let Ok(value) = parse_json(bytes) else { return };
    if let Err(error) = Draft::<NewInitiative>::new(value, &SCHEMAS).and_then(Draft::checked) {
        assert!(error.faults().len() <= 50, "{error}");
    }
}

/// Query strings: of a list, and of features with boxes and periods.
pub fn query(text: &str) {
    if let Err(error) = Query::<InitiativeQuery>::parse(text, &SCHEMAS) {
        assert!(error.faults().len() <= 50, "{error}");
    }
    if let Ok(items) = Query::<InitiativeItems>::parse(text, &SCHEMAS) {
        let _ = items.items.choice();
    }
}
