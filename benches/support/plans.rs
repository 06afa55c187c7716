//! What the database did for a request: the plans that `auto_explain` writes into the server's log.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::generate::tables::Failure;

/// Settings of every session of the service under test, to be added to the address of its database. Timing of single nodes
/// is off: reading the clock for each row would be most of what is measured.
pub const SESSION: [(&str, &str); 7] = [
    ("session_preload_libraries", "auto_explain"),
    ("auto_explain.log_min_duration", "0"),
    ("auto_explain.log_analyze", "on"),
    ("auto_explain.log_timing", "off"),
    ("auto_explain.log_format", "json"),
    ("auto_explain.log_nested_statements", "off"),
    // Says how long parsing and planning took, which auto_explain does not.
    ("log_min_duration_statement", "0"),
];

/// What the database did since the last look.
#[derive(Debug, Default)]
pub struct Work {
    /// Every statement that was executed: its milliseconds, and its text with its plan.
    pub plans: Vec<(f64, Value)>,
    /// Milliseconds of parsing and planning.
    pub planning: f64,
}

impl Work {
    /// Milliseconds of execution, all statements together.
    pub fn execution(&self) -> f64 {
        self.plans.iter().map(|(milliseconds, _)| milliseconds).sum()
    }

    /// Milliseconds of the statement that took longest.
    pub fn slowest(&self) -> f64 {
        self.plans.iter().map(|(milliseconds, _)| *milliseconds).fold(0.0, f64::max)
    }
}

/// The log of the server, read as it grows.
pub struct Log {
    file: File,
    path: PathBuf,
}

impl Log {
    /// From its present end on.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let mut file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// What was written since the last look. A plan is written when its statement has ended, shortly after its answer.
    pub async fn work(&mut self) -> Result<Work, Failure> {
        let mut text = String::new();
        loop {
            tokio::time::sleep(Duration::from_millis(15)).await;
            if self.file.read_to_string(&mut text).map_err(|error| format!("{}: {error}", self.path.display()))? == 0 {
                return work(&text);
            }
        }
    }
}

/// An entry begins with the time, the process and its level; the lines that go on with it are indented by a tab.
fn work(text: &str) -> Result<Work, Failure> {
    let mut work = Work::default();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((_, entry)) = line.split_once("LOG:  duration: ") else { continue };
        let Some((milliseconds, what)) = entry.split_once(" ms  ") else { continue };
        let milliseconds: f64 = milliseconds.parse()?;
        if what.starts_with("parse") || what.starts_with("bind") {
            work.planning += milliseconds;
        }
        if what.starts_with("plan:") {
            let mut plan = String::new();
            while let Some(more) = lines.next_if(|line| line.starts_with('\t')) {
                plan.push_str(more);
            }
            work.plans.push((milliseconds, serde_json::from_str(&plan)?));
        }
    }
    Ok(work)
}

/// A plan for people: a node a line, with the rows it was thought to have and those it had.
pub fn show(plan: &Value) -> String {
    let mut text = format!("{}\n", plan["Query Text"].as_str().unwrap_or_default());
    node(&plan["Plan"], 1, &mut text);
    text
}

fn node(plan: &Value, depth: usize, text: &mut String) {
    const SAID: [&str; 10] = [
        "Index Cond",
        "Recheck Cond",
        "Filter",
        "Rows Removed by Filter",
        "Rows Removed by Index Recheck",
        "Hash Cond",
        "Join Filter",
        "Sort Key",
        "Group Key",
        "Heap Blocks",
    ];
    let on =
        ["Index Name", "Relation Name", "CTE Name", "Subplan Name"].into_iter().filter_map(|name| plan[name].as_str());
    let on: Vec<&str> = on.collect();
    let indent = "  ".repeat(depth);
    text.push_str(&format!(
        "{indent}{} {} (cost {}, rows {} thought, {} had × {})\n",
        plan["Node Type"].as_str().unwrap_or_default(),
        on.join(" on "),
        plan["Total Cost"],
        plan["Plan Rows"],
        plan["Actual Rows"],
        plan["Actual Loops"]
    ));
    for name in SAID {
        match &plan[name] {
            Value::Null => {}
            // Nothing was removed: nothing to say.
            Value::Number(number) if number.as_u64() == Some(0) => {}
            Value::String(said) => text.push_str(&format!("{indent}    {name}: {said}\n")),
            other => text.push_str(&format!("{indent}    {name}: {other}\n")),
        }
    }
    for child in plan["Plans"].as_array().into_iter().flatten() {
        node(child, depth + 1, text);
    }
}
