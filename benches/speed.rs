//! How long the database works for a request, over 100,000 generated initiatives.
//!
//! ```sh
//! cargo bench --profile dev --bench speed                               # every request, as a table
//! cargo bench --profile dev --bench speed -- --plan "search, common"    # the plans of one
//! cargo bench --profile dev --bench speed -- --initiatives 10000
//! ```
//!
//! The service runs in this process, over a private PostgreSQL below `target/tmp`, and is asked over HTTP. Its own
//! statements are explained (`auto_explain`, part of PostgreSQL's contrib) into the log of that server, which is read after
//! each request: what is measured is what the service runs, prepared and planned as it runs it. The time is the database's
//! own, execution and planning, of which limits are for the first; what the service does besides does not count, so a debug
//! build will do.
//!
//! The generated registry is kept for the next run, until the generator or a migration changes.

#[path = "support/generate.rs"]
mod generate;
#[path = "support/plans.rs"]
mod plans;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Instant;

use ccin_registry::auth::issuers::Issuers;
use ccin_registry::auth::keys::Keys;
use ccin_registry::cli::Cli;
use ccin_registry::db::embedded::{DATABASE, PrivatePostgres, Settings};
use ccin_registry::db::{Db, migrations};
use ccin_registry::limits::bucket::Clock;
use ccin_registry::server::Server;
use clap::Parser;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_postgres::{Client, NoTls};

use generate::tables::Failure;
use generate::words::Known;
use plans::{Log, Work};

const SEED: u64 = 20_261_122;

/// How long the database works for a request.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many initiatives.
    #[arg(long, default_value_t = 100_000)]
    initiatives: usize,
    /// Measured runs of each request; two before them warm up. PostgreSQL may change to a generic plan after five.
    #[arg(long, default_value_t = 9)]
    runs: usize,
    /// Show the plans of the requests whose names begin so.
    #[arg(long)]
    plan: Option<String>,
    /// Said by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

/// A request that is measured.
struct Request {
    name: &'static str,
    path: String,
    limit: Limit,
}

/// Milliseconds of execution, as `EXPLAIN ANALYZE` says them; planning is shown beside them.
#[derive(Clone, Copy)]
enum Limit {
    /// Of all statements of the request together.
    Request(f64),
    /// Of each statement by itself: what a list costs before its twenty records are told of in full.
    Statement(f64),
}

impl Limit {
    fn verdict(self, work: &Work) -> String {
        let (took, most, of) = match self {
            Self::Request(most) => (work.execution(), most, ""),
            Self::Statement(most) => (work.slowest(), most, " each"),
        };
        format!("{} {most}{of}", if took <= most { "keeps" } else { "EXCEEDS" })
    }
}

