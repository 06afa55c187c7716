//! The changes that a file would make: each row, its council, and their differences.

use std::collections::BTreeMap;

use diesel_async::AsyncPgConnection;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::rows::{Row, Rows, column, rows};
use crate::access::reach::Reach;
use crate::app::import::file::FileFaults;
use crate::app::sample::OTHER_COUNCILS;
use crate::error::ApiError;
use crate::http::input::{Draft, Schemas};
use crate::registry::boundaries::store as boundaries;
use crate::registry::councils::model::{Council, NewCouncil};
use crate::registry::councils::store as councils;
use crate::registry::references;

/// A member that changes: its name, the old value and the new value.
pub type Difference = (String, Value, Value);

/// A change of one council.
pub enum PlannedChange {
    /// Create it.
    New,
    /// Update it.
    Changed(Box<Council>, Vec<Difference>),
    /// No difference.
    None(Box<Council>),
}

/// A row and its effect.
pub struct Step {
    /// Line number in the file.
    pub line: u64,
    /// The council after the import.
    pub council: NewCouncil,
    /// The change to make.
    pub change: PlannedChange,
    /// Slug in the file, if it is invalid or differs from the slug that the council keeps.
    pub other_slug: Option<String>,
}

impl Step {
    /// The council before the import, if it exists.
    pub fn before(&self) -> Option<&Council> {
        match &self.change {
            PlannedChange::New => None,
            PlannedChange::Changed(before, _) | PlannedChange::None(before) => Some(before),
        }
    }
}

/// All changes of a file.
pub struct Plan {
    /// One step for each row without faults.
    pub steps: Vec<Step>,
    /// GSS codes of districts whose county differs between the registry and the file, or is missing.
    pub counties: BTreeMap<String, Option<String>>,
    /// Slugs of councils that are not in the file.
    pub absent: Vec<String>,
}

impl Plan {
    /// Compares the rows with the registry. Adds faults to `faults`.
    pub async fn new(
        conn: &mut AsyncPgConnection,
        schemas: &Schemas,
        rows: &Rows,
        faults: &mut FileFaults,
    ) -> Result<Self, ApiError> {
        let known = councils::load_all(conn).await?;
        let names = references::visible_councils(conn, Reach::ALL).await?;
        let named: BTreeMap<String, Uuid> = names.into_iter().collect();
        let registry = Registry { known, named, abolished: abolished() };
        note_repeated(&rows.rows, faults);
        let mut steps: Vec<Step> = Vec::new();
        let mut meant: BTreeMap<Uuid, u64> = BTreeMap::new();
        for row in &rows.rows {
            let Some(found) = registry.matched(row, faults) else { continue };
            if let Some(first) = found.and_then(|council| meant.insert(council.id, row.line)) {
                let slug = found.map(|council| council.slug.as_str()).unwrap_or_default();
                faults.add_at(row.line, format!("refers to the same council as line {first}: {slug}"));
                continue;
            }
            steps.extend(step(row, found, schemas, faults)?);
        }
        let counties =
            if rows.has_counties { registry.counties(conn, &rows.rows, faults).await? } else { BTreeMap::new() };
        let absent = registry.known.iter().filter(|council| !meant.contains_key(&council.id));
        let absent = absent.map(|council| council.slug.clone()).collect();
        Ok(Self { steps, counties, absent })
    }

    /// True when there is nothing to write.
    pub fn is_idle(&self) -> bool {
        self.counties.is_empty() && self.steps.iter().all(|step| matches!(step.change, PlannedChange::None(_)))
    }
}

/// Notes codes and slugs that are in the file more than once.
fn note_repeated(rows: &[Row], faults: &mut FileFaults) {
    for member in ["gss_code", "code", "slug"] {
        let mut lines: BTreeMap<&str, u64> = BTreeMap::new();
        for row in rows {
            let Some(value) = row.text(member) else { continue };
            if let Some(first) = lines.get(value) {
                let column = column(member);
                faults.add_at(row.line, format!("{column} {value} is already in line {first}"));
            } else {
                lines.insert(value, row.line);
            }
        }
    }
}

