//! A database that answers and takes no writes: writers are told so and to come again, readers go on, and nothing needs to
//! be restarted. Whoever asks for the health of the service is answered at once, whatever the database does.

use std::time::{Duration, Instant};

use ccin_registry::db::Db;
use serde_json::Value;

use super::proxy::Line;
use super::{at_a_line, theme};
use crate::support::scratch::connect;
use crate::support::{Answer, Client, TestApp};

#[track_caller]
fn is_refused(answer: Answer, why: &str) {
    let answer = answer.expect_problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), "10");
    assert!(answer.text.contains(why), "{}", answer.text);
}

/// Until the service says of writes that they are possible, or why not.
async fn until_writes_are(client: &Client, possible: bool, why: &str) {
    let since = Instant::now();
    loop {
        let ready = client.get("/health/ready").await.expect(200).json;
        assert_eq!(ready["reads"]["possible"], true, "{ready}");
        let writes = &ready["writes"];
        if writes["possible"] == possible && writes["why"].as_str().unwrap_or_default().contains(why) {
            assert_eq!(ready["status"], if possible { "ready" } else { "degraded" }, "{ready}");
            assert_eq!(ready["why"].is_null(), possible, "{ready}");
            return;
        }
        assert!(since.elapsed() < Duration::from_secs(20), "{ready}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_database_refuses_writers_and_is_written_again_without_a_restart() {
    let app = TestApp::with_sample().await;
    let (anonymous, admin) = (app.anonymous(), app.admin().await);
    until_writes_are(&anonymous, true, "").await;
    let operator = connect(&app.database.url).await;
    let name: String = operator.query_one("SELECT current_database()::text", &[]).await.unwrap().get(0);
    let strict = format!("{}&target_session_attrs=read-write", app.database.url);
    let strict = Db::new(&strict, 1).unwrap();
    for round in 0..2 {
        operator.batch_execute(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await.unwrap();
        // What holds for new connections holds for the service once its connections are new.
        app.db.renew();
        is_refused(admin.post("/v1/themes", &theme("Refused")).await, "read-only");
        until_writes_are(&anonymous, false, "read-only").await;
        assert!(!strict.takes_writes().await.unwrap(), "the driver is told to ask, too");
        anonymous.get("/v1/councils/oldham").await.expect(200);
        anonymous.get("/health/live").await.expect(200);
        anonymous.get("/health").await.expect(200);
        operator.batch_execute(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await.unwrap();
        until_writes_are(&anonymous, true, "").await;
        admin.post("/v1/themes", &theme(&format!("Taken {round}"))).await.expect(201);
    }
    anonymous.get("/v1/themes/refused").await.expect_problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writers_until_there_is_room_again() {
    let app = TestApp::with_sample().await;
    let (anonymous, admin) = (app.anonymous(), app.admin().await);
    app.sql(
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE EXCEPTION 'could not extend file \"base/5/1234\": No space left on device' USING ERRCODE = '53100';
         END $$;
         CREATE TRIGGER full_disk BEFORE INSERT ON themes EXECUTE FUNCTION full_disk()",
    )
    .await;
    let refused = admin.post("/v1/themes", &theme("Refused")).await;
    assert!(!refused.text.contains("base/5"), "{}", refused.text);
    is_refused(refused, "has no disk space left");
    until_writes_are(&anonymous, false, "disk").await;
    anonymous.get("/v1/councils/oldham").await.expect(200);
    app.sql("DROP TRIGGER full_disk ON themes").await;
    admin.post("/v1/themes", &theme("Taken")).await.expect(201);
    until_writes_are(&anonymous, true, "").await;
}

/// The quickest of a few answers: the machine is busy with other tests, and who waits for the database waits each time.
async fn quickest(client: &Client, path: &str) -> (Duration, Value) {
    let mut best = (Duration::MAX, Value::Null);
    for _ in 0..5 {
        let since = Instant::now();
        let answer = client.get(path).await.expect(200);
        if since.elapsed() < best.0 {
            best = (since.elapsed(), answer.json);
        }
    }
    best
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_at_once_whatever_the_pool_does() {
    let (app, proxy) = at_a_line().await;
    let client = app.anonymous();
    let is_quick = async |when: &str| {
        for path in ["/health/live", "/health/ready"] {
            let (took, _) = quickest(&client, path).await;
            assert!(took < Duration::from_millis(100), "{when}, {path}: {took:?}");
        }
    };
    let mut taken = Vec::new();
    for _ in 0..4 {
        taken.push(app.db.get().await.unwrap());
    }
    is_quick("no connection is left").await;
    // Nobody can have one, and yet writes are possible.
    until_writes_are(&client, true, "").await;
    drop(taken);
    for line in [Line::Frozen, Line::Cut] {
        proxy.set(line).await;
        is_quick("just away").await;
        until_writes_are(&client, false, "").await;
        is_quick("away").await;
        proxy.set(Line::Whole).await;
        until_writes_are(&client, true, "").await;
    }
    app.db.close();
    is_quick("the pool is closed").await;
}
