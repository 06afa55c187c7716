//! What is printed: a table, and how far each goal is reached.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::exports::Export;
use crate::generate::tables::Failure;
use crate::measure::{Measured, Row};

/// A goal: a scenario, the program beside it, and the least ratio of requests a second.
const GOALS: [(&str, Beside, f64); 11] = [
    ("list hot", Beside::Constant, 0.5),
    ("record hot", Beside::Constant, 0.5),
    ("search hot", Beside::Constant, 0.5),
    ("geojson hot", Beside::Constant, 0.5),
    ("304", Beside::Constant, 0.7),
    ("list never alike", Beside::Plain, 10.0),
    ("search never alike", Beside::Plain, 10.0),
    ("record each in turn", Beside::Plain, 4.0),
    ("tile never alike", Beside::Plain, 10.0),
    ("create", Beside::Plain, 0.7),
    ("mixed 95/5", Beside::Plain, 20.0),
];
/// Goals of 100,000 initiatives: a scenario, and how many times its cost at 10,000.
const GROWTH: [(&str, f64); 4] = [
    ("list never alike", 1.5),
    ("record each in turn", 1.5),
    ("search never alike", 10.0),
    ("facets never alike", 10.0),
];
/// The most milliseconds at 100,000, half of the requests.
const MOST: f64 = 10.0;
/// The least rows a second of the export as NDJSON, in those of `COPY`.
const EXPORT: f64 = 10.0;
const SMALL: usize = 10_000;
const LARGE: usize = 100_000;

#[derive(Clone, Copy)]
enum Beside {
    Constant,
    Plain,
}

/// What a later run of another size compares itself with.
#[derive(Serialize, Deserialize)]
struct Cost {
    /// Microseconds of the service a request.
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

/// The goals that were measured.
pub fn goals(rows: &[Row], exports: &[Export]) {
    println!("\n| goal | wanted | reached | by CPU | |");
    println!("|---|--:|--:|--:|---|");
    for (name, beside, least) in GOALS {
        let Some(row) = rows.iter().find(|row| row.name == name) else { continue };
        let (other, what) = match beside {
            Beside::Constant => (&row.constant, "constant"),
            Beside::Plain => (&row.plain, "plain"),
        };
        let Some(other) = other else { continue };
        let reached = row.service.rate() / other.rate();
        // The load generator has no part in this one.
        let by_cpu = (other.cpu() + other.database()) / (row.service.cpu() + row.service.database());
        goal(&format!("{name}, × {what}"), &format!("≥ {least}"), reached, &rounded(by_cpu), reached >= least);
    }
    if let Some(Export { speed, copy, .. }) = exports.iter().find(|export| export.format == "ndjson") {
        goal("export as NDJSON, × COPY", &format!("≥ {EXPORT}"), speed / copy, "–", speed / copy >= EXPORT);
    }
}

/// Keep what requests cost, and at 100,000 compare it with what they cost at 10,000, where that was measured.
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
        // With 32 connections a request waits for the others; what it takes by itself is its CPU time.
        let alone = row.service.cpu() / 1000.0;
        goal(&format!("{name}, ms of CPU (p50 under load {half:.1})"), &format!("≤ {MOST}"), alone, "–", alone <= MOST);
    }
    Ok(())
}

fn goal(name: &str, wanted: &str, reached: f64, by_cpu: &str, is_reached: bool) {
    println!("| {name} | {wanted} | {} | {by_cpu} | {} |", rounded(reached), if is_reached { "yes" } else { "**no**" });
}

fn rounded(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}
