//! What takes long, measured: `cargo test --test api -- --ignored --nocapture measured`. Nothing is asserted of a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ccin_registry::api::routes::schemas;
use ccin_registry::db;
use ccin_registry::http::input::Draft;
use ccin_registry::registry::initiatives::model::NewInitiative;
use ccin_registry::registry::initiatives::{resolve, write};
use diesel_async::AsyncConnection;
use serde_json::json;

use crate::support::many::enter_many;
use crate::support::practice::practice;
use crate::support::records::{council, theme, whole_initiative};
use crate::support::{Client, TestApp};

/// How long each of the PATCHes took that another writer sent meanwhile.
async fn meanwhile(admin: Client, path: String, done: Arc<AtomicBool>) -> Vec<Duration> {
    let mut took = Vec::new();
    let mut etag = admin.get(&path).await.expect(200).etag().to_owned();
    while !done.load(Ordering::Relaxed) {
        let begun = Instant::now();
        let title = format!("Title {}", took.len());
        etag = admin.patch(&path, &etag, &json!({ "title": title })).await.expect(200).etag().to_owned();
        took.push(begun.elapsed());
    }
    took.sort();
    took
}

/// Do something while another writer writes, and say how long both took.
async fn beside(app: &TestApp, other: &str, what: &str, work: impl AsyncFnOnce()) {
    let done = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn(meanwhile(app.admin().await, other.to_owned(), Arc::clone(&done)));
    tokio::time::sleep(Duration::from_millis(700)).await;
    let begun = Instant::now();
    work().await;
    let took = begun.elapsed();
    tokio::time::sleep(Duration::from_millis(300)).await;
    done.store(true, Ordering::Relaxed);
    let others = writing.await.unwrap();
    let (middle, longest) = (others[others.len() / 2], others[others.len() - 1]);
    println!(
        "{what}: {took:.0?}; another writer's {} changes: median {middle:.1?}, longest {longest:.1?}",
        others.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures"]
async fn a_merge_and_a_rename_that_many_records_hang_on() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let other = admin.post("/v1/initiatives", &practice("Another record", "york")).await.expect(201);
    let other = other.header("location").to_owned();
    for count in [1_000, 2_000, 5_000] {
        for label in ["From", "Into"] {
            admin.post("/v1/themes", &theme(&format!("{label} {count}"))).await.expect(201);
        }
        let lead = admin.post("/v1/councils", &council(&format!("Lead {count}"))).await.expect(201);
        let slug = lead.header("location").rsplit('/').next().unwrap().to_owned();
        enter_many(&app, count, &format!("from-{count}"), &slug).await;
        app.sql("VACUUM ANALYZE").await;
        let target = json!({ "into": format!("into-{count}") });
        beside(&app, &other, &format!("merge of {count}"), async || {
            admin.post(&format!("/v1/themes/from-{count}/merge"), &target).await.expect(200);
        })
        .await;
        beside(&app, &other, &format!("rename of a council of {count}"), async || {
            admin.patch(lead.header("location"), lead.etag(), &json!({ "name": "Renamed" })).await.expect(200);
        })
        .await;
        let into = admin.get(&format!("/v1/themes/into-{count}")).await.expect(200);
        beside(&app, &other, &format!("rename of a theme of {count}"), async || {
            admin
                .patch(&format!("/v1/themes/into-{count}"), into.etag(), &json!({ "label": "Relabelled" }))
                .await
                .expect(200);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures"]
async fn ten_thousand_initiatives_by_the_services_own_path() {
    let app = TestApp::with_sample().await;
    let mut conn = app.db.dedicated(Duration::from_secs(120)).await.expect("a connection");
    let mut spent = [Duration::ZERO; 5];
    let mut backend = Duration::ZERO;
    let begun = Instant::now();
    conn.transaction(async |conn| {
        for n in 0..10_000 {
            if n > 0 && n % 1_000 == 0 {
                db::forget_plans(conn).await?;
            }
            let mut body = whole_initiative();
            body["title"] = json!(format!("One of ten thousand {n}"));
            body["slug"] = json!(null);
            body["parent"] = json!(null);
            let mut at = Instant::now();
            let mut lap = |place: usize| {
                spent[place] += at.elapsed();
                at = Instant::now();
            };
            let draft = Draft::<NewInitiative>::new(body, &schemas())?;
            lap(0);
            let resolved = resolve::resolve(conn, None, draft, None).await?;
            lap(1);
            let id = write::create(conn, &resolved, None).await?;
            lap(2);
            write::publish_new(conn, id).await?;
            lap(3);
        }
        spent[4] = begun.elapsed();
        let pid = diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("pg_backend_pid()"));
        let pid: i32 = diesel_async::RunQueryDsl::get_result(pid, conn).await?;
        backend = processor_time(&pid.to_string());
        Ok::<_, ccin_registry::error::ApiError>(())
    })
    .await
    .unwrap();
    let [checked, resolved, created, published, all] = spent;
    println!(
        "10,000 initiatives with all children: {:.1?}; checked {checked:.1?}, names {resolved:.1?}, created {created:.1?}, \
         published {published:.1?}, commit {:.1?}",
        begun.elapsed(),
        begun.elapsed() - all
    );
    println!("of that processor time: service {:.1?}, database {backend:.1?}", processor_time("self"));
}

/// Processor time that a process has used.
fn processor_time(pid: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // User and system time, in hundredths of a second.
    Duration::from_millis(10 * fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>())
}
