//! The service under load, compared with a constant body and with a plain program without a cache.
//!
//! ```sh
//! cargo bench --bench service                                    # 10,000 initiatives, about four minutes
//! cargo bench --bench service -- --records 100000
//! cargo bench --bench service -- --only list,record --seconds 6
//! ```
//!
//! The benchmark is self-contained. It starts a private PostgreSQL under `target/tmp` with generated initiatives, which
//! remain for the next run. It also starts the service and the two baseline programs, each as a separate process; the
//! baselines are this executable. All share the machine with the load generator, so compare ratios, not absolute
//! numbers. The benchmark asserts nothing.

mod constant;
mod database;
mod exports;
#[path = "../support/generate.rs"]
mod generate;
mod load;
mod measure;
mod plain;
mod process;
mod report;
mod scenarios;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use database::Databases;
use generate::tables::Failure;
use measure::{Load, Servers};
use process::Server;
use scenarios::{Material, SCENARIOS};

/// The issuer of the service's tokens.
const ISSUER: &str = "ccin-registry";

/// Measure the service under load.
#[derive(Parser)]
struct Arguments {
    /// Number of initiatives.
    #[arg(long, default_value_t = 10_000)]
    records: usize,
    /// Seconds of load per program and scenario.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Run only scenarios whose names start with one of these. `export` is one of them.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Connections of the load generator.
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// Log level of the service, as in RUST_LOG. `warn,ccin_registry=info` logs a line per request.
    #[arg(long, default_value = "warn")]
    log: String,
    /// Seconds to wait before each scenario, to attach a profiler.
    #[arg(long, default_value_t = 0)]
    pause: u64,
    /// Run one of the baseline programs.
    #[arg(long, hide = true)]
    program: Option<Program>,
    #[arg(long, hide = true)]
    bind: Option<SocketAddr>,
    #[arg(long, hide = true, default_value = "")]
    database: String,
    /// Passed by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Program {
    Constant,
    Plain,
}

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse();
    let workers = available_parallelism()?.get();
    if let (Some(program), Some(bind)) = (arguments.program, arguments.bind) {
        let system = actix_web::rt::System::new();
        return Ok(match program {
            Program::Constant => system.block_on(constant::serve(bind, workers)),
            Program::Plain => system.block_on(plain::serve(bind, workers, &arguments.database)),
        }?);
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(&arguments, workers))
}

async fn run(arguments: &Arguments, workers: usize) -> Result<(), Failure> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-service");
    fs::create_dir_all(&folder)?;
    let databases = Databases::open(&folder, arguments.records).await?;
    let outcome = measure_all(arguments, workers, &folder, &databases).await;
    databases.close().await?;
    outcome
}

async fn measure_all(
    arguments: &Arguments,
    workers: usize,
    folder: &Path,
    databases: &Databases,
) -> Result<(), Failure> {
    let material = Arc::new(Material {
        records: arguments.records,
        names: databases.names().await?,
        known: databases.known.clone(),
        token: databases.token(folder, ISSUER).await?,
    });
    let mut service = Server::start(
        service(folder, &databases.service, workers, &arguments.log),
        "--bind",
        &folder.join("service.log"),
    )?;
    let ready = service.until_ready("/health/ready").await?;
    let baseline = |program: &str, name: &str| -> Result<Server, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--program", program, "--database", &databases.plain]);
        Ok(Server::start(command, "--bind", &folder.join(name))?)
    };
    let mut constant = baseline("constant", "constant.log")?;
    let mut plain = baseline("plain", "plain.log")?;
    constant.until_ready("/1").await?;
    plain.until_ready("/v1/initiatives?limit=1").await?;
    let at_rest = service.mebibytes("VmRSS");
    let servers = Servers { service, constant, plain, postgres: databases.pid };

    println!(
        "{} initiatives; {workers} workers each; {} connections; {} s a program and scenario; log {}; process {}\n",
        arguments.records,
        arguments.connections,
        arguments.seconds,
        arguments.log,
        servers.service.pid()
    );
    let is_wanted = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| name.starts_with(only));
    let load = Load { connections: arguments.connections, duration: Duration::from_secs_f64(arguments.seconds) };
    report::head();
    let mut rows = Vec::new();
    for (at, scenario) in SCENARIOS.into_iter().enumerate().filter(|(_, (name, _))| is_wanted(name)) {
        tokio::time::sleep(Duration::from_secs(arguments.pause)).await;
        // Scenarios must not create records with the same number.
        let row = measure::measure(scenario, at * 100_000_000, &servers, &material, load).await?;
        report::row(&row);
        rows.push(row);
    }
    let exports = match is_wanted("export") {
        true => exports::measure(servers.service.address, &database::connect(&databases.service).await?).await?,
        false => Vec::new(),
    };
    report::exports(&exports);
    let (rest, peak) = (servers.service.mebibytes("VmRSS"), servers.service.mebibytes("VmHWM"));
    println!(
        "\nMemory of the service: {at_rest:.0} MiB once loaded, {rest:.0} MiB after the load, {peak:.0} MiB at most."
    );
    println!("Start: ready {:.0} ms after it was called.", ready.as_secs_f64() * 1000.0);
    report::goals(&rows, &exports);
    report::growth(folder, arguments.records, &rows)
}

/// The service, with rate limits out of reach.
fn service(folder: &Path, database: &str, workers: usize, log: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ccin-registry"));
    command.arg("serve").arg("--data-dir").arg(folder).args(["--issuer", ISSUER, "--workers", &workers.to_string()]);
    for limit in ["--limit-anonymous", "--limit-member", "--limit-officer"] {
        command.args([limit, "10000000"]);
    }
    command.args(["--export-rows", "100000000"]).env("DATABASE_URL", database).env("RUST_LOG", log);
    command
}
