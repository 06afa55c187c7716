//! Several hosts in the address of the database, and connections that grow old.

use std::time::{Duration, Instant};

use ccin_registry::db::Db;
use diesel_async::SimpleAsyncConnection;
use reqwest::Method;

use super::proxy::{Line, Proxy};
use super::{soon, theme};
use crate::support::TestApp;
use crate::support::client::send;
use crate::support::database::{Database, Template};
use crate::support::scratch::connect;

/// A service with the address of two hosts, both lines to the same database.
async fn at_two_lines(first: Line) -> (TestApp, Proxy, Proxy) {
    let database = Database::new(Template::Sample).await;
    let (one, other) = (Proxy::to(&database.url).await, Proxy::to(&database.url).await);
    one.set(first).await;
    let port = |proxy: &Proxy| proxy.url.split_once("127.0.0.1:").unwrap().1.split('/').next().unwrap().to_owned();
    let url = one.url.replace(&port(&one), &format!("{},127.0.0.1:{}", port(&one), port(&other)));
    (TestApp::behind(database, &url, &[]), one, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_first_host_does_not_use_up_the_time_of_the_second() {
    for first in [Line::Frozen, Line::Cut] {
        let (app, _one, _other) = at_two_lines(first).await;
        let (anonymous, admin) = (app.anonymous(), app.admin().await);
        for round in 0..3 {
            app.db.renew();
            let label = format!("Two lines {round}");
            let write = soon(admin.request(Method::POST, "/v1/themes").json(&theme(&label))).await;
            assert_eq!(write.status, 201, "{first:?}: {}", write.text);
        }
        assert_eq!(anonymous.get("/health/ready").await.expect(200).json["status"], "ready", "{first:?}");
        anonymous.get("/v1/themes/two-lines-2").await.expect(200);
        assert!(app.db.takes_writes().await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_host_that_a_connection_does_not_lead_to_does_not_matter_to_it() {
    // The second is frozen beside a first one that works; then the first, beside connections to the second.
    for (is_first, line) in [(false, Line::Whole), (true, Line::Cut)] {
        let (app, one, other) = at_two_lines(line).await;
        let admin = app.admin().await;
        admin.get("/v1/me").await.expect(200);
        if is_first {
            one.set(Line::Frozen).await;
        } else {
            other.set(Line::Frozen).await;
        }
        // Something that takes long is waited for: the host that it is asked of gives signs of life.
        let holder = connect(&app.database.url).await;
        holder.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").await.unwrap();
        let asked = tokio::spawn(send(admin.request(Method::GET, "/v1/me")));
        tokio::time::sleep(Duration::from_millis(2500)).await;
        assert!(!asked.is_finished(), "the first is frozen: {is_first}");
        holder.batch_execute("ROLLBACK").await.unwrap();
        asked.await.unwrap().expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_goes_silent_is_left_for_the_other() {
    let (app, one, _other) = at_two_lines(Line::Whole).await;
    let admin = app.admin().await;
    admin.get("/v1/me").await.expect(200);
    one.set(Line::Frozen).await;
    let since = Instant::now();
    while soon(admin.request(Method::GET, "/v1/me")).await.status != 200 {
        assert!(since.elapsed() < Duration::from_secs(10), "never on the other host");
    }
    admin.post("/v1/themes", &theme("On the other")).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_of_the_pool_is_replaced_when_it_is_old() {
    async fn process(db: &Db) -> i32 {
        use diesel_async::RunQueryDsl;
        let mut conn = db.get().await.unwrap();
        conn.batch_execute("SELECT 1").await.unwrap();
        let query = diesel::dsl::sql::<diesel::sql_types::Integer>("SELECT pg_backend_pid()");
        query.get_result(&mut *conn).await.unwrap()
    }
    let database = Database::new(Template::Blank).await;
    let young = Db::new(&database.url, 1).unwrap();
    let old = Db::renewing(&database.url, 1, Duration::from_millis(300)).unwrap();
    let before = (process(&young).await, process(&old).await);
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(process(&young).await, before.0, "half an hour is not over");
    assert_ne!(process(&old).await, before.1, "it has come to its age");
    young.renew();
    assert_ne!(process(&young).await, before.0, "it was to be renewed");
}
