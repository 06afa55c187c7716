//! Command-line arguments that describe a file to import.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

/// Attribution that the Office for National Statistics requires for its boundaries.
const ATTRIBUTION: &str = "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. \
    Contains OS data © Crown copyright and database right";

/// A file of boundaries.
#[derive(Args, Debug)]
pub struct BoundariesFile {
    /// GeoJSON or TopoJSON file.
    pub file: PathBuf,
    /// Property with the GSS codes, such as LAD24CD. Default: the property whose values look like GSS codes.
    #[arg(long, value_name = "NAME")]
    pub code_property: Option<String>,
    /// Layer to import from a TopoJSON file that has more than one.
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// Attribution to show with the boundaries, as their licence requires.
    #[arg(long, value_name = "TEXT", default_value = ATTRIBUTION, value_parser = line)]
    pub attribution: String,
    /// Title or URL of the data set.
    #[arg(long, value_name = "TEXT", value_parser = line)]
    pub source: Option<String>,
    /// Date of the boundaries: 2024, 2024-05 or 2024-05-01.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub date: Option<String>,
    /// Largest file to read, in megabytes. Reading needs about three times as much memory.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=16_000))]
    pub max_megabytes: u32,
}

/// A file of councils.
#[derive(Args, Debug)]
pub struct CouncilsFile {
    /// CSV file in UTF-8 with a header, in any case. Columns: gss_code, local_authority_code, official_name, short_name, welsh_name, slug,
    /// type_code, nation, region, county_code, latitude, longitude, population_mid2022 (any year), website,
    /// former_gss_codes, status, established_on and abolished_on. mySociety's names of these columns work too. Other columns are ignored.
    pub file: PathBuf,
    /// Write the changes. If there is any fault, nothing is written.
    #[arg(long)]
    pub apply: bool,
    /// Largest file to read, in megabytes.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub max_megabytes: u32,
}

/// Checks a partial date: a year, month or day.
fn date(text: &str) -> Result<String, String> {
    let whole = format!("{text}{}", ["-01-01", "-01", ""].get(text.matches('-').count()).unwrap_or(&""));
    match whole.len() == 10 && whole.parse::<NaiveDate>().is_ok() {
        true => Ok(text.into()),
        false => Err("must be a date such as 2024, 2024-05 or 2024-05-01".into()),
    }
}

/// Checks a line of text: not blank, no control characters.
fn line(text: &str) -> Result<String, String> {
    let says_something = !text.trim().is_empty() && !text.chars().any(char::is_control);
    if says_something { Ok(text.trim().into()) } else { Err("must be one line of text".into()) }
}
