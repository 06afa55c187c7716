//! Prints the results: a table, and a comparison with the goals.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::exports::Export;
use crate::generate::tables::Failure;
use crate::measure::{Measured, Row};

/// Goals: a scenario, its baseline, and the minimum ratio of requests per second.
const GOALS: [(&str, Baseline, f64); 11] = [
    ("list hot", Baseline::Constant, 0.5),
    ("record hot", Baseline::Constant, 0.5),
    ("search hot", Baseline::Constant, 0.5),
    ("geojson hot", Baseline::Constant, 0.5),
    ("304", Baseline::Constant, 0.7),
    ("list never alike", Baseline::Plain, 10.0),
    ("search never alike", Baseline::Plain, 10.0),
    ("record each in turn", Baseline::Plain, 4.0),
    ("tile never alike", Baseline::Plain, 10.0),
    ("create", Baseline::Plain, 0.7),
    ("mixed 95/5", Baseline::Plain, 20.0),
];
/// Goals for 100,000 initiatives: a scenario, and the maximum ratio of its cost to the cost at 10,000.
const GROWTH: [(&str, f64); 4] = [
    ("list never alike", 1.5),
    ("record each in turn", 1.5),
    ("search never alike", 10.0),
    ("facets never alike", 10.0),
];
/// Maximum milliseconds per request at 100,000.
const MAX_MS: f64 = 10.0;
/// Minimum ratio of rows per second of the NDJSON export to those of `COPY`.
const MIN_EXPORT_RATIO: f64 = 10.0;
const SMALL: usize = 10_000;
const LARGE: usize = 100_000;

#[derive(Clone, Copy)]
enum Baseline {
    Constant,
    Plain,
}

/// A result stored for later runs with another number of records.
#[derive(Serialize, Deserialize)]
struct Cost {
    /// CPU time of the service per request, in microseconds.
    cpu: f64,
}

/// The head of the table.
pub fn head() {
    println!(
        "| scenario | body, bytes | requests/s | p50, ms | p99, ms | CPU µs service + database | constant: requests/s, CPU µs | \
         × constant | plain: bytes, requests/s, CPU µs program + database | × plain |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
}

/// A row of the table.
pub fn row(row: &Row) {
    let Row { name, service, constant, plain } = row;
    let none = || "–".to_owned();
    let ratio =
        |other: &Option<Measured>| other.as_ref().map_or_else(none, |other| rounded(service.rate() / other.rate()));
    let constant_cell = constant.as_ref().map_or_else(none, |one| format!("{:.0}, {:.0}", one.rate(), one.cpu()));
    let plain_cell = plain.as_ref().map_or_else(none, |one| {
        format!("{}, {:.0}, {:.0} + {:.0}", one.body(), one.rate(), one.cpu(), one.database())
    });
    println!(
        "| {name} | {} | {:.0} | {:.2} | {:.2} | {:.0} + {:.0} | {constant_cell} | {} | {plain_cell} | {} |",
        service.body(),
        service.rate(),
        service.percentile(50),
        service.percentile(99),
        service.cpu(),
        service.database(),
        ratio(constant),
        ratio(plain)
    );
    for (program, measured) in [("service", Some(service)), ("constant", constant.as_ref()), ("plain", plain.as_ref())]
    {
        if let Some(fault) = measured.and_then(Measured::fault) {
            eprintln!("{name}, {program}: {fault}");
        }
    }
}

/// The exports.
pub fn exports(exports: &[Export]) {
    println!("\n| export | rows | bytes | rows/s | COPY, rows/s | × COPY | first byte, ms |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for Export { format, rows, bytes, speed, copy, first } in exports {
        let first = first.as_secs_f64() * 1000.0;
        println!("| {format} | {rows} | {bytes} | {speed:.0} | {copy:.0} | {} | {first:.1} |", rounded(speed / copy));
    }
}

/// The goals of the measured scenarios.
pub fn goals(rows: &[Row], exports: &[Export]) {
    println!("\n| goal | wanted | reached | by CPU | |");
    println!("|---|--:|--:|--:|---|");
    for (name, baseline, least) in GOALS {
        let Some(row) = rows.iter().find(|row| row.name == name) else { continue };
        let (other, what) = match baseline {
            Baseline::Constant => (&row.constant, "constant"),
            Baseline::Plain => (&row.plain, "plain"),
        };
        let Some(other) = other else { continue };
        let reached = row.service.rate() / other.rate();
        // The ratio by CPU time excludes the load generator.
        let by_cpu = (other.cpu() + other.database()) / (row.service.cpu() + row.service.database());
        goal(&format!("{name}, × {what}"), &format!("≥ {least}"), reached, &rounded(by_cpu), reached >= least);
    }
    if let Some(Export { speed, copy, .. }) = exports.iter().find(|export| export.format == "ndjson") {
        goal(
            "export as NDJSON, × COPY",
            &format!("≥ {MIN_EXPORT_RATIO}"),
            speed / copy,
            "–",
            speed / copy >= MIN_EXPORT_RATIO,
        );
    }
}

/// Store the cost of requests. With 100,000 records, compare it with the stored cost at 10,000, if there is one.
pub fn growth(folder: &Path, records: usize, rows: &[Row]) -> Result<(), Failure> {
    let file = |records: usize| folder.join(format!("costs-{records}.json"));
    let read = |records| -> BTreeMap<String, Cost> {
        let text = fs::read_to_string(file(records)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    };
    let mut costs = read(records);
    costs.extend(rows.iter().map(|row| (row.name.to_owned(), Cost { cpu: row.service.cpu() })));
    fs::write(file(records), serde_json::to_string_pretty(&costs)?)?;
    if records != LARGE {
        return Ok(());
    }
    let small = read(SMALL);
    for (name, most) in GROWTH {
        let Some(row) = rows.iter().find(|row| row.name == name) else { continue };
        if let Some(before) = small.get(name) {
            let reached = row.service.cpu() / before.cpu;
            goal(&format!("{name}, × its CPU at {SMALL}"), &format!("≤ {most}"), reached, "–", reached <= most);
        }
        let half = row.service.percentile(50);
        // With 32 connections, each request waits for others. Its own duration is about its CPU time.
        let alone = row.service.cpu() / 1000.0;
        goal(
            &format!("{name}, ms of CPU (p50 under load {half:.1})"),
            &format!("≤ {MAX_MS}"),
            alone,
            "–",
            alone <= MAX_MS,
        );
    }
    Ok(())
}

fn goal(name: &str, wanted: &str, reached: f64, by_cpu: &str, is_reached: bool) {
    println!("| {name} | {wanted} | {} | {by_cpu} | {} |", rounded(reached), if is_reached { "yes" } else { "**no**" });
}

fn rounded(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}
