//! A database that was restored is another history.

use serde_json::json;

use crate::support::TestApp;
use crate::support::client::send;
use crate::support::practice::practice;

/// As restoring a dump leaves it: the same rows in a new table, without the last ones.
const RESTORE: &str = "BEGIN;
    ALTER TABLE changes RENAME TO changes_lost;
    CREATE TABLE changes (LIKE changes_lost INCLUDING ALL);
    INSERT INTO changes SELECT * FROM changes_lost ORDER BY position LIMIT 5;
    COMMIT";

/// A follower was told of nothing after a restore, and kept 67 records that were gone.
#[tokio::test(flavor = "multi_thread")]
async fn cursors_and_positions_of_the_lost_history_are_refused() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let made = admin.post("/v1/initiatives", &practice("Soon lost", "oldham")).await.expect(201);
    let position = made.header("registry-position").to_owned();
    let page = admin.get("/v1/changes?limit=1000").await.expect(200);
    let next = page.json["page"]["next"].as_str().unwrap().replace(&app.url, "");
    assert_eq!(admin.get(&next).await.expect(200).json["data"], json!([]));
    let with_position = async || {
        let request = admin.request(reqwest::Method::GET, "/v1/themes").header("Registry-Min-Position", &position);
        send(request).await
    };
    with_position().await.expect(200);
    admin.post("/v1/initiatives", &practice("Lost as well", "oldham")).await.expect(201);
    let lists = ["/v1/initiatives?limit=5", "/v1/outcomes?limit=5", "/v1/audit?limit=1"];
    let mut second_pages = Vec::new();
    for list in lists {
        let first = admin.get(list).await.expect(200);
        second_pages.push(first.json["page"]["next"].as_str().unwrap().replace(&app.url, ""));
    }

    app.sql(RESTORE).await;
    let refused = admin.get(&next).await.expect_problem(400, "bad_query");
    assert_eq!(refused.faults(), [("since".into(), "bad_cursor".into())]);
    assert!(refused.text.contains("restored"), "{}", refused.text);
    app.reload().await;
    let refused = with_position().await.expect_problem(400, "bad_query");
    assert_eq!(refused.faults(), [("registry-min-position".into(), "bad_cursor".into())]);
    for (list, second) in lists.iter().zip(second_pages) {
        let refused = admin.get(&second).await.expect_problem(400, "bad_query");
        assert_eq!(refused.faults(), [("cursor".into(), "bad_cursor".into())], "{list}");
        admin.get(list).await.expect(200);
    }
    // Whoever begins again goes on as before.
    let page = admin.get("/v1/changes").await.expect(200);
    let next = page.json["page"]["next"].as_str().unwrap().replace(&app.url, "");
    admin.get(&next).await.expect(200);
}
