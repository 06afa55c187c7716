//! Who replays the feed, from the beginning or from any cursor, ends with what a fresh reading shows: while many write at
//! once, in every way there is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ccin_registry::access::role::Role;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::reader::{Reader, assert_same, fresh};
use super::writer::{World, Writer};
use crate::support::{Client, TestApp};

const WRITERS: u64 = 5;
const CHANGES_EACH: usize = 25;

/// Readers of every reach there is.
async fn callers(app: &TestApp) -> Vec<(&'static str, Client)> {
    vec![
        ("anonymous", app.anonymous()),
        ("member viewer", app.signed_in(Role::MemberViewer, None).await),
        ("member viewer of York", app.signed_in(Role::MemberViewer, Some("york")).await),
        ("contributor of Rochdale", app.signed_in(Role::Contributor, Some("rochdale")).await),
        ("editor of Oldham", app.editor("oldham").await),
        ("moderator", app.moderator().await),
    ]
}

/// Follow the feed until the writers are done, then to its end. Readers begun anew and at remembered cursors come along.
async fn follow(app: &TestApp, client: Client, seed: u64, done: Arc<AtomicBool>) -> Vec<Reader> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut readers = vec![Reader::new(app, client.clone())];
    while !done.load(Ordering::Relaxed) {
        let at = rng.random_range(0..readers.len());
        let more = readers[at].step(rng.random_range(1..=12)).await;
        if readers.len() < 8 && rng.random_ratio(1, 12) {
            readers.push(readers[at].clone());
        } else if readers.len() < 8 && rng.random_ratio(1, 40) {
            readers.push(Reader::new(app, client.clone()));
        }
        if !more {
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..40))).await;
        }
    }
    for reader in &mut readers {
        while reader.step(rng.random_range(1..=60)).await {}
    }
    readers.push(Reader::new(app, client));
    readers.last_mut().unwrap().finish().await;
    readers
}

#[tokio::test(flavor = "multi_thread")]
async fn every_copy_is_in_the_end_what_a_fresh_reading_shows() {
    let seed: u64 =
        std::env::var("CCIN_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand::random);
    // Shown when the test fails.
    println!("CCIN_TEST_SEED={seed}");
    let app = TestApp::with_sample().await;
    let world = Arc::new(World::new(&app).await);
    let callers = callers(&app).await;
    let done = Arc::new(AtomicBool::new(false));

    let writing = async {
        let mut writers = tokio::task::JoinSet::new();
        for number in 0..WRITERS {
            let mut writer = Writer::new(Arc::clone(&world), seed.wrapping_add(number)).await;
            writers.spawn(async move {
                for _ in 0..CHANGES_EACH {
                    writer.change().await;
                }
            });
        }
        let ended = writers.join_all().await;
        done.store(true, Ordering::Relaxed);
        ended.len()
    };
    let reading = callers
        .iter()
        .enumerate()
        .map(|(number, (_, client))| follow(&app, client.clone(), seed ^ number as u64, Arc::clone(&done)));
    let (_, readers) = futures_util::join!(writing, futures_util::future::join_all(reading));

    for ((caller, client), readers) in callers.iter().zip(readers) {
        let fresh = fresh(client).await;
        assert!(fresh.len() > 100, "{caller} sees {} records", fresh.len());
        for (number, reader) in readers.iter().enumerate() {
            assert_same(&reader.copy, &fresh, &format!("seed {seed}, {caller}, reader {number}"));
        }
    }
    let (made, tried) = world.tally();
    assert!(made * 4 > tried, "only {made} of {tried} changes were made");
}
