//! A database that was restored is another history.

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::json;

use crate::support::TestApp;
use crate::support::client::{Client, send};
use crate::support::practice::practice;
use crate::support::program::Program;
use crate::support::scratch::Scratch;

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

fn put(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status().expect("cp");
    assert!(copied.success(), "{} to {}", from.display(), to.display());
}

/// What a follower asks for next, when it has everything.
async fn next(client: &Client) -> String {
    let page = client.get("/v1/changes?limit=1000").await.expect(200);
    page.json["page"]["next"].as_str().unwrap().split_once("/v1/").unwrap().1.to_owned()
}

/// Nothing in PostgreSQL tells of this: the cluster, its timeline and its tables are the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_was_copied_and_put_back_is_another_history_from_there_on() {
    let scratch = Scratch::new("put-back");
    let (home, copy) = (scratch.path().join("home"), scratch.path().join("copy"));
    let (program, url) = Program::serve(&home, &[], &[]);
    let password = fs::read_to_string(home.join("first-password.txt")).unwrap();
    let credentials = json!({ "email": "admin@ccin.example", "password": password.trim() });
    let tokens = Client::new(&url, None).post("/v1/auth/login", &credentials).await.expect(200);
    let token = tokens.json["access_token"].as_str().map(str::to_owned);
    let admin = |url: &str| Client::new(url, token.clone());
    let early = next(&admin(&url)).await;
    program.stop(Signal::SIGTERM).expect(0);
    put(&home, &copy);

    let (program, url) = Program::serve(&home, &[], &[]);
    admin(&url).post("/v1/themes", &json!({ "label": "Lost", "definition": "Lost." })).await.expect(201);
    let late = next(&admin(&url)).await;
    program.stop(Signal::SIGTERM).expect(0);

    // The copy is put back, and other changes get the numbers of those that are lost.
    fs::rename(&home, scratch.path().join("broken")).unwrap();
    put(&copy, &home);
    let (program, url) = Program::serve(&home, &[], &[]);
    for label in ["Other", "Another", "A third"] {
        let theme = json!({ "label": label, "definition": "Entered later." });
        admin(&url).post("/v1/themes", &theme).await.expect(201);
    }
    let refused = admin(&url).get(&format!("/v1/{late}")).await.expect_problem(400, "bad_query");
    assert_eq!(refused.faults(), [("since".into(), "bad_cursor".into())]);
    assert!(refused.text.contains("start again without it"), "{}", refused.text);
    // What was read before the copy was made is still a place in this history.
    assert_eq!(admin(&url).get(&format!("/v1/{early}")).await.expect(200).json["data"].as_array().unwrap().len(), 3);
    // A start in between takes nothing from a reader who missed none.
    let now = next(&admin(&url)).await;
    program.stop(Signal::SIGTERM).expect(0);
    let (program, url) = Program::serve(&home, &[], &[]);
    assert_eq!(admin(&url).get(&format!("/v1/{now}")).await.expect(200).json["data"], json!([]));
    program.stop(Signal::SIGTERM).expect(0);
}
