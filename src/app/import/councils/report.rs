//! A report of the changes, to read before applying them.

use std::path::PathBuf;

use serde_json::Value;

use super::plan::{Plan, PlannedChange};
use super::rows::Rows;
use crate::app::import::arguments::CouncilsFile;

/// A report, filled while the file is processed.
pub struct Report {
    file: PathBuf,
    rows: usize,
    past: usize,
    unread: Vec<String>,
    is_applied: bool,
    is_idle: bool,
    new: Vec<String>,
    changed: Vec<String>,
    unchanged: usize,
    slugs: Vec<String>,
    counties: usize,
    absent: Vec<String>,
}

impl Report {
    /// A report for a file with these rows.
    pub fn new(args: &CouncilsFile, rows: &Rows) -> Self {
        Self {
            file: args.file.clone(),
            rows: rows.rows.len(),
            past: rows.past,
            unread: rows.unread.clone(),
            is_applied: args.apply,
            is_idle: true,
            new: Vec::new(),
            changed: Vec::new(),
            unchanged: 0,
            slugs: Vec::new(),
            counties: 0,
            absent: Vec::new(),
        }
    }

    /// Adds the planned changes.
    pub fn fill(&mut self, plan: &Plan) {
        self.is_idle = plan.is_idle();
        self.counties = plan.counties.len();
        self.absent.clone_from(&plan.absent);
        for step in &plan.steps {
            let code = step.council.gss_code.as_deref().unwrap_or("without code");
            match &step.change {
                PlannedChange::New => self.new.push(format!("{code}  {}", &*step.council.name)),
                PlannedChange::None(_) => self.unchanged += 1,
                PlannedChange::Changed(before, differences) => {
                    self.changed.push(format!("{code}  {}", before.slug));
                    for (name, old, new) in differences {
                        self.changed.push(format!("    {name}: {} -> {}", shown(old), shown(new)));
                    }
                }
            }
            if let (Some(other), Some(slug)) = (&step.other_slug, &step.council.slug) {
                self.slugs.push(format!("{code}  {} (not {other})", &**slug));
            }
        }
    }

    /// The report as text.
    pub fn render(&self) -> String {
        let mut lines = vec![format!(
            "{} in {}.",
            if self.rows == 1 { "1 council".into() } else { format!("{} councils", self.rows) },
            self.file.display()
        )];
        let changed = self.changed.iter().filter(|line| !line.starts_with(' ')).count();
        section(&mut lines, format!("New: {}", self.new.len()), &self.new);
        section(&mut lines, format!("Changed: {changed}"), &self.changed);
        lines.push(format!("Unchanged: {}", self.unchanged));
        if self.counties > 0 {
            lines.push(format!("Districts with a new or changed county: {}", self.counties));
        }
        if !self.slugs.is_empty() {
            section(&mut lines, "Slugs that differ from the file".into(), &self.slugs);
        }
        section(&mut lines, format!("Not in the file, unchanged: {}", self.absent.len()), &self.absent);
        if self.past > 0 {
            lines.push(format!("No longer exist, passed over: {}", self.past));
        }
        if !self.unread.is_empty() {
            lines.push(format!("Columns ignored: {}", self.unread.join(", ")));
        }
        lines.push(match (self.is_idle, self.is_applied) {
            (true, _) => "There is nothing to write.".into(),
            (false, true) => "All changes are written.".into(),
            (false, false) => "Nothing was written. To write the changes, run the command again with --apply.".into(),
        });
        lines.join("\n")
    }
}

fn section(lines: &mut Vec<String>, title: String, of: &[String]) {
    lines.push(if of.is_empty() { title } else { format!("{title}\n  {}", of.join("\n  ")) });
}

fn shown(value: &Value) -> String {
    if value.is_null() { "nothing".into() } else { value.to_string() }
}
