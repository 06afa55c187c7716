//! The scenarios. Each is a function from a number to a request. The service and the plain program get the same
//! requests.

use std::sync::Arc;

use crate::database::Names;
use crate::generate::words::{Chance, Known};
use crate::load::Requests;

/// Data for making requests.
pub struct Material {
    /// Number of initiatives.
    pub records: usize,
    /// Names of records.
    pub names: Names,
    /// Words to search for.
    pub known: Known,
    /// The token of an admin.
    pub token: String,
}

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    List { hot: bool },
    GzippedList,
    Record { hot: bool },
    Search { hot: bool },
    Facets { hot: bool },
    Map { hot: bool },
    Tile,
    NotModified,
    Create,
    Mixed,
}

/// Every scenario: its name, as in `--only`, and its kind.
pub const SCENARIOS: [(&str, Kind); 15] = [
    ("list hot", Kind::List { hot: true }),
    ("list hot gzip", Kind::GzippedList),
    ("list never alike", Kind::List { hot: false }),
    ("record hot", Kind::Record { hot: true }),
    ("record each in turn", Kind::Record { hot: false }),
    ("search hot", Kind::Search { hot: true }),
    ("search never alike", Kind::Search { hot: false }),
    ("facets hot", Kind::Facets { hot: true }),
    ("facets never alike", Kind::Facets { hot: false }),
    ("geojson hot", Kind::Map { hot: true }),
    ("geojson never alike", Kind::Map { hot: false }),
    ("tile never alike", Kind::Tile),
    ("304", Kind::NotModified),
    ("create", Kind::Create),
    ("mixed 95/5", Kind::Mixed),
];

/// Number of different paths of a hot scenario.
const HOT: usize = 90;
const SORTS: [&str; 6] = ["title", "-title", "started_on", "-started_on", "updated_at", "-updated_at"];
/// The kinds of the reads among mixed requests, in rotation. Reads are 95 % of them.
const READS: [Kind; 8] = [
    Kind::List { hot: true },
    Kind::List { hot: false },
    Kind::Record { hot: true },
    Kind::Record { hot: false },
    Kind::Search { hot: true },
    Kind::Map { hot: true },
    Kind::Tile,
    Kind::NotModified,
];

impl Kind {
    /// Requests of this kind, for a program whose first record has this entity tag.
    pub fn requests(self, material: Arc<Material>, etag: String) -> Requests {
        Arc::new(move |number| self.request(number, &material, &etag))
    }

    /// True if the plain program supports this kind.
    pub fn is_plain(self) -> bool {
        !matches!(self, Self::Facets { .. } | Self::GzippedList)
    }

    /// True if the constant body is a baseline for this kind.
    pub fn has_constant(self) -> bool {
        !matches!(self, Self::Create | Self::Mixed)
    }

