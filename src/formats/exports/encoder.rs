//! Encodes rows of an export in each format.

use std::{io, mem};

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::columns::{Kind, is_formula};
use super::workbook::Book;
use crate::http::list_format::Format;

/// UTF-8's byte order mark.
const BYTE_ORDER_MARK: [u8; 3] = *b"\xef\xbb\xbf";
/// Line ends that JSON allows inside a string, and their escapes.
const LINE_ENDS: [(&str, &str); 3] = [("\u{85}", "\\u0085"), ("\u{2028}", "\\u2028"), ("\u{2029}", "\\u2029")];

/// Encodes rows in a format, in chunks.
pub struct Encoder {
    format: Format,
    output: Output,
    size: usize,
    rows: u64,
}

#[expect(clippy::large_enum_variant, reason = "one value per export")]
enum Output {
    Csv {
        writer: csv::Writer<Vec<u8>>,
        /// True for columns of text written by people, as opposed to numbers or words of our own.
        are_text: Vec<bool>,
    },
    Json(Vec<u8>),
    Book(Box<Book>),
}

/// The rest of a document.
pub enum Rest {
    /// Its last bytes.
    Bytes(Vec<u8>),
    /// A workbook, which can be written once all its rows are known.
    Book(Box<Book>),
}

impl Encoder {
    /// An encoder for CSV. `columns` gives the name of each column, and the type of its cells. `has_mark`: begin with a
    /// byte order mark, by which Excel knows UTF-8.
    pub fn csv(columns: &[(&str, Kind)], has_mark: bool) -> io::Result<Self> {
        let mut writer = writer(if has_mark { BYTE_ORDER_MARK.to_vec() } else { Vec::new() });
        writer.write_record(columns.iter().map(|(name, _)| name))?;
        let are_text = columns.iter().map(|(_, kind)| *kind == Kind::Text).collect();
        Ok(Self::new(Format::Csv, Output::Csv { writer, are_text }))
    }

    /// An encoder for newline-delimited JSON.
    pub fn ndjson() -> Self {
        Self::new(Format::Ndjson, Output::Json(Vec::new()))
    }

    /// An encoder for GeoJSON.
    pub fn geojson() -> Self {
        Self::new(Format::Geojson, Output::Json(b"{\"type\":\"FeatureCollection\",\"features\":[\n".to_vec()))
    }

    /// An encoder for a workbook.
    pub fn workbook(book: Book) -> Self {
        Self::new(Format::Xlsx, Output::Book(Box::new(book)))
    }

    fn new(format: Format, output: Output) -> Self {
        Self { format, output, size: 0, rows: 0 }
    }

    /// The format.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Adds a row of a table.
    pub fn push_cells(&mut self, cells: impl IntoIterator<Item = Option<String>>) -> io::Result<()> {
        match &mut self.output {
            Output::Csv { writer, are_text } => {
                for (cell, is_text) in cells.into_iter().zip(are_text) {
                    let cell = cell.as_deref().unwrap_or_default();
                    self.size += cell.len() + 1;
                    if *is_text && is_formula(cell) {
                        writer.write_field(format!("'{cell}"))?;
                    } else {
                        writer.write_field(cell)?;
                    }
                }
                writer.write_record(None::<&[u8]>).map_err(io::Error::from)?;
            }
            Output::Book(book) => self.size += book.push(cells)?,
            Output::Json(_) => return Err(io::Error::other("a row of cells in JSON")),
        }
        self.rows += 1;
        Ok(())
    }

    /// Adds a JSON row: a line, or a feature of a collection. `write` appends it.
    pub fn push_json(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let Output::Json(json) = &mut self.output else { return };
        if self.format == Format::Geojson && self.rows > 0 {
            json.extend_from_slice(b",\n");
        }
        let begin = json.len();
        write(json);
        if self.format == Format::Ndjson {
            escape_line_ends(json, begin);
            json.push(b'\n');
        }
        self.size = json.len();
        self.rows += 1;
    }

    /// Approximate number of bytes since the last `take`.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Number of rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes the bytes so far. A workbook has none before its end.
    pub fn take(&mut self) -> io::Result<Vec<u8>> {
        self.size = 0;
        match &mut self.output {
            Output::Csv { writer: full, .. } => {
                mem::replace(full, writer(Vec::new())).into_inner().map_err(|error| error.into_error())
            }
            Output::Json(json) => Ok(mem::take(json)),
            Output::Book(_) => Ok(Vec::new()),
        }
    }

    /// The rest, including the end of the document.
    pub fn finish(mut self) -> io::Result<Rest> {
        match self.output {
            Output::Book(book) => return Ok(Rest::Book(book)),
            Output::Json(ref mut json) if self.format == Format::Geojson => json.extend_from_slice(b"\n]}\n"),
            _ => {}
        }
        self.take().map(Rest::Bytes)
    }
}

/// Escapes the line ends that JSON allows in strings: U+0085, U+2028 and U+2029. Many programs end a line there, and
/// then read half a record (Python's `str.splitlines`, older versions of JavaScript).
fn escape_line_ends(json: &mut Vec<u8>, begin: usize) {
    for (end, escape) in LINE_ENDS {
        let Some(Ok(written)) = json.get(begin..).map(std::str::from_utf8) else { return };
        if written.contains(end) {
            let escaped = written.replace(end, escape);
            json.truncate(begin);
            json.extend_from_slice(escaped.as_bytes());
        }
    }
}

/// A writer of RFC 4180 records: quoted if necessary, ended by CR LF.
fn writer(begun: Vec<u8>) -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(begun)
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
