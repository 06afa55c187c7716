//! How fast a whole list is handed out: 100,000 initiatives over HTTP beside a bare `COPY` of the same rows.
//!
//! `cargo bench --bench exports` brings up a private PostgreSQL below `target/tmp`, fills it and prints, for CSV and
//! newline-delimited JSON: rows a second of `COPY (the same expressions) TO STDOUT`, read and dropped; rows a second of the
//! export; their ratio; the time to the first byte; and by how much the memory of the process grew. It fails where the
//! promise is not kept: 0.8 of the rows a second, a first byte in well under a second, less than 16 MiB.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ccin_registry::auth::caller::Reach;
use ccin_registry::auth::issuers::{Issuers, Pace};
use ccin_registry::auth::keys::Keys;
use ccin_registry::cli::Cli;
use ccin_registry::db::embedded::{DATABASE, PrivatePostgres, Settings};
use ccin_registry::db::{self, Db, migrations};
use ccin_registry::exports::format::Format;
use ccin_registry::exports::query::Plan;
use ccin_registry::exports::tables;
use ccin_registry::input::Schemas;
use ccin_registry::limits::bucket::Clock;
use ccin_registry::openapi::Document;
use ccin_registry::sample;
use ccin_registry::server::Server;
use clap::Parser;
use diesel_async::SimpleAsyncConnection;
use futures_util::{StreamExt, pin_mut};

const ROWS: usize = 100_000;
const ROUNDS: usize = 3;

/// Initiatives with texts, themes, principles, outcomes, sources and partners, each by its number alone.
///
/// Past the triggers: what is searched and counted is read by no export of a whole list.
const GENERATE: &str = "
    SET session_replication_role = replica;
    CREATE TEMPORARY TABLE made AS
    SELECT i, md5('initiative ' || i)::uuid AS id,
        (SELECT array_agg(id ORDER BY slug) FROM councils WHERE membership_status IS DISTINCT FROM 'prospect') AS councils
    FROM generate_series(1, 100000) AS i;
    INSERT INTO initiatives (id, slug, title, summary, kind, delivery_status, started_on, lead_council_id, state, effective_visibility,
        published_at)
    SELECT id, 'generated-' || i, initcap(substr(md5('title ' || i), 1, 12)) || ' for neighbourhood ' || i,
        'What the council and its partners do together about matter ' || i || ', in two or three sentences of a usual length.',
        (ARRAY['case_study', 'policy_lab', 'policy_prototype', 'commission', 'challenge', 'idea'])[1 + i % 6],
        (ARRAY['idea', 'planned', 'pilot', 'live', 'scaled', 'completed', 'stopped'])[1 + i % 7],
        (2005 + i % 20)::text, councils[1 + i % cardinality(councils)], 'published', 'public', now()
    FROM made;
    INSERT INTO initiative_narratives (initiative_id, body, challenge, what_worked)
    SELECT id, repeat('Residents, staff and partners worked it out together, step by step. ', 6 + i % 8),
        repeat('Budgets fell while needs grew. ', 4), repeat('People stayed with it. ', 4) FROM made;
    INSERT INTO initiative_themes (initiative_id, theme_id, position)
    SELECT made.id, theme.id, theme.n % 3 FROM made JOIN
        (SELECT id, row_number() OVER (ORDER BY slug) - 1 AS n, count(*) OVER () AS many FROM themes WHERE status = 'active') theme
        ON theme.n IN (i % many, (i + 1) % many);
    INSERT INTO initiative_principles (initiative_id, principle_id, position)
    SELECT made.id, principle.id, 0 FROM made JOIN principles principle ON principle.scheme = 'ccin'
        AND principle.position = 1 + i % 10;
    INSERT INTO initiative_participants (initiative_id, council_id, role, position)
    SELECT id, councils[1 + (i + 7) % cardinality(councils)], 'partner', 0 FROM made WHERE i % 3 = 0;
    INSERT INTO initiative_partners (initiative_id, position, name, role)
    SELECT id, 0, 'A partner of neighbourhood ' || i, 'delivery' FROM made WHERE i % 2 = 0;
    INSERT INTO sources (initiative_id, key, position, title, kind, url)
    SELECT id, 'report', 0, 'Report ' || i, 'report', 'https://council.example/' || i FROM made;
    INSERT INTO outcomes (initiative_id, position, measure, kind, bound, value, unit, evidence_level, source_key)
    SELECT id, n, 'People who took part', 'output', 'at_least', i % 5000 + n, 'people', 2, 'report'
    FROM made, generate_series(0, 1) AS n WHERE i % 4 <> 0;
";

#[tokio::main]
async fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let settings =
        Settings { durable: false, announce: |line| eprintln!("{line}"), ..Settings::new(folder.join("benches")) };
    let server = tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings)).await.expect("a thread");
    let server = server.expect("the private PostgreSQL starts");
    let name = format!("bench_{}", std::process::id());
    let mut admin = db::establish(server.url(DATABASE)).await.expect("a connection");
    admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0")).await.expect("a database");
    let url = server.url(&name);
    let kept = measure(&url, &folder).await;
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("the database goes");
    drop(admin);
    tokio::task::spawn_blocking(move || server.stop()).await.expect("a thread").expect("the private PostgreSQL stops");
    assert!(kept, "the promise is not kept");
}