fn requests(known: &Known) -> Vec<Request> {
    // From the middle of each group: neither its most nor its least common.
    let pick =
        |words: &[(String, u32)]| words.get(words.len() / 2).map_or_else(|| "co-op".into(), |(word, _)| word.clone());
    let (common, middle, rare) = (pick(&known.common), pick(&known.middle), pick(&known.rare));
    let most_common = known.common.first().map_or_else(|| common.clone(), |(word, _)| word.clone());
    let two = format!("{common} {middle}");
    let phrase = format!("\"{}\"", known.phrase);
    let searched = [
        ("search, most common", "search across, most common", most_common.as_str()),
        ("search, common", "search across, common", &common),
        ("search, middle", "search across, middle", &middle),
        ("search, rare", "search across, rare", &rare),
        ("search, two words", "search across, two words", &two),
        ("search, phrase", "search across, phrase", &phrase),
        ("search, no hit", "search across, no hit", "xylophonist"),
        ("search, typing error", "search across, typing error", "comunity"),
    ];
    let q = |words: &str| utf8_percent_encode(words, NON_ALPHANUMERIC).to_string();
    let mut requests = Vec::new();
    let mut add = |name, path: String, limit| requests.push(Request { name, path, limit: Limit::Request(limit) });
    add("list", "/v1/initiatives?limit=20".into(), 10.0);
    for (name, _, words) in searched {
        add(name, format!("/v1/initiatives?q={}", q(words)), 10.0);
    }
    for (_, name, words) in searched {
        add(name, format!("/v1/search?q={}", q(words)), 10.0);
    }
    add("facets", "/v1/initiatives/facets".into(), 60.0);
    add("facets, theme", "/v1/initiatives/facets?theme=housing".into(), 60.0);
    add("facets, kind", "/v1/initiatives/facets?kind=case_study".into(), 60.0);
    add("facets, two kinds", "/v1/initiatives/facets?kind=case_study&kind=idea".into(), 60.0);
    add("facets, theme and kind", "/v1/initiatives/facets?theme=housing&kind=case_study".into(), 60.0);
    add("facets, common word", format!("/v1/initiatives/facets?q={}", q(&common)), 60.0);
    add("facets, rare word", format!("/v1/initiatives/facets?q={}", q(&rare)), 60.0);
    for (name, letters) in
        [("suggest h", "h"), ("suggest ho", "ho"), ("suggest hou", "hou"), ("suggest housing", "housing")]
    {
        add(name, format!("/v1/suggest?q={letters}"), 3.0);
    }
    add("changes", "/v1/changes".into(), 10.0);
    add("councils by name", format!("/v1/councils?q={}", q(&known.council)), 10.0);
    for (name, theme) in [("list by theme", "digital"), ("list by broad theme", "housing")] {
        requests.push(Request { name, path: format!("/v1/initiatives?theme={theme}"), limit: Limit::Statement(1.0) });
    }
    requests
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let settings = Settings { durable: false, ..Settings::new(scratch.join("speed")) };
    let postgres = tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings)).await??;
    let (database, known) = registry(&postgres, arguments.initiatives).await?;
    println!(
        "{} initiatives. Words: {} common, {} in between, {} rare.",
        arguments.initiatives,
        known.common.len(),
        known.middle.len(),
        known.rare.len()
    );
    let options: String = plans::SESSION.iter().map(|(name, value)| format!(" -c {name}={value}")).collect();
    let options = utf8_percent_encode(options.trim_start(), NON_ALPHANUMERIC);
    let db = Db::new(&format!("{}&options={options}", postgres.url(&database)), 4)?;
    let address = serve(db.clone(), scratch)?;
    let mut log = Log::open(&postgres.data_dir().join("server.log"))?;
    if arguments.plan.is_none() {
        println!(
            "{:<28} {:>10} {:>8} {:>9} {:>8} {:>9} {:>8}  limit",
            "request", "statements", "ms", "planning", "executed", "slowest", "worst"
        );
    }
    for request in requests(&known) {
        match &arguments.plan {
            None => println!("{}", measure(address, &request, arguments.runs, &mut log).await?),
            Some(name) if request.name.starts_with(name.as_str()) => explain(address, &request, &mut log).await?,
            Some(_) => {}
        }
    }
    db.close();
    tokio::task::spawn_blocking(move || postgres.stop()).await??;
    Ok(())
}

/// The name of the database with the generated registry, and what its words are. Made when it is missing; then those of
/// former generators are dropped.
async fn registry(postgres: &PrivatePostgres, initiatives: usize) -> Result<(String, Known), Failure> {
    let admin = connect(&postgres.url(DATABASE)).await?;
    let name = format!("speed_{initiatives}_{}", digest()?);
    let rows = admin.query("SELECT datname::text FROM pg_database WHERE datname LIKE 'speed\\_%'", &[]).await?;
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    if !names.contains(&name) {
        let current = name.rsplit('_').next().unwrap_or_default();
        for old in names.iter().filter(|old| !old.ends_with(current)) {
            admin.batch_execute(&format!("DROP DATABASE {old} WITH (FORCE)")).await?;
        }
        let (began, part) = (Instant::now(), format!("{name}_part"));
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {part} WITH (FORCE)")).await?;
        admin.batch_execute(&format!("CREATE DATABASE {part} TEMPLATE template0")).await?;
        migrations::run(&postgres.url(&part)).await?;
        let client = connect(&postgres.url(&part)).await?;
        let known = serde_json::to_string(&generate::fill(&client, initiatives, SEED).await?)?;
        client.batch_execute("CREATE SCHEMA bench; CREATE TABLE bench.known (words text NOT NULL)").await?;
        client.execute("INSERT INTO bench.known VALUES ($1)", &[&known]).await?;
        drop(client);
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        admin.execute(end, &[&part]).await?;
        admin.batch_execute(&format!("ALTER DATABASE {part} RENAME TO {name}; CHECKPOINT")).await?;
        println!("The registry was generated and loaded in {:.0?}.", began.elapsed());
    }
    let client = connect(&postgres.url(&name)).await?;
    let words: String = client.query_one("SELECT words FROM bench.known", &[]).await?.get(0);
    Ok((name, serde_json::from_str(&words)?))
}

