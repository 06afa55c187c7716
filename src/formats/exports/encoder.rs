//! Encodes rows of an export in each format.

use std::{io, mem};

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::list_format::Format;

/// True for a text that a spreadsheet would treat as a formula.
///
/// Such a cell gets a leading apostrophe, which spreadsheets read as "this is text" (OWASP, "CSV Injection").
pub fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

/// Encodes rows in a format, in chunks.
pub struct Encoder {
    format: Format,
    /// True for columns of text written by people, as opposed to numbers or words of our own.
    are_text: Vec<bool>,
    csv: csv::Writer<Vec<u8>>,
    json: Vec<u8>,
    size: usize,
    rows: u64,
}

impl Encoder {
    /// An encoder for a format. `columns` gives the name of each CSV column, and whether it holds text.
    pub fn new(format: Format, columns: &[(&str, bool)]) -> io::Result<Self> {
        let are_text = columns.iter().map(|(_, is_text)| *is_text).collect();
        let mut encoder = Self { format, are_text, csv: writer(), json: Vec::new(), size: 0, rows: 0 };
        match format {
            Format::Csv => encoder.csv.write_record(columns.iter().map(|(name, _)| name))?,
            Format::Ndjson => {}
            Format::Geojson => encoder.json.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[\n"),
        }
        Ok(encoder)
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Adds a CSV row.
    pub fn push_cells(&mut self, cells: impl IntoIterator<Item = Option<String>>) -> io::Result<()> {
        for (cell, is_text) in cells.into_iter().zip(&self.are_text) {
            let cell = cell.as_deref().unwrap_or_default();
            self.size += cell.len() + 1;
            if *is_text && is_formula(cell) {
                self.csv.write_field(format!("'{cell}"))?;
            } else {
                self.csv.write_field(cell)?;
            }
        }
        self.csv.write_record(None::<&[u8]>).map_err(io::Error::from)?;
        self.rows += 1;
        Ok(())
    }

    /// Adds a JSON row: a line, or a feature of a collection. `write` appends it.
    pub fn push_json(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.format == Format::Geojson && self.rows > 0 {
            self.json.extend_from_slice(b",\n");
        }
        write(&mut self.json);
        if self.format == Format::Ndjson {
            self.json.push(b'\n');
        }
        self.size = self.json.len();
        self.rows += 1;
    }

    /// Approximate number of bytes ready to take.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Number of rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes the bytes so far.
    pub fn take(&mut self) -> io::Result<Vec<u8>> {
        self.size = 0;
        match self.format {
            Format::Csv => mem::replace(&mut self.csv, writer()).into_inner().map_err(|error| error.into_error()),
            Format::Ndjson | Format::Geojson => Ok(mem::take(&mut self.json)),
        }
    }

    /// The remaining bytes, including the end of the document.
    pub fn finish(mut self) -> io::Result<Vec<u8>> {
        if self.format == Format::Geojson {
            self.json.extend_from_slice(b"\n]}\n");
        }
        self.take()
    }
}

/// A writer of RFC 4180 records: quoted if necessary, ended by CR LF.
fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

/// A GeoJSON feature collection (RFC 7946).
#[derive(Serialize, ToSchema)]
pub struct FeatureCollection {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection", pattern = "^FeatureCollection$")]
    kind: String,
    /// One feature for each record.
    features: Vec<Feature>,
}

/// A record as a GeoJSON feature.
#[derive(Serialize, ToSchema)]
pub struct Feature {
    /// `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature", pattern = "^Feature$")]
    kind: String,
    /// Id of the record.
    id: Uuid,
    /// The record's own point, or that of its lead council (see `location.of`). Null if no point is known.
    #[schema(required)]
    geometry: Option<Point>,
    /// The record as in the list, without `html`. With `fields`, only those members.
    #[schema(value_type = Object)]
    properties: Map<String, Value>,
}

/// A GeoJSON point, WGS 84.
#[derive(Serialize, ToSchema)]
pub struct Point {
    /// `Point`.
    #[serde(rename = "type")]
    #[schema(example = "Point", pattern = "^Point$")]
    kind: &'static str,
    /// Longitude, then latitude.
    #[schema(min_items = 2, max_items = 2)]
    coordinates: Vec<f64>,
}

impl Point {
    /// A point at a place.
    pub fn new(at: crate::geography::Point) -> Self {
        Self { kind: "Point", coordinates: vec![at.longitude, at.latitude] }
    }
}