async fn measure(url: &str, folder: &std::path::Path) -> bool {
    migrations::run(url).await.expect("the migrations");
    let mut conn = db::establish(url.to_owned()).await.expect("a connection");
    conn.batch_execute("SET statement_timeout = 0").await.expect("a setting");
    let began = Instant::now();
    sample::load(&mut conn, &Schemas::new(&Document::new().value)).await.expect("the sample");
    conn.batch_execute(GENERATE).await.expect("the initiatives");
    conn.batch_execute("VACUUM ANALYZE").await.expect("statistics");
    println!("{ROWS} initiatives generated in {:.1} s", began.elapsed().as_secs_f64());

    let flags = [
        "ccin-registry",
        "--bind",
        "127.0.0.1:0",
        "--workers",
        "1",
        "--export-rows",
        "1000000",
        "--limit-anonymous",
        "1000000",
    ];
    let settings = Cli::parse_from(flags).serve;
    let db = Db::new(url, 4).expect("a pool");
    let keys = Keys::load(None, folder).expect("keys");
    let issuers = Issuers::paced(&settings, &Pace::default()).expect("issuers");
    let service = Server::build(db, keys, issuers, settings, Clock::running(), None).expect("a free port");
    let base = service.url();
    let handle = service.handle();
    let running = tokio::spawn(service.run());

    // What is made once, such as connections and compiled schemas, is no growth of an export.
    export(&format!("{base}/v1/initiatives.csv?council=oldham")).await;
    let mut kept = true;
    for format in [Format::Csv, Format::Ndjson] {
        let plan = Plan::new(&tables::initiatives(Reach::PUBLIC), format, None);
        let same = format!(
            "COPY (SELECT {} FROM initiatives WHERE initiatives.withdrawn_at IS NULL
                AND initiatives.effective_visibility = ANY(ARRAY['public'])
                ORDER BY lower(initiatives.title), initiatives.id) TO STDOUT",
            plan.cells.join(", ")
        );
        let (mut bare, mut ours, mut first, mut growth) = (0.0_f64, 0.0_f64, Duration::MAX, 0);
        let mut rows = 0;
        for _ in 0..ROUNDS {
            let (copied, took) = copy(url, &same).await;
            bare = bare.max(copied as f64 / took.as_secs_f64());
            let before = resident();
            let peak = Peak::watch();
            let (exported, began, took) = export(&format!("{base}/v1/initiatives.{}", format.suffix())).await;
            growth = growth.max(peak.end().saturating_sub(before));
            ours = ours.max(copied as f64 / took.as_secs_f64());
            first = first.min(began);
            rows = exported.max(rows);
            assert_eq!(copied, rows, "the export has other rows");
        }
        let ratio = ours / bare;
        println!(
            "{:>6}: COPY {bare:.0} rows/s, export {ours:.0} rows/s, ratio {ratio:.2}, first byte {:.0} ms, memory +{:.1} MiB",
            format.suffix(),
            first.as_secs_f64() * 1000.0,
            growth as f64 / 1024.0
        );
        kept &= ratio >= 0.8 && first < Duration::from_millis(500) && growth < 16 * 1024;
    }
    handle.stop(true).await;
    let _ = running.await;
    kept
}

/// Read and drop what a `COPY` sends: how many rows, and how long it took.
async fn copy(url: &str, statement: &str) -> (usize, Duration) {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("a connection");
    tokio::spawn(connection);
    // As the sessions of exports are: what is compared is the handing out, not the planner's taste.
    client.batch_execute("SET TIME ZONE 'UTC'; SET jit = off").await.expect("a setting");
    let began = Instant::now();
    let rows = client.copy_out(statement).await.expect("a copy");
    pin_mut!(rows);
    let mut count = 0;
    // A message a row.
    while let Some(row) = rows.next().await {
        row.expect("a row");
        count += 1;
    }
    (count, began.elapsed())
}

/// Read and drop an export: how many rows, how long until the first byte, and how long it took.
async fn export(address: &str) -> (usize, Duration, Duration) {
    let began = Instant::now();
    let mut response = client().get(address).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let (mut first, mut lines, is_csv) = (None, 0, address.contains(".csv"));
    while let Some(piece) = response.chunk().await.expect("a piece") {
        first.get_or_insert_with(|| began.elapsed());
        // A cell may have line ends, but no carriage return: texts come in without.
        let end = if is_csv { b'\r' } else { b'\n' };
        lines += piece.iter().filter(|byte| **byte == end).count();
    }
    (lines - usize::from(is_csv), first.expect("a piece"), began.elapsed())
}

fn client() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("TLS")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().expect("a client")
}

/// Memory of this process that is in use, in KiB; 0 where the system does not say.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok()).unwrap_or(0)
}

/// The most memory in use while it is watched.
struct Peak {
    is_over: Arc<AtomicBool>,
    watcher: std::thread::JoinHandle<usize>,
}

impl Peak {
    fn watch() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let watcher = std::thread::spawn(move || {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(resident());
                std::thread::sleep(Duration::from_millis(20));
            }
            most
        });
        Self { is_over, watcher }
    }

    fn end(self) -> usize {
        self.is_over.store(true, Ordering::Relaxed);
        self.watcher.join().expect("the watcher")
    }
}