/// Of everything that the generated registry follows from.
fn digest() -> Result<String, Failure> {
    let mut digest = Sha256::new();
    digest.update(include_str!("support/generate.rs"));
    digest.update(include_str!("support/words.rs"));
    let mut folders =
        fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations"))?.collect::<Result<Vec<_>, _>>()?;
    folders.sort_by_key(fs::DirEntry::path);
    for folder in folders {
        digest.update(fs::read(folder.path().join("up.sql"))?);
    }
    Ok(data_encoding::HEXLOWER.encode(&digest.finalize()[..6]))
}

async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// Start the service.
fn serve(db: Db, scratch: &Path) -> Result<SocketAddr, Failure> {
    let flags = ["ccin-registry", "--bind", "127.0.0.1:0", "--workers", "1", "--limit-anonymous", "1000000"];
    let settings = Cli::parse_from(flags).serve;
    let keys = Keys::load(None, scratch)?;
    let issuers = Issuers::new(&settings)?;
    let server = Server::build(db, keys, issuers, settings, Clock::running(), None)?;
    let address = server.address;
    tokio::spawn(server.run());
    Ok(address)
}

/// Make a request once: its status, and the work that the database had with it.
async fn ask(service: SocketAddr, request: &Request, log: &mut Log) -> Result<(u16, Work), Failure> {
    // What is left of the request before.
    log.work().await?;
    let mut connection = TcpStream::connect(service).await?;
    let head = format!("GET {} HTTP/1.1\r\nHost: {service}\r\nConnection: close\r\n\r\n", request.path);
    connection.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await?;
    let status = answer.split(|byte| *byte == b' ').nth(1).map(String::from_utf8_lossy).unwrap_or_default();
    Ok((status.parse()?, log.work().await?))
}

/// A line of the table.
async fn measure(service: SocketAddr, request: &Request, runs: usize, log: &mut Log) -> Result<String, Failure> {
    let mut works = Vec::new();
    for run in 0..runs.max(1) + 2 {
        let (status, work) = ask(service, request, log).await?;
        if status != 200 {
            return Ok(format!("{:<28} not there ({status})", request.name));
        }
        if run >= 2 {
            works.push(work);
        }
    }
    let total = |work: &Work| work.execution() + work.planning;
    works.sort_by(|a, b| total(a).total_cmp(&total(b)));
    let (median, worst) = (&works[works.len() / 2], total(&works[works.len() - 1]));
    Ok(format!(
        "{:<28} {:>10} {:>8.2} {:>9.2} {:>8.2} {:>9.2} {worst:>8.2}  {:<14} {}",
        request.name,
        median.plans.len(),
        total(median),
        median.planning,
        median.execution(),
        median.slowest(),
        request.limit.verdict(median),
        request.path
    ))
}

/// The plans of a request, warm.
async fn explain(service: SocketAddr, request: &Request, log: &mut Log) -> Result<(), Failure> {
    ask(service, request, log).await?;
    let (status, work) = ask(service, request, log).await?;
    let (name, path, execution, planning) = (request.name, &request.path, work.execution(), work.planning);
    println!("{name}: {path} is {status}; executed in {execution:.2} ms, planned in {planning:.2} ms");
    for (milliseconds, plan) in &work.plans {
        println!("\n{milliseconds:.2} ms: {}", plans::show(plan));
    }
    Ok(())
}
