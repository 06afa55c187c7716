//! Several users of one server: processes, and values within a process.

use std::time::{Duration, Instant};

use ccin_registry::db::embedded::PrivatePostgres;
use ccin_registry::db::open::DATABASE;
use nix::unistd::{Pid, getpgid};

use super::holder::Holder;
use crate::support::scratch::{Scratch, connect, eventually, is_stopped, kill_9, server_pid};

// It is kept beside the server of the service, and dropped on whatever thread.
const fn is_send_and_sync<T: Send + Sync>() {}
const _: () = is_send_and_sync::<PrivatePostgres>();

#[test]
fn of_ten_first_starts_at_once_one_makes_the_database_and_nine_join() {
    let scratch = Scratch::new("ten");
    let since = Instant::now();
    let starting: Vec<Holder> = (0..10).map(|_| Holder::spawn(&scratch.dir(), &["--fast"], None)).collect();
    let holders: Vec<Holder> = starting.into_iter().map(|holder| holder.ready().expect("a server")).collect();
    println!("ten first starts took {:?}", since.elapsed());
    let made = holders.iter().flat_map(|holder| &holder.announced).filter(|said| said.starts_with("Creating"));
    assert_eq!(made.count(), 1);
    assert!(holders.iter().all(|holder| holder.url == holders[0].url));
    assert!(server_pid(&scratch.dir()).is_some());
    // All leave at once; exactly one of them is the last.
    let leaving: Vec<_> = holders.into_iter().map(|holder| std::thread::spawn(|| holder.stop())).collect();
    for thread in leaving {
        thread.join().expect("an orderly stop");
    }
    assert!(is_stopped(&scratch.dir()));
}

#[test]
fn the_last_one_out_stops_the_server() {
    let scratch = Scratch::new("last");
    let first = Holder::start(&scratch.dir(), &["--fast"]);
    let second = Holder::start(&scratch.dir(), &["--fast"]);
    let pid = server_pid(&scratch.dir()).expect("a running server");
    let group = getpgid(Some(Pid::from_raw(pid)));
    assert_eq!(group, Ok(Pid::from_raw(pid)), "Ctrl-C in the terminal would reach the server");
    first.stop();
    assert_eq!(server_pid(&scratch.dir()), Some(pid), "it was stopped under the second user");

    // The one that only joined watches over the server, too.
    kill_9(pid);
    eventually("the one that joined starts the server again", || {
        server_pid(&scratch.dir()).is_some_and(|now| now != pid)
    });
    second.stop();
    assert!(is_stopped(&scratch.dir()));
}

#[test]
fn the_second_start_takes_well_under_a_second() {
    let scratch = Scratch::new("second");
    Holder::start(&scratch.dir(), &[]).stop();
    // The best of three, as the machine is busy with other tests.
    let best = (0..3).map(|_| {
        let holder = Holder::start(&scratch.dir(), &[]);
        let took = holder.took;
        holder.stop();
        took
    });
    let best = best.min().expect("three starts");
    assert!(best < Duration::from_secs(1), "{best:?}");
}

#[tokio::test]
async fn a_new_cluster_has_data_checksums() {
    let scratch = Scratch::new("checksums");
    let holder = Holder::start(&scratch.dir(), &["--fast"]);
    let row = connect(&holder.url).await.query_one("show data_checksums", &[]).await.unwrap();
    assert_eq!(row.get::<_, &str>(0), "on");
    holder.stop();
}

#[tokio::test]
async fn a_value_that_is_dropped_inside_a_runtime_stops_its_server() {
    let scratch = Scratch::new("drop");
    let settings = scratch.settings();
    let postgres = tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings)).await.unwrap().unwrap();
    let row = connect(&postgres.url(DATABASE))
        .await
        .query_one(
            "select current_user::text, usesuper, current_setting('listen_addresses'), \
                    pg_encoding_to_char(encoding)::text, datcollate::text from pg_user, \
                    pg_database where usename = current_user and datname = current_database()",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, &str>(0), "registry");
    assert!(row.get::<_, bool>(1), "not a superuser");
    assert_eq!(row.get::<_, &str>(2), "");
    assert_eq!(row.get::<_, &str>(3), "UTF8");
    assert_eq!(row.get::<_, &str>(4), "C.UTF-8");
    // Two values in one process share the server, as two processes do.
    let again = PrivatePostgres::start(&scratch.settings()).unwrap();
    drop(postgres);
    assert!(server_pid(&scratch.dir()).is_some());
    drop(again);
    assert!(is_stopped(&scratch.dir()));
}
