//! Reading a file within a limit, and telling what it is when it is none that was meant; what the faults in it are.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Why nothing was imported.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How files of other formats begin, and what they are.
const OTHERS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a zip archive: take the file out of it first"),
    (
        b"SQLite format 3\0",
        "a GeoPackage or another SQLite database: export the layer as GeoJSON in WGS 84 (EPSG:4326)",
    ),
    (b"\x00\x00\x27\x0a", "a shapefile: export it as GeoJSON in WGS 84 (EPSG:4326)"),
    (b"\x1f\x8b", "compressed by gzip: unpack it first"),
    (b"%PDF", "a PDF"),
    (b"<", "XML or a web page: was a download refused, or is it KML?"),
];

/// The text of a file of at most `megabytes`. Its size is asked first: what is too large is not read.
pub fn read(path: &Path, megabytes: u32) -> Result<String, Failure> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let most = u64::from(megabytes) * 1_000_000;
    let file = File::open(path).map_err(told)?;
    let about = file.metadata().map_err(told)?;
    if about.is_dir() {
        return Err(format!("{} is a folder", path.display()).into());
    }
    let refused = |size: String| {
        format!("{} has {size}; at most {megabytes} MB are read. --max-megabytes sets another limit.", path.display())
    };
    if about.len() > most {
        return Err(refused(format!("{} MB", about.len().div_ceil(1_000_000))).into());
    }
    let mut bytes = Vec::new();
    // A pipe or device does not say how large it is.
    file.take(most + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > most {
        return Err(refused("more".into()).into());
    }
    if let Some((_, what)) = OTHERS.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Err(format!("{} is {what}", path.display()).into());
    }
    let text = String::from_utf8(bytes).map_err(|_| format!("{} is not a text in UTF-8", path.display()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Faults of a file, each with its place (a code, a line), gathered until all of it has been looked at.
#[derive(Debug, Default)]
pub struct FileFaults(Vec<(u64, String, String)>);

impl FileFaults {
    /// Note what is wrong where.
    pub fn add(&mut self, place: impl Into<String>, detail: impl Into<String>) {
        self.0.push((0, place.into(), detail.into()));
    }

    /// Note what is wrong in a line; what is wrong is told from line to line.
    pub fn add_at(&mut self, line: u64, detail: impl Into<String>) {
        self.0.push((line, format!("line {line}"), detail.into()));
    }

    /// True when nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A failure that tells all of them, if there are any: what is wrong at many places alike is said once.
    pub fn finish(mut self, path: &Path) -> Result<(), Failure> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|(line, ..)| *line);
        let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (_, place, detail) in &self.0 {
            let index = *known.entry(detail).or_insert(told.len());
            match told.get_mut(index) {
                Some((_, places)) => places.push(place),
                None => told.push((detail, vec![place])),
            }
        }
        let lines: Vec<String> =
            told.iter().map(|(detail, places)| format!("  {}: {detail}", some(places, 8))).collect();
        let faults = if self.0.len() == 1 { "one fault".into() } else { format!("{} faults", self.0.len()) };
        Err(format!("nothing was imported: {} has {faults}:\n{}", path.display(), lines.join("\n")).into())
    }
}

/// The first few of some words, and how many there are besides.
pub fn some<T: AsRef<str>>(words: &[T], most: usize) -> String {
    let shown: Vec<&str> = words.iter().take(most).map(AsRef::as_ref).collect();
    match words.len().saturating_sub(most) {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}
