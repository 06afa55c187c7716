//! What is to be said of a file on the command line.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Args;

/// What is to be said with boundaries of the Office for National Statistics.
const ATTRIBUTION: &str = "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. \
    Contains OS data © Crown copyright and database right";

/// A file of boundaries.
#[derive(Args, Debug)]
pub struct BoundariesFile {
    /// GeoJSON or TopoJSON.
    pub file: PathBuf,
    /// Property that holds the GSS codes, such as LAD24CD. Default: the one whose values look like them.
    #[arg(long, value_name = "NAME")]
    pub code_property: Option<String>,
    /// Layer of a TopoJSON file that has several.
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,
    /// What whoever shows the boundaries has to say with them, by their licence.
    #[arg(long, value_name = "TEXT", default_value = ATTRIBUTION, value_parser = line)]
    pub attribution: String,
    /// Title or address of the data set.
    #[arg(long, value_name = "TEXT", value_parser = line)]
    pub source: Option<String>,
    /// When the boundaries held: 2024, 2024-05 or 2024-05-01.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub date: Option<String>,
    /// Largest file that is read, in megabytes; reading takes some three times as much memory.
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=16_000))]
    pub max_megabytes: u32,
}

/// A file of councils.
#[derive(Args, Debug)]
pub struct CouncilsFile {
    /// CSV with a header, of the columns gss_code, local_authority_code, official_name, short_name, welsh_name, slug,
    /// type_code, nation, region, county_code, latitude, longitude, population_mid2022 (of any year), website and
    /// former_gss_codes; others are not read.
    pub file: PathBuf,
    /// Write it: all of it or, where anything is wrong, nothing.
    #[arg(long)]
    pub apply: bool,
    /// Largest file that is read, in megabytes.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub max_megabytes: u32,
}

/// A partial date, as precisely as it is known.
fn date(text: &str) -> Result<String, String> {
    let whole = format!("{text}{}", ["-01-01", "-01", ""].get(text.matches('-').count()).unwrap_or(&""));
    match whole.len() == 10 && whole.parse::<NaiveDate>().is_ok() {
        true => Ok(text.into()),
        false => Err("is no date such as 2024, 2024-05 or 2024-05-01".into()),
    }
}

/// A line of text that says something.
fn line(text: &str) -> Result<String, String> {
    let says_something = !text.trim().is_empty() && !text.chars().any(char::is_control);
    if says_something { Ok(text.trim().into()) } else { Err("is no line of text".into()) }
}
