//! Files of data that come with the program: each stands on the page of the guide, with its source and its licence.

use std::fs;

use serde_json::Value;

use crate::layering::source::{files, root};

const PAGE: &str = "docs/reference/data.md";
/// Folders with data of the program and of its tests.
const FOLDERS: [&str; 3] = ["src", "web/src", "tests"];
const ENDINGS: [&str; 6] = [".csv", ".geojson", ".json", ".ndjson", ".tsv", ".txt"];
/// Data with room for their own source.
const SELF_SAID: [&str; 2] = ["web/src/map/areas.json", "web/src/map/towns.json"];

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The rows of the page's tables: file, content, source, version, licence and date.
fn rows() -> Vec<[String; 6]> {
    let page = read(PAGE);
    let lines = page.lines().filter(|line| line.starts_with("| `"));
    lines
        .map(|line| {
            let cells: Vec<String> =
                line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
            cells.try_into().unwrap_or_else(|cells| panic!("not six cells: {cells:?}"))
        })
        .collect()
}

#[test]
fn every_file_of_data_names_its_source_its_version_and_its_licence() {
    let rows = rows();
    let files = FOLDERS.iter().flat_map(|folder| files(folder));
    let files: Vec<String> = files.filter(|file| ENDINGS.iter().any(|ending| file.ends_with(ending))).collect();
    assert!(files.len() > 15, "{files:?}");
    for file in &files {
        let named = |row: &&[String; 6]| row[0] == *file || row[0].ends_with('/') && file.starts_with(&row[0]);
        assert_eq!(rows.iter().filter(named).count(), 1, "{PAGE} needs one row for {file}");
    }
    for row in &rows {
        assert!(files.iter().any(|file| file.starts_with(&row[0])), "{PAGE}: there is no {}", row[0]);
        assert!(row.iter().all(|cell| !cell.is_empty()), "{PAGE}: {row:?}");
        chrono::NaiveDate::parse_from_str(&row[5], "%Y-%m-%d").unwrap_or_else(|error| panic!("{}: {error}", row[0]));
    }
}

#[test]
fn what_a_file_says_of_its_source_is_what_the_page_says() {
    for file in SELF_SAID {
        let data: Value = serde_json::from_str(&read(file)).expect("JSON");
        let row = rows().into_iter().find(|row| row[0] == file).expect("a row");
        let said = |member: &str| data[member].as_str().unwrap_or_else(|| panic!("{file} has no {member}")).to_owned();
        assert!(row[2].starts_with(&said("source")), "{row:?}");
        assert_eq!([&row[3], &row[4], &row[5]], [&said("version"), &said("licence"), &said("retrieved")], "{file}");
        assert!(said("url").starts_with("https://"), "{file}");
    }
}

#[test]
fn the_data_of_the_map_are_places_of_the_united_kingdom() {
    let towns: Value = serde_json::from_str(&read(SELF_SAID[1])).expect("JSON");
    let towns = towns["towns"].as_array().expect("towns");
    assert!(towns.len() > 40, "{}", towns.len());
    for town in towns {
        let [latitude, longitude] = [1, 2].map(|place| town[place].as_f64().expect("degrees"));
        assert!((49.0..61.0).contains(&latitude) && (-9.0..2.0).contains(&longitude), "{town}");
        assert!(town[0].as_str().is_some_and(|name| !name.is_empty()), "{town}");
    }
}
