//! Ten thousand points in under 250 kB: with titles of the sample's own words, each after one that it follows there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use reqwest::Method;

use super::all;
use crate::support::TestApp;

const COUNT: usize = 10_000;
const MOST: usize = 250_000;

/// Enter so many public initiatives, past the triggers: what these keep is not read here.
async fn enter(app: &TestApp) {
    let client = app.anonymous();
    let known = all(&client, "/v1/initiatives").await;
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let titles: Vec<String> = known.iter().map(|one| text(&one["title"])).collect();
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let texts: Vec<String> = known.iter().map(|one| text(&one["summary"])).chain(titles.iter().cloned()).collect();
    for text in &texts {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.windows(2).for_each(|pair| next.entry(pair[0]).or_default().push(pair[1]));
    }
    let first: Vec<&str> = titles.iter().filter_map(|title| title.split_whitespace().next()).collect();
    let ids = |records: Vec<serde_json::Value>| records.iter().map(|one| text(&one["id"])).collect::<Vec<_>>();
    // Those that lead something, as most councils are reference data.
    let tiers = "membership=full&membership=associate&membership=affiliate&membership=unknown";
    let councils = ids(all(&client, &format!("/v1/councils?{tiers}&bbox=-9,49,2,61")).await);
    let themes = ids(all(&client, "/v1/themes").await);
    let mut chance = StdRng::seed_from_u64(20_261_123);
    let mut slugs: BTreeSet<String> = known.iter().map(|one| text(&one["slug"])).collect();
    let (mut rows, mut uses) = (String::new(), String::new());
    for number in 0..COUNT {
        // RFC 9562, version 7: a time, then 74 random bits.
        let milliseconds = 1_700_000_000_000 + number as u128 * 3_600_000 + chance.random_range(0..3_600_000);
        let random: u128 = chance.random();
        let id = uuid::Uuid::from_u128(
            (milliseconds << 80)
                | (7 << 76)
                | (((random >> 52) & 0xfff) << 64)
                | (2 << 62)
                | (random & ((1 << 62) - 1)),
        );
        let length = chance.random_range(3..9);
        let mut title = vec![*first.choose(&mut chance).unwrap()];
        while title.len() < length {
            let words = next.get(title[title.len() - 1]).unwrap_or(&first);
            title.push(words.choose(&mut chance).unwrap());
        }
        let title: String = title.join(" ").replace('\'', "’").chars().take(110).collect();
        let slug: String =
            title.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let slug = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
        // As the registry makes them: with a number where another has the slug.
        let slug = if slugs.insert(slug.clone()) { slug } else { format!("{slug}-{number}") };
        let place = if number % 3 == 0 {
            format!("{:.5}, {:.5}", chance.random_range(50.5..57.5), chance.random_range(-4.0..0.5))
        } else {
            "NULL, NULL".into()
        };
        // Some councils have much, most have little.
        let council = &councils[(councils.len() as f64 * chance.random::<f64>().powi(3)) as usize];
        let kind = ["case_study", "case_study", "case_study", "policy_lab", "idea"].choose(&mut chance).unwrap();
        let comma = if number == 0 { "" } else { "," };
        write!(rows, "{comma}('{id}', '{slug}', 'On {title}', 'What residents do with what they have.', '{kind}', 'live', '{council}', {place}, 'published', 'public', now())").unwrap();
        for position in 0..chance.random_range(1..4) {
            let theme = &themes[(themes.len() as f64 * chance.random::<f64>().powi(2)) as usize];
            let comma = if uses.is_empty() { "" } else { "," };
            write!(uses, "{comma}('{id}', '{theme}', {position})").unwrap();
        }
    }
    app.sql(&format!(
        "SET session_replication_role = replica; SET statement_timeout = 0;
         INSERT INTO initiatives (id, slug, title, summary, kind, delivery_status, lead_council_id, latitude, longitude, state, effective_visibility, published_at) VALUES {rows};
         INSERT INTO initiative_themes (initiative_id, theme_id, position) VALUES {uses} ON CONFLICT DO NOTHING;
         ANALYZE initiatives, initiative_themes"
    ))
    .await;
    app.reload().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_points_are_under_250_kilobytes() {
    let app = TestApp::with_sample().await;
    enter(&app).await;
    let client = app.anonymous();
    let packed = async |path: &str| {
        let request = client.request(Method::GET, path).header("Accept-Encoding", "gzip, deflate, br");
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["content-encoding"]), (200, &"br".parse().unwrap()));
        answer.bytes().await.unwrap()
    };
    let plain = client.get("/v1/map/initiatives").await.expect(200);
    let features = plain.json["features"].as_array().unwrap();
    assert!(features.len() >= COUNT && plain.json["located"] == features.len(), "{}", plain.json["located"]);
    assert!(features.iter().all(|one| one["id"].is_null() && one["properties"]["slug"].is_string()));
    let whole = packed("/v1/map/initiatives").await;
    assert!(whole.len() < MOST, "{} bytes compressed", whole.len());
    let mut unpacked = Vec::new();
    brotli::BrotliDecompress(&mut &*whole, &mut unpacked).unwrap();
    assert_eq!(unpacked, plain.text.as_bytes());

    // Half of them, with ids.
    let part = client.get("/v1/map/initiatives?kind=case_study&bbox=-8,49.8,1.8,53.3").await.expect(200);
    let features = part.json["features"].as_array().unwrap();
    assert!((2_000..=5_000).contains(&features.len()), "{}", features.len());
    assert!(features.iter().all(|one| one["id"].is_string()));
    let part = packed("/v1/map/initiatives?kind=case_study&bbox=-8,49.8,1.8,53.3").await;
    assert!(part.len() < MOST, "{} bytes compressed", part.len());
    // Clusters of the whole country are next to nothing.
    assert!(packed("/v1/map/initiatives?zoom=6").await.len() < 20_000);
}