struct Registry {
    known: Vec<Council>,
    /// Ids by slug, former slug and GSS code, former codes included.
    named: BTreeMap<String, Uuid>,
    /// Councils that are known to exist no longer, by GSS code: the row of the reference data.
    abolished: BTreeMap<String, Row>,
}

/// The abolished councils of the reference data.
fn abolished() -> BTreeMap<String, Row> {
    let read = rows(OTHER_COUNCILS, &mut FileFaults::default()).map(|rows| rows.rows).unwrap_or_default();
    let ended = read.into_iter().filter(|row| row.text("abolished_on").is_some());
    ended.filter_map(|row| Some((row.text("gss_code")?.to_owned(), row))).collect()
}

impl Registry {
    fn by_name(&self, name: &str) -> Option<&Council> {
        let id = self.named.get(name)?;
        self.known.iter().find(|council| council.id == *id)
    }

    /// The council that a row refers to: `Some(None)` for a new one, `None` when it is ambiguous.
    fn matched(&self, row: &Row, faults: &mut FileFaults) -> Option<Option<&Council>> {
        if let Some((code, found)) = row.text("gss_code").and_then(|code| Some((code, self.by_name(code)?))) {
            let present = found.gss_code.as_deref().unwrap_or_default();
            if code == present || row.former.iter().any(|former| former == present) {
                return Some(Some(found));
            }
            let detail = format!(
                "gss_code {code} is a former code of {} ({present}). If the code has changed back, add {present} to \
                 former_gss_codes. If this is another council that no longer exists, give its abolished_on",
                found.name
            );
            faults.add_at(row.line, detail);
            return None;
        }
        if let Some((code, ended)) = row.text("gss_code").and_then(|code| Some((code, self.abolished.get(code)?)))
            && row.text("abolished_on").is_none()
        {
            let text = |member| ended.text(member).unwrap_or_default();
            let detail = format!(
                "gss_code {code} is of {}, which was abolished on {}: give its abolished_on",
                text("name"),
                text("abolished_on")
            );
            faults.add_at(row.line, detail);
            return None;
        }
        let former: BTreeMap<Uuid, &Council> =
            row.former.iter().filter_map(|code| self.by_name(code)).map(|council| (council.id, council)).collect();
        match former.values().collect::<Vec<_>>().as_slice() {
            [] => {}
            [one] => return Some(Some(one)),
            several => {
                let slugs: Vec<&str> = several.iter().map(|council| council.slug.as_str()).collect();
                let detail = format!(
                    "former_gss_codes belong to several councils, {}: keep the codes of only one",
                    slugs.join(", ")
                );
                faults.add_at(row.line, detail);
                return None;
            }
        }
        let Some(found) = row.text("slug").and_then(|slug| self.by_name(slug)) else { return Some(None) };
        match (&found.gss_code, row.text("gss_code")) {
            (Some(code), Some(other)) => {
                let detail = format!(
                    "slug {} belongs to {} ({code}). If {other} is its new code, add {code} to former_gss_codes",
                    row.text("slug").unwrap_or_default(),
                    found.name
                );
                faults.add_at(row.line, detail);
                None
            }
            _ => Some(Some(found)),
        }
    }