    fn request(self, number: usize, material: &Material, etag: &str) -> String {
        // A number always gives the same request. Neighbouring numbers give very different ones.
        let mut chance = Chance::new(number as u64);
        match self {
            Self::List { hot: true } => get(&hot_list(number, material), ""),
            Self::GzippedList => get(&hot_list(number, material), "Accept-Encoding: gzip\r\n"),
            Self::List { hot: false } => get(&varied_list(number, &mut chance, material), ""),
            Self::Record { hot: true } => get(&format!("/v1/initiatives/{}", material.names.slugs[0]), ""),
            Self::Record { hot: false } => {
                let names = if number.is_multiple_of(2) { &material.names.slugs } else { &material.names.ids };
                get(&format!("/v1/initiatives/{}", names[number / 2 % names.len()]), "")
            }
            Self::Search { hot } => {
                let mut chance = if hot { Chance::new((number % HOT) as u64) } else { chance };
                let middle = &material.known.middle;
                let mut words = [middle, &material.known.common].map(|words| word(words, &mut chance));
                if chance.is(0.5) {
                    words[1] = word(middle, &mut chance);
                }
                get(&format!("/v1/initiatives?q={}%20{}", words[0], words[1]), "")
            }
            Self::Facets { hot: true } => {
                let themes = &material.names.themes;
                get(&format!("/v1/initiatives/facets?theme={}", themes[number % themes.len()]), "")
            }
            Self::Facets { hot: false } => {
                let theme = chance.between(0, material.names.themes.len() - 1);
                let since = time(number, &mut chance);
                let path =
                    format!("/v1/initiatives/facets?theme={}&updated_since={since}", material.names.themes[theme]);
                get(&path, "")
            }
            Self::Map { hot } => {
                let mut chance = if hot { Chance::new((number % HOT) as u64) } else { chance };
                // About 400 points, whatever the number of records.
                let side = 1.12 * (10_000.0 / material.records as f64).sqrt();
                let (west, south) = (-4.0 + (4.5 - side) * chance.unit(), 50.5 + (7.0 - side) * chance.unit());
                let (east, north) = (west + side, south + side);
                get(&format!("/v1/map/initiatives?bbox={west:.6},{south:.6},{east:.6},{north:.6}"), "")
            }
            Self::Tile => {
                let zoom = chance.between(6, 12);
                let (longitude, latitude) = (-4.0 + 4.5 * chance.unit(), 50.5 + 7.0 * chance.unit());
                let size = f64::from(1_u32 << zoom);
                let x = ((longitude + 180.0) / 360.0 * size) as u32;
                let y = ((1.0 - latitude.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * size) as u32;
                let since = time(number, &mut chance);
                get(&format!("/v1/tiles/initiatives/{zoom}/{x}/{y}.mvt?updated_since={since}"), "")
            }
            Self::NotModified => {
                let path = format!("/v1/initiatives/{}", material.names.slugs[0]);
                get(&path, &format!("If-None-Match: {etag}\r\n"))
            }
            Self::Create => create(number, &mut chance, material),
            Self::Mixed if number % 20 == 19 => create(number, &mut chance, material),
            Self::Mixed => READS[number % READS.len()].request(number, material, etag),
        }
    }
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

fn hot_list(number: usize, material: &Material) -> String {
    let (number, themes) = (number % HOT, &material.names.themes);
    // 18 themes and five years make 90 paths.
    format!("/v1/initiatives?theme={}&year_from={}", themes[number % 18 % themes.len()], 2000 + number / 18 * 4)
}

fn varied_list(number: usize, chance: &mut Chance, material: &Material) -> String {
    let theme = chance.between(0, material.names.themes.len() - 1);
    let (year, limit) = (chance.between(1995, 2020), chance.between(15, 25));
    let (sort, since) = (chance.of(&SORTS), time(number, chance));
    let theme = &material.names.themes[theme];
    format!("/v1/initiatives?theme={theme}&year_from={year}&limit={limit}&sort={sort}&updated_since={since}")
}

/// A different time for each number, which makes each request unique.
fn time(number: usize, chance: &mut Chance) -> String {
    let (year, month, day) = (chance.between(2014, 2022), chance.between(1, 12), chance.between(1, 28));
    let seconds = number % 86_400;
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

fn word(words: &[(String, u32)], chance: &mut Chance) -> String {
    words.get(chance.between(0, words.len().max(1) - 1)).map_or_else(|| "council".into(), |(word, _)| word.clone())
}

fn create(number: usize, chance: &mut Chance, material: &Material) -> String {
    let names = &material.names;
    let mut one = |names: &[String]| names[chance.between(0, names.len() - 1)].clone();
    let (partner, others) = (&names.councils[0], &names.councils[1..]);
    let (lead, theme, principle) = (one(others), one(&names.themes), one(&names.principles));
    let paragraph = "Residents, staff and partners worked it out together, step by step. ".repeat(12);
    let body = serde_json::json!({
        "title": format!("A new initiative with number {number}"),
        "summary": "What the council and its partners do together, in two or three sentences of a usual length.",
        "body": format!("{paragraph}\n\n{paragraph}"), "challenge": paragraph, "kind": "case_study",
        "delivery_status": "live", "started_on": "2020-05", "lead_council": lead,
        "participants": [{ "council": partner, "role": "partner" }],
        "partners": [{ "name": "A trust", "role": "funder" }, { "name": "A university", "role": "evaluator" }],
        "themes": [theme], "principles": [{ "principle": principle }],
        "sources": [{ "key": "paper", "title": "A committee paper", "kind": "report", "url": "https://a.example/paper" }],
        "outcomes": [
            { "measure": "People who took part", "kind": "output", "bound": "exact", "value": 120, "unit": "people",
              "evidence_level": 2, "source": "paper" },
            { "measure": "Homes made warm", "kind": "outcome", "bound": "at_least", "value": 40, "unit": "homes",
              "evidence_level": 1 }
        ],
        "costs": [{ "description": "The work of a year", "amount_pence": 2_000_000, "currency": "GBP", "bound": "exact",
                    "kind": "revenue" }]
    })
    .to_string();
    format!(
        "POST /v1/initiatives HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        material.token,
        body.len()
    )
}
