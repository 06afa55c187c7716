//! Reads a file within a size limit, recognises files of the wrong kind, and collects faults.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Reason why nothing was imported.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The kind of file to read, for advice about others.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// A table.
    Csv,
    /// Shapes.
    Boundaries,
}

impl Wanted {
    /// What to do to get such a file.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Csv => "in Excel, choose Save As and the type \"CSV UTF-8 (Comma delimited)\"",
            Self::Boundaries => "export the boundaries as GeoJSON, which is UTF-8, in WGS 84 (EPSG:4326)",
        }
    }
}

/// First bytes of other file formats, and advice for each.
const OTHERS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a zip archive: extract the file first"),
    (
        b"SQLite format 3\0",
        "a GeoPackage or another SQLite database: export the layer as GeoJSON in WGS 84 (EPSG:4326)",
    ),
    (b"\x00\x00\x27\x0a", "a shapefile: export it as GeoJSON in WGS 84 (EPSG:4326)"),
    (b"\x1f\x8b", "compressed by gzip: unpack it first"),
    (b"%PDF", "a PDF"),
    (b"<", "XML or a web page: check whether the download failed, or whether it is KML"),
];

/// Text of a file of at most `megabytes`. Checks the size first, so that a larger file is not read.
pub fn read(path: &Path, megabytes: u32, wanted: Wanted) -> Result<String, Failure> {
    let failure = |error: std::io::Error| format!("{}: {error}", path.display());
    let most = u64::from(megabytes) * 1_000_000;
    let file = File::open(path).map_err(failure)?;
    let about = file.metadata().map_err(failure)?;
    if about.is_dir() {
        return Err(format!("{} is a folder", path.display()).into());
    }
    let refused = |size: String| {
        format!("{} has {size}; the limit is {megabytes} MB. To change it, use --max-megabytes.", path.display())
    };
    if about.len() > most {
        return Err(refused(format!("{} MB", about.len().div_ceil(1_000_000))).into());
    }
    let mut bytes = Vec::new();
    // A pipe or device does not report its size.
    file.take(most + 1).read_to_end(&mut bytes).map_err(failure)?;
    if bytes.len() as u64 > most {
        return Err(refused("more".into()).into());
    }
    let named = |what: &str| format!("{} is {what}; {}", path.display(), wanted.remedy());
    if let Some(what) = spreadsheet(&bytes).or_else(|| utf_16(&bytes)) {
        return Err(named(what).into());
    }
    if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(format!("{} is {what}", path.display()).into());
    }
    let text = String::from_utf8(bytes).map_err(|error| named(&other_text(error.as_bytes(), error.utf8_error())))?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(named("empty").into());
    }
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The kind of spreadsheet, if the file is one.
fn spreadsheet(bytes: &[u8]) -> Option<&'static str> {
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    match bytes {
        // The names of the parts of an archive are not compressed.
        [b'P', b'K', 3, 4, ..] if has(b"xl/workbook.") => Some("an Excel workbook"),
        [b'P', b'K', 3, 4, ..] if has(b"opendocument.spreadsheet") => Some("an OpenDocument spreadsheet"),
        [b'P', b'K', 3, 4, ..] if has(b"Index/Document.iwa") => Some("a Numbers spreadsheet"),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Some("an Excel workbook of the old kind (.xls)"),
        _ => None,
    }
}

/// Names text in UTF-16: by its byte order mark, or by a zero byte in nearly every second place.
fn utf_16(bytes: &[u8]) -> Option<&'static str> {
    const UTF_16: &str = "text in UTF-16 (Excel calls it Unicode Text), not in UTF-8";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Some(UTF_16);
    }
    let begin = &bytes[..bytes.len().min(400)];
    let zeros = |first: usize| begin.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    (begin.len() >= 4 && zeros(0).max(zeros(1)) * 5 >= begin.len() * 2).then_some(UTF_16)
}

/// Names text that is not UTF-8, with the first place that shows it.
fn other_text(bytes: &[u8], error: std::str::Utf8Error) -> String {
    let before = &bytes[..error.valid_up_to()];
    let line = String::from_utf8_lossy(before).replace("\r\n", "\n").matches(['\n', '\r']).count() + 1;
    let byte = bytes.get(before.len()).copied().unwrap_or_default();
    // Windows-1252 and Latin-1 have the same characters from here on.
    let character = if byte >= 0xa0 { format!(" ({})", char::from(byte)) } else { String::new() };
    format!("not in UTF-8, but probably in Windows-1252 (Latin-1): line {line} has the byte {byte:#04X}{character}")
}

/// Faults of a file, each with its place (a code or a line), collected over the whole file.
#[derive(Debug, Default)]
pub struct FileFaults(Vec<(u64, String, String)>);

impl FileFaults {
    /// Notes a fault at a place.
    pub fn add(&mut self, place: impl Into<String>, detail: impl Into<String>) {
        self.0.push((0, place.into(), detail.into()));
    }

    /// Notes a fault in a line. Faults are reported in the order of lines.
    pub fn add_at(&mut self, line: u64, detail: impl Into<String>) {
        self.0.push((line, format!("line {line}"), detail.into()));
    }

    /// True when there are no faults.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A failure that lists all faults, if there are any. A fault found at several places is listed once.
    pub fn finish(mut self, path: &Path) -> Result<(), Failure> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|(line, ..)| *line);
        let mut grouped: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (_, place, detail) in &self.0 {
            let index = *known.entry(detail).or_insert(grouped.len());
            match grouped.get_mut(index) {
                Some((_, places)) => places.push(place),
                None => grouped.push((detail, vec![place])),
            }
        }
        let lines: Vec<String> =
            grouped.iter().map(|(detail, places)| format!("  {}: {detail}", first_few(places, 8))).collect();
        let faults = if self.0.len() == 1 { "one fault".into() } else { format!("{} faults", self.0.len()) };
        Err(format!("nothing was imported: {} has {faults}:\n{}", path.display(), lines.join("\n")).into())
    }
}

/// The first `most` words, and the number of the others.
pub fn first_few<T: AsRef<str>>(words: &[T], most: usize) -> String {
    let shown: Vec<&str> = words.iter().take(most).map(AsRef::as_ref).collect();
    match words.len().saturating_sub(most) {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}
