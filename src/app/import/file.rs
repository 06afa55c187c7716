//! Reads a file within a size limit, recognises files of the wrong kind, and collects faults.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Reason why nothing was imported.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

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
pub fn read(path: &Path, megabytes: u32) -> Result<String, Failure> {
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
    if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(format!("{} is {what}", path.display()).into());
    }
    let text = String::from_utf8(bytes).map_err(|_| format!("{} is not UTF-8 text", path.display()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
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
