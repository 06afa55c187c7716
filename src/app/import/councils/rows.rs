//! Converts a CSV file to rows of council members in the form the API takes.

use chrono::{NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::table::{Cells, Table};
use crate::app::import::file::FileFaults;
use crate::registry::councils::model::Location;
use crate::text::Slug;

/// Columns to read, and the council member that each one fills.
const MEMBERS: [(&str, &str); 13] = [
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
    ("status", "status"),
    ("established_on", "established_on"),
    ("abolished_on", "abolished_on"),
];
/// Other columns to read.
const OTHERS: [&str; 4] = ["latitude", "longitude", "county_code", "former_gss_codes"];
/// Columns that tell councils which no longer exist.
const PAST: [&str; 2] = ["current_authority", "end_date"];
/// Column of a population estimate, without its year.
const POPULATION: &str = "population_mid";
/// Types of council, by their abbreviations in the register of local authorities.
const TYPES: [(&str, &str); 11] = [
    ("CC", "london_borough"),
    ("COMB", "combined_authority"),
    ("CTY", "county"),
    ("LBO", "london_borough"),
    ("MD", "metropolitan_district"),
    ("NID", "ni_district"),
    ("NMD", "district"),
    ("SCO", "scottish_unitary"),
    ("SRA", "combined_authority"),
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
    /// The body of a new council, with its former codes, whose days the file does not have.
    pub fn body(self) -> Map<String, Value> {
        let mut body = self.members;
        if !self.former.is_empty() {
            body.insert("codes".into(), self.former.iter().map(|code| json!({ "gss": code })).collect());
        }
        body
    }

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
    /// Number of rows that were passed over, because their councils no longer exist.
    pub past: usize,
    /// Columns that were ignored.
    pub unread: Vec<String>,
    /// True when the file has a column for counties.
    pub has_counties: bool,
}

/// Reads a file. `Err` if it is not a file of councils.
pub fn rows(text: &str, faults: &mut FileFaults) -> Result<Rows, String> {
    let table = Table::read(text, faults)?;
    // The latest of several estimates.
    let year = table.columns().filter_map(|name| name.strip_prefix(POPULATION)?.parse::<u16>().ok()).max();
    let (mut rows, mut past) = (Vec::new(), 0);
    let today = Utc::now().date_naive();
    for cells in table.rows() {
        if is_past(cells, today) {
            past += 1;
            continue;
        }
        let mut members = members(cells, year, faults);
        let written_slug = cells.get("slug").filter(|slug| !is_slug(slug)).map(str::to_owned);
        if let Some(slug) = written_slug.as_deref().and_then(Slug::from_title) {
            members.insert("slug".into(), (*slug).into());
        }
        rows.push(Row {
            line: cells.line,
            members,
            written_slug,
            former: cells.get("former_gss_codes").map(codes).unwrap_or_default(),
            county: cells.get("county_code").map(str::to_owned),
        });
    }
    let is_read = |name: &str| {
        MEMBERS.iter().any(|(column, _)| *column == name)
            || OTHERS.contains(&name)
            || PAST.contains(&name)
            || year.is_some_and(|year| name == format!("{POPULATION}{year}"))
    };
    Ok(Rows { rows, past, unread: table.unread(is_read), has_counties: table.has("county_code") })
}

/// True for a council that no longer exists, as the file says.
fn is_past(cells: Cells<'_>, today: NaiveDate) -> bool {
    let is_current = cells.get("current_authority").is_none_or(|said| !said.eq_ignore_ascii_case("false"));
    let has_ended = cells.get("end_date").and_then(|day| day.parse::<NaiveDate>().ok()).is_some_and(|day| day < today);
    !is_current || has_ended
}

fn is_slug(text: &str) -> bool {
    text.split('-')
        .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

fn codes(cell: &str) -> Vec<String> {
    cell.split(|c: char| !c.is_ascii_alphanumeric()).filter(|code| !code.is_empty()).map(str::to_owned).collect()
}

fn members(cells: Cells<'_>, year: Option<u16>, faults: &mut FileFaults) -> Map<String, Value> {
    let mut members = Map::new();
    for (column, member) in MEMBERS {
        let Some(text) = cells.get(column) else { continue };
        let text = match column {
            "type_code" => {
                let known = TYPES.iter().find(|(code, _)| code.eq_ignore_ascii_case(text));
                known.map_or(text, |(_, word)| word).to_owned()
            }
            "nation" | "region" => text.to_lowercase().replace([' ', '-'], "_"),
            _ => text.to_owned(),
        };
        members.insert(member.into(), text.into());
    }
    // Outside England the column repeats the nation.
    if members.get("nation").is_some_and(|nation| nation != "england") {
        members.remove("region");
    }
    if let Some(location) = location(cells, faults) {
        members.insert("location".into(), location.into());
    }
    if let Some((year, people)) = year.and_then(|year| Some((year, cells.get(&format!("{POPULATION}{year}"))?))) {
        // Some files have 93861.0. Leave anything that is not a whole number for the schema to refuse.
        let whole = people.strip_suffix(".0").unwrap_or(people);
        let people = whole.parse::<i64>().map_or_else(|_| Value::from(people), Value::from);
        members.insert("population".into(), people);
        members.insert("population_year".into(), json!(year));
    }
    members
}

/// The point of a row. One that is swapped or in metres is a fault of its own: its numbers are right, and only out of
/// place.
fn location(cells: Cells<'_>, faults: &mut FileFaults) -> Option<Map<String, Value>> {
    let written = [("latitude", cells.get("latitude")), ("longitude", cells.get("longitude"))];
    let numbers = written.map(|(_, text)| text.and_then(|text| text.parse::<f64>().ok()));
    if let [Some(latitude), Some(longitude)] = numbers {
        let wrong = match Location::lies_in_the_uk(latitude, longitude) {
            true => None,
            false if Location::lies_in_the_uk(longitude, latitude) => Some("latitude and longitude are swapped"),
            false if latitude.abs() > 90.0 || longitude.abs() > 180.0 => Some(
                "latitude and longitude are in metres, such as those of the British National Grid (EPSG:27700); give \
                 them in degrees (WGS 84)",
            ),
            false => None,
        };
        if let Some(wrong) = wrong {
            faults.add_at(cells.line, wrong);
            return None;
        }
    }
    // Leave anything that is not a number for the schema to refuse.
    let number = |text: &str| text.parse::<f64>().map_or_else(|_| Value::from(text), Value::from);
    let given: Map<String, Value> =
        written.iter().filter_map(|(name, text)| Some(((*name).to_owned(), number((*text)?)))).collect();
    (!given.is_empty()).then_some(given)
}

/// The column for a pointer to a member. Falls back to the pointer.
pub fn column(pointer: &str) -> String {
    let name = pointer.trim_start_matches('/');
    let last = name.rsplit('/').next().unwrap_or(name);
    match MEMBERS.iter().find(|(_, member)| *member == name) {
        Some((column, _)) => (*column).to_owned(),
        None if OTHERS.contains(&last) => last.to_owned(),
        None if name.starts_with("codes/") => "former_gss_codes".into(),
        None if name.starts_with("population") => format!("{POPULATION}…"),
        None => name.to_owned(),
    }
}
