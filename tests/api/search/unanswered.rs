//! Searches that find nothing are counted, for moderators to see.

use ccin_registry::access::role::Role;
use serde_json::{Value, json};

use super::address;
use crate::support::{Client, TestApp};

/// What moderators see: words and how often.
async fn listed(officer: &Client, query: &str) -> Vec<(String, i64)> {
    let page = officer.get(&format!("/v1/search/unanswered{query}")).await.expect(200);
    let row = |row: &Value| (row["words"].as_str().unwrap().to_owned(), row["searches"].as_i64().unwrap());
    page.json["data"].as_array().unwrap().iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_that_find_nothing_are_counted_by_their_words() {
    let app = TestApp::with_sample().await;
    let reader = app.anonymous();
    let officer = app.moderator().await;
    let viewer = app.signed_in(Role::MemberViewer, Some("oldham")).await;
    assert_eq!(listed(&officer, "").await, []);

    // However they are written, and as often as they are asked for: no answer is kept ready.
    for (path, words) in [
        ("/v1/search", "Zeppelin  HANGARS"),
        ("/v1/search", "Zeppelin  HANGARS"),
        ("/v1/initiatives", "zéppelin, hangars!"),
        ("/v1/councils/oldham/initiatives", "xylophone quartet"),
    ] {
        let nothing = reader.get(&address(path, &[("q", words)])).await.expect(200);
        assert_eq!(nothing.json["total"], 0, "{path} {words}");
    }
    assert_eq!(listed(&officer, "").await, [("zeppelin hangars".into(), 3), ("xylophone quartet".into(), 1)]);

    // What is found, is found when it is corrected, or is left out by a filter alone, is not unanswered.
    for (path, parameters, total) in [
        ("/v1/search", &[("q", "oldham")][..], None),
        ("/v1/initiatives", &[("q", "plymuth")], None),
        ("/v1/initiatives", &[("q", "oldham"), ("nation", "wales")], Some(0)),
        ("/v1/initiatives", &[("kind", "case_study"), ("updated_since", "2999-01-01T00:00:00Z")], Some(0)),
        // No word at all.
        ("/v1/search", &[("q", "!?")], Some(0)),
    ] {
        let found = reader.get(&address(path, parameters)).await.expect(200);
        assert_eq!(total.is_none(), found.json["total"] != 0, "{path} {parameters:?}");
    }
    assert_eq!(listed(&officer, "?limit=1").await, [("zeppelin hangars".into(), 3)]);
    assert_eq!(listed(&officer, "").await.len(), 2);

    // Folding makes words longer; what is too long for the table is cut.
    let long = ["ßqxz"; 40].join(" ");
    assert_eq!(reader.get(&address("/v1/search", &[("q", &long)])).await.expect(200).json["total"], json!(0));
    assert!(listed(&officer, "").await.iter().all(|(words, _)| words.chars().count() <= 200));
    assert_eq!(listed(&officer, "").await.len(), 3);

    viewer.get("/v1/search/unanswered").await.expect(403);
    reader.get("/v1/search/unanswered").await.expect(401);
    officer.get("/v1/search/unanswered?limit=0").await.expect(400);
}
