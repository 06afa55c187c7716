//! Hearing of changes, and hearing that nothing can be heard any more.

use std::time::Duration;

use ccin_registry::db::Listener;
use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use super::at_a_line;
use super::proxy::Line;
use crate::support::TestApp;
use crate::support::records::theme;
use crate::support::scratch::LONG;

/// Time enough for a notification that must not come.
const MOMENT: Duration = Duration::from_millis(200);

async fn heard(listener: &mut Listener) -> bool {
    let changed = tokio::time::timeout(LONG, listener.changes.changed()).await.expect("word within a long time");
    changed.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_heard_of_and_nothing_else() {
    let app = TestApp::with_sample().await;
    let mut listener = app.db.listen().await.unwrap();
    let mut other = ccin_registry::db::establish(app.database.url.clone()).await.unwrap();
    let change = "UPDATE councils SET description = 'x' WHERE slug = 'oldham'";
    for silent in [
        format!("BEGIN; {change}; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK"),
        "UPDATE councils SET description = 'x' WHERE false".into(),
        format!("BEGIN; {change}; SET CONSTRAINTS ALL IMMEDIATE"),
    ] {
        other.batch_execute(&silent).await.unwrap();
        tokio::time::timeout(MOMENT, listener.changes.changed()).await.expect_err(&silent);
    }
    other.batch_execute("COMMIT").await.unwrap();
    assert!(heard(&mut listener).await);
    // The new rows are there when the word comes; the connection serves queries, and goes on to listen.
    for round in 0..3 {
        app.admin().await.post("/v1/themes", &theme(&format!("Heard {round}"))).await.expect(201);
        assert!(heard(&mut listener).await);
        use ccin_registry::db::schema::changes::dsl::{changes, record_id, resource};
        let last = changes
            .filter(resource.eq("theme"))
            .select(record_id)
            .order(ccin_registry::db::schema::changes::position.desc());
        let last: uuid::Uuid = last.first(&mut *listener).await.unwrap();
        let found = app.anonymous().get(&format!("/v1/themes/{last}")).await.expect(200);
        assert_eq!(found.json["label"], format!("Heard {round}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_hears_that_the_server_is_gone() {
    for line in [Line::Cut, Line::Frozen] {
        let (app, proxy) = at_a_line().await;
        let mut listener = app.db.listen().await.unwrap();
        // Busy or not.
        let busy = app.db.listen().await.unwrap();
        let mut changes = busy.changes.clone();
        let query = tokio::spawn(async move {
            let mut busy = busy;
            busy.batch_execute("SELECT pg_sleep(30)").await
        });
        proxy.set(line).await;
        assert!(!heard(&mut listener).await, "{line:?}");
        assert!(tokio::time::timeout(LONG, changes.changed()).await.unwrap().is_err(), "{line:?}");
        query.await.unwrap().expect_err("a connection that has ended");
        assert!(app.db.listen().await.is_err(), "{line:?}");
        proxy.set(Line::Whole).await;
        let mut listener = app.db.listen().await.unwrap();
        app.sql("UPDATE councils SET description = 'x' WHERE slug = 'oldham'").await;
        assert!(heard(&mut listener).await, "{line:?}");
    }
}
