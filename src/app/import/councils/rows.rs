//! Converts a CSV file to rows of council members in the form the API takes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::app::import::file::FileFaults;
use crate::text::{Slug, nearest};

/// Required columns.
const REQUIRED: [&str; 5] = ["gss_code", "official_name", "short_name", "type_code", "nation"];
/// Columns to read, and the council member that each one fills.
const MEMBERS: [(&str, &str); 10] = [
    ("gss_code", "gss_code"),
    ("local_authority_code", "code"),
    ("official_name", "name"),
    ("short_name", "short_name"),
    ("welsh_name", "welsh_name"),
    ("slug", "slug"),
    ("type_code", "council_type"),
    ("nation", "nation"),
    ("region", "region"),
    ("website", "website"),
];
/// Other columns to read.
const OTHERS: [&str; 4] = ["latitude", "longitude", "county_code", "former_gss_codes"];
/// Column of a population estimate, without its year.
const POPULATION: &str = "population_mid";
/// Types of council, by their abbreviations in the register of local authorities.
const TYPES: [(&str, &str); 10] = [
    ("CC", "london_borough"),
    ("COMB", "combined_authority"),
    ("CTY", "county"),
    ("LBO", "london_borough"),
    ("MD", "metropolitan_district"),
    ("NID", "ni_district"),
    ("NMD", "district"),
    ("SCO", "scottish_unitary"),
    ("UA", "unitary"),
    ("WPA", "welsh_unitary"),
];

/// A council in a line of the file.
#[derive(Debug)]
pub struct Row {
    /// Line number from 1. Line 1 is the header.
    pub line: u64,
    /// Members of the council, without those of empty cells.
    pub members: Map<String, Value>,
    /// Slug in the file, if it was invalid and replaced by one made from it.
    pub written_slug: Option<String>,
    /// GSS codes that the council had before.
    pub former: Vec<String>,
    /// Register code of the county of the district, if the file has that column.
    pub county: Option<String>,
}

impl Row {
    /// A text member.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.members.get(member).and_then(Value::as_str)
    }
}

/// The rows of a file, and the columns that were ignored.
#[derive(Debug)]
pub struct Rows {
    /// In the order of the file.
    pub rows: Vec<Row>,
    /// Columns that were ignored.
    pub unread: Vec<String>,
    /// True when the file has a column for counties.
    pub has_counties: bool,
}

/// Reads a file. `Err` if it is not a file of councils.
pub fn rows(text: &str, faults: &mut FileFaults) -> Result<Rows, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| format!("cannot be read as CSV: {error}"))?.clone();
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| !header.iter().any(|known| known == *name)).collect();
    if !missing.is_empty() {
        let near = missing
            .iter()
            .find_map(|name| nearest(name, header.iter()).map(|near| format!(" (it has {near} instead)")));
        return Err(format!("has no column {}{}", missing.join(", "), near.unwrap_or_default()));
    }
    let mut columns: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, name) in header.iter().enumerate() {
        if columns.insert(name, place).is_some() {
            return Err(format!("has the column {name} twice"));
        }
    }
    // The latest of several estimates.
    let year = columns.keys().filter_map(|name| name.strip_prefix(POPULATION)?.parse::<u16>().ok()).max();
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let cell =
                    |name: &str| columns.get(name).and_then(|place| record.get(*place)).filter(|cell| !cell.is_empty());
                let mut members = members(cell, year);
                let written_slug = cell("slug").filter(|slug| !is_slug(slug)).map(str::to_owned);
                if let Some(slug) = written_slug.as_deref().and_then(Slug::from_title) {
                    members.insert("slug".into(), (*slug).into());
                }
                rows.push(Row {
                    line: record.position().map_or(0, csv::Position::line),
                    members,
                    written_slug,
                    former: cell("former_gss_codes").map(codes).unwrap_or_default(),
                    county: cell("county_code").map(str::to_owned),
                });
            }
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line);
                let detail = match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("has {len} cells; the header has {expected_len}")
                    }
                    _ => format!("cannot be read: {error}"),
                };
                faults.add_at(line, detail);
            }
        }
    }
    if rows.is_empty() && faults.is_empty() {
        return Err("has no rows".into());
    }
    let is_read = |name: &str| {
        MEMBERS.iter().any(|(column, _)| *column == name)
            || OTHERS.contains(&name)
            || year.is_some_and(|year| name == format!("{POPULATION}{year}"))
    };
    let unread = header.iter().filter(|name| !is_read(name)).map(str::to_owned).collect();
    Ok(Rows { rows, unread, has_counties: columns.contains_key("county_code") })
}

fn is_slug(text: &str) -> bool {
    text.split('-')
        .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

fn codes(cell: &str) -> Vec<String> {
    cell.split(|c: char| !c.is_ascii_alphanumeric()).filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

fn members<'a>(cell: impl Fn(&str) -> Option<&'a str>, year: Option<u16>) -> Map<String, Value> {
    let mut members = Map::new();
    for (column, member) in MEMBERS {
        let Some(text) = cell(column) else { continue };
        let text = match column {
            "type_code" => TYPES.iter().find(|(code, _)| *code == text).map_or(text, |(_, word)| word).to_owned(),
            "nation" | "region" => text.to_lowercase().replace([' ', '-'], "_"),
            _ => text.to_owned(),
        };
        members.insert(member.into(), text.into());
    }
    // Outside England the column repeats the nation.
    if members.get("nation").is_some_and(|nation| nation != "england") {
        members.remove("region");
    }
    // Leave anything that is not a number for the schema to refuse.
    let number = |text: &str| text.parse::<f64>().map_or_else(|_| Value::from(text), Value::from);
    match (cell("latitude"), cell("longitude")) {
        (None, None) => {}
        (latitude, longitude) => {
            let mut location = Map::new();
            for (name, value) in [("latitude", latitude), ("longitude", longitude)] {
                location.extend(value.map(|value| (name.to_owned(), number(value))));
            }
            members.insert("location".into(), location.into());
        }
    }
    if let Some((year, people)) = year.and_then(|year| Some((year, cell(&format!("{POPULATION}{year}"))?))) {
        let people = people.parse::<i64>().map_or_else(|_| Value::from(people), Value::from);
        members.insert("population".into(), people);
        members.insert("population_year".into(), json!(year));
    }
    members
}

/// The column for a pointer to a member. Falls back to the pointer.
pub fn column(pointer: &str) -> String {
    let name = pointer.trim_start_matches('/');
    let last = name.rsplit('/').next().unwrap_or(name);
    match MEMBERS.iter().find(|(_, member)| *member == name) {
        Some((column, _)) => (*column).to_owned(),
        None if OTHERS.contains(&last) => last.to_owned(),
        None if name.starts_with("population") => format!("{POPULATION}…"),
        None => name.to_owned(),
    }
}
