//! A server that dies or hangs, rather than the line to it: a private PostgreSQL of each test's own.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ccin_registry::db::embedded::PrivatePostgres;
use reqwest::Method;

use super::{is_away, soon, theme, wishes};
use crate::support::TestApp;
use crate::support::database::Database;
use crate::support::scratch::{LONG, Scratch, Stopped, kill_9, server_pid};

/// A service over a server of its own. The server is stopped with the last of the two values.
async fn with_a_server(scratch: &Scratch) -> TestApp {
    let settings = scratch.settings();
    let server = tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings)).await.unwrap().unwrap();
    let database = Database::on(Arc::new(server)).await;
    let address = database.url.clone();
    TestApp::behind(database, &address, &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_is_away_for_a_moment_and_then_back() {
    let scratch = Scratch::new("away-killed");
    let app = with_a_server(&scratch).await;
    let (anonymous, admin) = (app.anonymous(), app.admin().await);
    let mut kept = Vec::new();
    for round in 0..3 {
        let pid = server_pid(&scratch.dir()).expect("a running server");
        kill_9(pid);
        let deadline = Instant::now() + LONG;
        // Never anything but the two: while it is away, and once it is back.
        for count in 0.. {
            let label = format!("round {round} theme {count}");
            let read = soon(anonymous.request(Method::GET, "/v1/themes?limit=1")).await;
            let write = soon(admin.request(Method::POST, "/v1/themes").json(&theme(&label))).await;
            let is_back = read.status == 200 && write.status == 201;
            if read.status != 200 {
                is_away(read);
            }
            if write.status == 201 {
                kept.push(write.json["slug"].as_str().unwrap().to_owned());
            } else {
                is_away(write);
            }
            if is_back && server_pid(&scratch.dir()).is_some_and(|now| now != pid) {
                break;
            }
            assert!(Instant::now() < deadline, "never back");
        }
    }
    for slug in kept {
        anonymous.get(&format!("/v1/themes/{slug}")).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_is_away_until_it_goes_on() {
    let scratch = Scratch::new("away-hangs");
    let app = with_a_server(&scratch).await;
    let (anonymous, admin) = (app.anonymous(), app.admin().await);
    anonymous.get("/health").await.expect(200);
    {
        let _stopped = Stopped::all_of(&scratch.dir());
        let asked: Vec<_> = wishes(&anonymous, &admin).into_iter().map(|wish| tokio::spawn(soon(wish))).collect();
        assert_eq!(soon(anonymous.request(Method::GET, "/v1/councils")).await.status, 200);
        for answer in asked {
            is_away(answer.await.unwrap());
        }
    }
    let since = Instant::now();
    while soon(anonymous.request(Method::GET, "/health")).await.status != 200 {
        assert!(since.elapsed() < Duration::from_secs(20), "never back");
    }
    admin.post("/v1/themes", &theme("back")).await.expect(201);
}
