//! Reads CSV as people have it: a header in any case, any line ends, blank rows and columns. Names other separators.

use std::collections::BTreeMap;

use crate::app::import::file::{FileFaults, Wanted};
use crate::text::nearest;

/// Required columns.
const REQUIRED: [&str; 5] = ["gss_code", "official_name", "short_name", "type_code", "nation"];
/// Names of columns in published files, and our names for the same columns. They are those of mySociety's "UK local
/// authority names and codes".
const ALIASES: [(&str, &str); 9] = [
    ("county_la", "county_code"),
    ("gov_uk_slug", "slug"),
    ("lat", "latitude"),
    ("lng", "longitude"),
    ("lon", "longitude"),
    ("long", "longitude"),
    ("local_authority_type", "type_code"),
    ("nice_name", "short_name"),
    ("pop_", "population_mid"),
];
/// Separators of other kinds of file.
const OTHERS: [(u8, &str); 3] = [(b';', "semicolons"), (b'\t', "tabs"), (b'|', "vertical bars")];

/// A file as cells.
pub struct Table {
    /// Place of each column, by our name for it.
    columns: BTreeMap<String, usize>,
    /// Name of each column as the file has it.
    header: Vec<String>,
    records: Vec<(u64, csv::StringRecord)>,
}

/// A row of a table.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    /// Line number from 1.
    pub line: u64,
    columns: &'a BTreeMap<String, usize>,
    record: &'a csv::StringRecord,
}

impl<'a> Cells<'a> {
    /// The cell in a column, unless it is empty.
    pub fn get(&self, column: &str) -> Option<&'a str> {
        self.record.get(*self.columns.get(column)?).filter(|cell| !cell.is_empty())
    }
}

impl Table {
    /// Reads a file. `Err` if it is not a table of councils.
    pub fn read(text: &str, faults: &mut FileFaults) -> Result<Self, String> {
        let mut records =
            records(text, b',').map(|read| read.map_err(|error| format!("cannot be read as CSV: {error}")));
        let header: Vec<String> = match records.next() {
            Some(first) => first?.1.iter().map(str::to_owned).collect(),
            None => return Err(format!("is empty; {}", Wanted::Csv.remedy())),
        };
        check_separator(text, &header)?;
        let columns = columns(&header)?;
        let width = header.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        let mut sound = Vec::new();
        for read in records {
            let (line, record) = read?;
            let is_wider = record.iter().skip(header.len()).any(|cell| !cell.is_empty());
            if record.len() < width || is_wider {
                faults.add_at(line, format!("has {} cells; the header has {width}", record.len()));
            } else {
                sound.push((line, record));
            }
        }
        if sound.is_empty() && faults.is_empty() {
            return Err("has no rows".into());
        }
        Ok(Self { columns, header, records: sound })
    }

    /// The rows, without blank ones.
    pub fn rows(&self) -> impl Iterator<Item = Cells<'_>> {
        self.records.iter().map(|(line, record)| Cells { line: *line, columns: &self.columns, record })
    }

    /// Our names for the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }

    /// True if the file has a column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// Columns with content that `is_read` does not read, by the names in the file.
    pub fn unread(&self, is_read: impl Fn(&str) -> bool) -> Vec<String> {
        let has_content = |place: usize| {
            self.records.iter().any(|(_, record)| record.get(place).is_some_and(|cell| !cell.is_empty()))
        };
        let named = |(place, name): (usize, &String)| match name.as_str() {
            "" if has_content(place) => Some(format!("column {} (without a name)", place + 1)),
            "" => None,
            name => (!is_read(&ours(name))).then(|| name.to_owned()),
        };
        self.header.iter().enumerate().filter_map(named).collect()
    }
}

/// Our name for a column: in lower case, with underscores, and an alias replaced.
fn ours(name: &str) -> String {
    let plain = name.to_lowercase().replace([' ', '-'], "_");
    let year = |begin: &str| plain.strip_prefix(begin).filter(|year| year.parse::<u16>().is_ok());
    let alias = ALIASES.iter().find_map(|(alias, column)| match alias.ends_with('_') {
        true => year(alias).map(|year| format!("{column}{year}")),
        false => (*alias == plain).then(|| (*column).to_owned()),
    });
    alias.unwrap_or(plain)
}

/// Places of the columns. `Err` if one is missing or there twice.
fn columns(header: &[String]) -> Result<BTreeMap<String, usize>, String> {
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    for (place, name) in header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if let Some(first) = columns.insert(ours(name), place) {
            let other = header.get(first).filter(|other| *other != name);
            let other = other.map_or(String::new(), |other| format!(" (also as {other})"));
            return Err(format!("has the column {name} twice{other}"));
        }
    }
    // A point needs both. Without this, every row would be at fault.
    let partner = match (columns.contains_key("latitude"), columns.contains_key("longitude")) {
        (true, false) => Some("longitude"),
        (false, true) => Some("latitude"),
        _ => None,
    };
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| !columns.contains_key(*name)).chain(partner).collect();
    if missing.is_empty() {
        return Ok(columns);
    }
    let near = missing.iter().find_map(|name| nearest(name, header.iter().map(String::as_str)));
    let near = near.map(|near| format!(" (it has {near} instead)")).unwrap_or_default();
    Err(format!("has no column {}{near}", missing.join(", ")))
}

/// Refuses a table with another separator than a comma.
fn check_separator(text: &str, header: &[String]) -> Result<(), String> {
    let begun = header.first().map(String::as_str).unwrap_or_default();
    let named = begun.to_lowercase().strip_prefix("sep=").and_then(|separator| separator.bytes().next());
    let known = |header: &[&str]| header.iter().filter(|name| REQUIRED.contains(&ours(name).as_str())).count();
    let ordinary: Vec<&str> = header.iter().map(String::as_str).collect();
    let other = OTHERS.into_iter().find(|(separator, _)| {
        let first = records(text, *separator).flatten().find(|(_, record)| record.len() > 1);
        named == Some(*separator)
            || first.is_some_and(|(_, first)| known(&first.iter().collect::<Vec<_>>()) > known(&ordinary))
    });
    match other {
        Some((_, what)) => Err(format!(
            "has {what} between its cells, where it needs commas; {}. If Excel writes {what} there too, set the list \
             separator of the computer's region to a comma",
            Wanted::Csv.remedy()
        )),
        None if begun.to_lowercase().starts_with("sep=") => {
            Err(format!("begins with {begun:?}, a line for Excel alone: delete that line"))
        }
        None => Ok(()),
    }
}

/// The rows that have any content, each with the number of its line.
fn records(text: &str, separator: u8) -> impl Iterator<Item = csv::Result<(u64, csv::StringRecord)>> {
    let starts = line_starts(text);
    let mut builder = csv::ReaderBuilder::new();
    builder.trim(csv::Trim::All).flexible(true).has_headers(false).delimiter(separator);
    builder.from_reader(text.as_bytes()).into_records().filter_map(move |read| match read {
        Ok(record) if record.iter().all(str::is_empty) => None,
        Ok(record) => {
            // The reader's position may be that of the line end before the row.
            let at = record.position().map_or(0, csv::Position::byte) as usize;
            let rest = text.get(at..).unwrap_or_default();
            let at = at + rest.len() - rest.trim_start_matches(['\r', '\n']).len();
            Some(Ok((starts.partition_point(|start| *start <= at) as u64, record)))
        }
        Err(error) => Some(Err(error)),
    })
}

/// Where each line begins, in bytes. CR LF, LF and a lone CR end a line.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = (0..bytes.len()).filter(|at| match bytes[*at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0).chain(ends.map(|end| end + 1)).collect()
}
