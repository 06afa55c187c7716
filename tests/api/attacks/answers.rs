//! Requests whose answers are large.

use serde_json::json;

use crate::support::TestApp;
use crate::support::practice::{path, practice, publish};

/// A list page of records, each of some 80 kB: bytes that nobody asked for in one piece.
async fn with_long_records(count: usize) -> TestApp {
    let app = TestApp::with_sample().await;
    app.sql(&format!(
        "INSERT INTO initiatives (id, slug, title, summary, kind, delivery_status, lead_council_id, state, published_at)
         SELECT gen_random_uuid(), 'long-' || n, 'Long ' || n, 'A summary of twenty letters', 'case_study', 'live',
             (SELECT id FROM councils WHERE slug = 'oldham'), 'published', now() FROM generate_series(1, {count}) n;
         INSERT INTO slugs SELECT 'initiative', slug, id FROM initiatives WHERE slug LIKE 'long-%';
         INSERT INTO initiative_narratives (initiative_id, body)
             SELECT id, repeat('A long text. ', 3500) FROM initiatives WHERE slug LIKE 'long-%'"
    ))
    .await;
    app.reload().await;
    app
}

/// `/v1/changes?limit=1000` over records of 50 kB was a page of 37 MB; eight loops of it took other reads from 1 to 690 ms.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_changes_has_so_many_bytes_at_most_and_the_next_goes_on() {
    let app = with_long_records(200).await;
    let admin = app.admin().await;
    let (mut next, mut ids, mut pages) = ("/v1/changes?limit=1000".to_owned(), Vec::new(), 0);
    loop {
        let page = admin.get(&next).await.expect(200);
        assert!(page.text.len() < 8 << 20, "{} bytes", page.text.len());
        pages += 1;
        ids.extend(page.each("id"));
        next = page.json["page"]["next"].as_str().unwrap().replace(&app.url, "");
        if page.json["page"]["more"] == false {
            break;
        }
    }
    assert!(pages > 2, "{pages}");
    let all = ids.len();
    ids.sort_by_key(ToString::to_string);
    ids.dedup();
    assert_eq!(ids.len(), all, "each record once");
    let whole = app.anonymous().get("/v1/initiatives?limit=1").await.expect(200).json["total"].as_u64().unwrap();
    assert!(ids.len() as u64 >= whole, "{} of {whole}", ids.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_list_has_so_many_bytes_at_most_and_its_neighbours_fit() {
    let app = with_long_records(200).await;
    let client = app.anonymous();
    let first = "/v1/initiatives?council=oldham&limit=200&include=themes";
    let (forwards, backwards) =
        client.there_and_back(first, |page| assert!(page.text.len() < 6 << 20, "{} bytes", page.text.len())).await;
    let total = client.get(first).await.expect(200).json["total"].as_u64().unwrap();
    assert_eq!(forwards.len() as u64, total);
    assert_eq!(forwards, backwards);
}

/// The longest descriptions, in letters of four bytes: a page of 200 would have 8 MB.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_councils_has_so_many_bytes_at_most_too() {
    let app = TestApp::with_sample().await;
    app.sql("UPDATE councils SET description = repeat('𝔸', 5000)").await;
    app.reload().await;
    let client = app.anonymous();
    let first = "/v1/councils?limit=200";
    let (forwards, backwards) =
        client.there_and_back(first, |page| assert!(page.text.len() < 6 << 20, "{} bytes", page.text.len())).await;
    assert_eq!(forwards.len() as u64, client.get(first).await.expect(200).json["total"].as_u64().unwrap());
    assert_eq!(forwards, backwards);
}

#[tokio::test(flavor = "multi_thread")]
async fn components_that_are_too_much_for_one_answer_are_named_instead() {
    let app = with_long_records(120).await;
    let admin = app.admin().await;
    let parent =
        publish(&admin, &admin.post("/v1/initiatives", &practice("The whole", "oldham")).await.expect(201)).await;
    let path = path(&parent);
    let id = parent.json["id"].as_str().unwrap();
    app.sql(&format!("UPDATE initiatives SET parent_id = '{id}' WHERE slug LIKE 'long-%'")).await;
    app.reload().await;
    let stranger = app.anonymous();
    let refused = stranger.get(&format!("{path}?include=components")).await.expect_problem(400, "bad_query");
    assert_eq!(refused.faults(), [("include".into(), "too_large".into())]);
    let named = stranger.get(&path).await.expect(200);
    assert_eq!(named.json["components"].as_array().map(Vec::len), Some(120));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_costs_more_takes_more_of_the_quota() {
    let app = TestApp::with_flags(&["--limit-anonymous", "20"]).await;
    let stranger = app.anonymous();
    let left = |answer: crate::support::Answer| answer.header("ratelimit").to_owned();
    assert!(left(stranger.get("/v1/changes?limit=1000").await.expect(200)).contains(";r=10;"));
    assert!(left(stranger.get("/v1/initiatives?include=themes&limit=1").await.expect(200)).contains(";r=5;"));
    let wrong = json!({ "email": "nobody@example.org", "password": "not the password" });
    assert!(left(stranger.post("/v1/auth/login", &wrong).await.expect(401)).contains(";r=0;"));
}
