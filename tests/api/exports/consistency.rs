//! An export is one snapshot: what changes while it runs does not show in it.

use std::collections::HashSet;

use serde_json::Value;

use super::streams::{ROWS, long};

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_while_an_export_runs_does_not_show() {
    let app = long(&["--export-rows", "1000000"]).await;
    let path = "/v1/initiatives.ndjson?kind=commission&council=oldham&sort=-title";
    let mut response = app.anonymous().request(reqwest::Method::GET, path).send().await.unwrap();
    let mut bytes = response.chunk().await.unwrap().expect("the first row").to_vec();
    // Of three rows one goes, one is renamed and one is hidden; and there are new ones.
    app.sql(
        "SET session_replication_role = replica;
         DELETE FROM initiatives WHERE slug ~ '^long-.*[147]$';
         UPDATE initiatives SET title = 'Zz renamed meanwhile' WHERE slug ~ '^long-.*[258]$';
         UPDATE initiatives SET effective_visibility = 'private' WHERE slug ~ '^long-.*[369]$';
         INSERT INTO initiatives
            (id, slug, title, summary, kind, delivery_status, lead_council_id, state, effective_visibility, published_at)
         SELECT gen_random_uuid(), 'new-' || i, 'A new one', 'Entered while the export ran.', 'commission', 'live',
            (SELECT id FROM councils WHERE slug = 'oldham'), 'published', 'public', now() FROM generate_series(1, 100) i",
    )
    .await;
    app.reload().await;
    while let Some(piece) = response.chunk().await.expect("the rest") {
        bytes.extend_from_slice(&piece);
    }
    let text = String::from_utf8(bytes).unwrap();
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let slugs: HashSet<&str> = records.iter().map(|record| record["slug"].as_str().unwrap()).collect();
    assert_eq!(slugs.len(), records.len(), "a record came twice");
    assert_eq!(slugs.iter().filter(|slug| slug.starts_with("long-")).count(), ROWS);
    assert!(!slugs.iter().any(|slug| slug.starts_with("new-")) && !text.contains("renamed meanwhile"));
    let after = app.anonymous().get("/v1/initiatives?kind=commission&council=oldham&limit=1").await.expect(200);
    assert_ne!(after.json["total"].as_u64().unwrap() as usize, records.len(), "nothing has changed");
}
