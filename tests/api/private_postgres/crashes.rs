//! Servers and applications that are killed.

use std::collections::HashSet;
use std::fs;
use std::time::{Duration, Instant};

use super::holder::Holder;
use crate::support::scratch::{Scratch, connect, eventually, is_stopped, kill_9, server_pid};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_when_the_server_is_killed() {
    let scratch = Scratch::new("writes");
    let holder = Holder::start(&scratch.dir(), &[]);
    connect(&holder.url).await.batch_execute("create table written (id int primary key)").await.unwrap();

    let mut acknowledged = Vec::new();
    let mut next = 0;
    for round in 1..=5 {
        let client = connect(&holder.url).await;
        let pid = server_pid(&scratch.dir()).expect("a running server");
        // One thread writes while another kills, so that the kill falls into the middle of writes.
        let enough = acknowledged.len() + 50;
        let mut killed = None;
        loop {
            next += 1;
            match client.execute("insert into written values ($1)", &[&next]).await {
                Ok(_) => acknowledged.push(next),
                Err(_) if killed.is_some() => break,
                Err(error) => panic!("a write failed before the kill: {error}"),
            }
            if acknowledged.len() == enough {
                killed = Some(tokio::task::spawn_blocking(move || kill_9(pid)));
            }
        }
        killed.expect("a kill").await.unwrap();
        let since = Instant::now();
        drop(connect(&holder.url).await);
        assert_ne!(server_pid(&scratch.dir()), Some(pid));
        println!("round {round}: back after {:?}", since.elapsed());
    }
    let rows = connect(&holder.url).await.query("select id from written", &[]).await.unwrap();
    let kept: HashSet<i32> = rows.iter().map(|row| row.get(0)).collect();
    let lost: Vec<_> = acknowledged.iter().filter(|id| !kept.contains(id)).collect();
    assert!(acknowledged.len() >= 250 && lost.is_empty(), "lost: {lost:?}");
    holder.stop();
    assert!(is_stopped(&scratch.dir()));
}

#[tokio::test]
async fn a_worker_that_outlives_its_server_does_not_keep_it_from_coming_back() {
    let scratch = Scratch::new("orphan");
    let holder = Holder::start(&scratch.dir(), &["--fast"]);
    let client = connect(&holder.url).await;
    let worker: i32 = client.query_one("select pg_backend_pid()", &[]).await.unwrap().get(0);
    let busy = tokio::spawn(async move { client.batch_execute("do 'begin loop null; end loop; end'").await });
    let pid = server_pid(&scratch.dir()).expect("a running server");
    let watcher = connect(&holder.url).await;
    let active = "select 1 from pg_stat_activity where pid = $1 and state = 'active'";
    while watcher.query_opt(active, &[&worker]).await.unwrap().is_none() {}
    kill_9(pid);
    eventually("the server is back", || server_pid(&scratch.dir()).is_some_and(|now| now != pid));
    connect(&holder.url).await;
    assert!(busy.await.unwrap().is_err(), "the worker still runs");
    holder.stop();
    assert!(is_stopped(&scratch.dir()));
}

#[tokio::test]
async fn a_server_left_by_a_killed_application_is_joined() {
    let scratch = Scratch::new("app");
    let holder = Holder::start(&scratch.dir(), &["--fast"]);
    connect(&holder.url).await.batch_execute("create table kept (id int)").await.unwrap();
    let pid = server_pid(&scratch.dir());
    holder.kill();

    let next = Holder::start(&scratch.dir(), &["--fast"]);
    assert_eq!(server_pid(&scratch.dir()), pid, "it started a second server instead of joining");
    assert!(next.took < Duration::from_secs(1), "joined only after {:?}", next.took);
    connect(&next.url).await.batch_execute("select from kept").await.unwrap();

    // Both killed: nothing is left to join.
    next.kill();
    kill_9(pid.expect("a running server"));
    let last = Holder::start(&scratch.dir(), &["--fast"]);
    assert_ne!(server_pid(&scratch.dir()), pid);
    connect(&last.url).await.batch_execute("select from kept").await.unwrap();
    last.terminate();
    assert!(is_stopped(&scratch.dir()));
}

#[test]
fn no_empty_database_takes_the_place_of_data_that_went_away() {
    let scratch = Scratch::new("gone");
    let holder = Holder::start(&scratch.dir(), &["--fast"]);
    let pid = server_pid(&scratch.dir()).expect("a running server");
    let (data, moved) = (scratch.dir().join("data"), scratch.dir().join("moved"));
    fs::rename(&data, &moved).unwrap();
    kill_9(pid);
    eventually("the server ends", || {
        let lock = fs::File::open(scratch.dir().join("server.lock")).unwrap();
        lock.try_lock_shared().is_ok()
    });
    // Long enough for the first attempt, which must fail; the second succeeds.
    let deadline = Instant::now() + Duration::from_millis(500);
    while Instant::now() < deadline {
        assert!(!data.exists(), "an empty database was made");
        std::thread::sleep(Duration::from_millis(20));
    }
    fs::rename(&moved, &data).unwrap();
    eventually("the server is back", || server_pid(&scratch.dir()).is_some_and(|now| now != pid));
    holder.stop();
    assert!(is_stopped(&scratch.dir()));
}