    /// Districts whose county differs between the file and the registry.
    async fn counties(
        &self,
        conn: &mut AsyncPgConnection,
        rows: &[Row],
        faults: &mut FileFaults,
    ) -> Result<BTreeMap<String, Option<String>>, ApiError> {
        let of_file = rows.iter().filter_map(|row| Some((row.text("code")?, row.text("gss_code")?)));
        let of_registry =
            self.known.iter().filter_map(|council| Some((council.code.as_deref()?, council.gss_code.as_deref()?)));
        let codes: BTreeMap<&str, &str> = of_registry.chain(of_file).collect();
        let known = boundaries::counties(conn).await?;
        let mut changed = BTreeMap::new();
        for row in rows {
            // A former code of a district no longer belongs to the county.
            let given_up = row.former.iter().filter(|code| known.contains_key(*code));
            changed.extend(given_up.map(|code| (code.clone(), None)));
            let Some(district) = row.text("gss_code") else { continue };
            let county = row.county.as_deref().map(|code| codes.get(code).copied().ok_or(code)).transpose();
            match county {
                Ok(county) if county != known.get(district).map(String::as_str) => {
                    changed.insert(district.to_owned(), county.map(str::to_owned));
                }
                Ok(_) => {}
                Err(code) => faults.add_at(row.line, format!("no council has county_code {code} as its code")),
            }
        }
        Ok(changed)
    }
}

fn step(
    row: &Row,
    found: Option<&Council>,
    schemas: &Schemas,
    faults: &mut FileFaults,
) -> Result<Option<Step>, ApiError> {
    let before = found.map(NewCouncil::from).map(members).transpose()?.unwrap_or_default();
    let mut after = before.clone();
    after.extend(row.members.iter().map(|(name, value)| (name.clone(), value.clone())));
    if !row.former.is_empty() {
        after.insert("codes".into(), with_former(after.get("codes"), &row.former));
    }
    let mut other_slug = row.written_slug.clone();
    if let Some(council) = found {
        other_slug = other_slug.or_else(|| row.text("slug").map(str::to_owned)).filter(|slug| *slug != council.slug);
        after.insert("slug".into(), council.slug.clone().into());
        // The registry already has the https form of the same address.
        let is_same = |old: &str, new: &str| {
            address(old) == address(new) && !(old.starts_with("http:") && new.starts_with("https:"))
        };
        if let (Some(old), Some(new)) = (council.website.as_deref(), row.text("website"))
            && is_same(old, new)
        {
            after.insert("website".into(), old.into());
        }
    }
    let council = match Draft::<NewCouncil>::new(after.into(), schemas).and_then(Draft::checked) {
        Ok(council) => council,
        Err(error) if !error.faults().is_empty() => {
            refused(row.line, &error, faults);
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let after = members(council.clone())?;
    let null = |value: Option<&Value>| value.cloned().unwrap_or_default();
    let names = before.keys().chain(after.keys().filter(|name| !before.contains_key(*name)));
    let differences: Vec<Difference> = names
        .map(|name| (name.clone(), null(before.get(name)), null(after.get(name))))
        .filter(|(_, old, new)| old != new)
        .collect();
    let change = match found.cloned().map(Box::new) {
        None => PlannedChange::New,
        Some(found) if differences.is_empty() => PlannedChange::None(found),
        Some(found) => PlannedChange::Changed(found, differences),
    };
    Ok(Some(Step { line: row.line, council, change, other_slug }))
}

/// The codes of a council, with former ones of which the file does not say the days.
fn with_former(codes: Option<&Value>, former: &[String]) -> Value {
    let mut codes = codes.and_then(Value::as_array).cloned().unwrap_or_default();
    for code in former {
        if !codes.iter().any(|known| known["gss"] == **code) {
            codes.push(json!({ "gss": code }));
        }
    }
    codes.into()
}

fn members(council: NewCouncil) -> Result<Map<String, Value>, ApiError> {
    match serde_json::to_value(council).map_err(ApiError::internal)? {
        Value::Object(members) => Ok(members),
        _ => Ok(Map::new()),
    }
}

/// The address without its scheme and trailing slashes, which make no difference to its target.
fn address(url: &str) -> &str {
    let bare = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    bare.trim_end_matches('/')
}

/// Notes the faults of a line, by column.
pub fn refused(line: u64, error: &ApiError, faults: &mut FileFaults) {
    for fault in error.faults() {
        let column = column(fault.pointer.as_deref().unwrap_or_default());
        let colon = if fault.detail.starts_with("this ") { ":" } else { "" };
        faults.add_at(line, format!("{column}{colon} {}", fault.detail));
    }
}
