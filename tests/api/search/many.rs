//! Many hits: all of them counted, on as many pages as it takes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::address;
use crate::support::{Answer, TestApp};

/// More than anybody reads.
const HITS: usize = 1_080;
/// Of which every fortieth has the word in its title.
const IN_TITLE: usize = HITS / 40;

async fn enter(app: &TestApp) {
    // A few at a time: a statement may take a few seconds only.
    for first in (1..=HITS).step_by(HITS / 8) {
        app.sql(&format!(
            "INSERT INTO initiatives (id, slug, title, summary, kind, delivery_status, started_on, state, effective_visibility, published_at)
             SELECT gen_random_uuid(), 'many-' || n, CASE n % 40 WHEN 0 THEN 'Quokka ward ' ELSE 'Some measure ' END || n,
                'What residents do with the quokka.', CASE n % 10 WHEN 0 THEN 'idea' ELSE 'case_study' END, 'live',
                (1990 + n % 30)::text, 'published', 'public', now()
             FROM generate_series({first}, {}) n",
            first + HITS / 8 - 1
        ))
        .await;
    }
}

/// The total is exact on every page, however many there are.
fn says_all(page: &Answer) {
    let total = page.json["total"].as_u64().unwrap() as usize;
    assert!(total == HITS || total == HITS + 2, "{total}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_common_word_is_read_to_its_end() {
    let app = TestApp::with_sample().await;
    let (admin, client) = (app.admin().await, app.anonymous());
    enter(&app).await;
    for council in ["york", "oldham"] {
        let place = format!("/v1/councils/{council}");
        let known = admin.get(&place).await.expect(200);
        admin.patch(&place, known.etag(), &json!({ "description": "Known for its quokka." })).await.expect(200);
    }

    let fields = "slug,title,started_on";
    let (there, back) = client
        .there_and_back(&address("/v1/initiatives", &[("q", "quokka"), ("limit", "200"), ("fields", fields)]), says_all)
        .await;
    assert_eq!(there, back);
    assert_eq!(there.len(), HITS);
    assert_eq!(there.iter().map(|hit| hit["slug"].as_str().unwrap()).collect::<BTreeSet<_>>().len(), HITS);
    // Those with the word in the title come first; of each the younger, as nothing else tells them apart.
    let in_title = |hit: &Value| hit["title"].as_str().unwrap().starts_with("Quokka");
    assert!(there[..IN_TITLE].iter().all(in_title) && !there[IN_TITLE..].iter().any(in_title));
    for tier in [&there[..IN_TITLE], &there[IN_TITLE..]] {
        assert!(tier.is_sorted_by(|one, next| one["started_on"].as_str() >= next["started_on"].as_str()));
    }

    let (there, back) = client.there_and_back("/v1/search?q=quokka&limit=193", says_all).await;
    assert_eq!((there.len(), &there), (HITS + 2, &back));
    // Councils are ranked among the others: what has the word in passing comes after what has it in its title.
    let councils: Vec<&Value> =
        there.iter().filter(|hit| hit["resource"] == "council").map(|hit| &hit["slug"]).collect();
    assert_eq!(councils, ["oldham", "york"], "the larger before the smaller");
    assert!(there[..IN_TITLE].iter().all(|hit| hit["resource"] == "initiative"));

    let ideas = client.get("/v1/initiatives?q=quokka&kind=idea").await.expect(200);
    assert_eq!(ideas.json["total"], HITS / 10);
    let by_title = client.get("/v1/initiatives?q=quokka&sort=title").await.expect(200);
    assert_eq!(by_title.json["total"], HITS);
    let facets = client.get("/v1/initiatives/facets?q=quokka").await.expect(200);
    assert_eq!(facets.json["total"], HITS);
    let slip = client.get("/v1/initiatives?q=quoka").await.expect(200);
    assert_eq!((&slip.json["search"]["did_you_mean"], &slip.json["total"]), (&json!("quokka"), &json!(HITS)));
}
