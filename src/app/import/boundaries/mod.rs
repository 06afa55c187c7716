//! `ccin-registry import boundaries FILE`.

mod feature;
mod outline;
mod read;
mod simplify;
mod system;
mod topojson;

use std::collections::{BTreeMap, BTreeSet};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use geo::MultiPolygon;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use super::arguments::BoundariesFile;
use super::file::{Failure, FileFaults, Wanted, first_few, read};
use crate::access::keys::Keys;
use crate::app::import::boundaries::outline::{Repair, outline};
use crate::app::import::boundaries::simplify::Borders;
use crate::audit::action::{Action, RecordKind};
use crate::audit::store::record;
use crate::audit::subject::{Actor, Subject};
use crate::db::lock;
use crate::error::ApiError;
use crate::geography::BoundingBox;
use crate::registry::boundaries::store::BoundaryRow;
use crate::registry::boundaries::{shape, store};
use crate::registry::councils::store as councils;
use crate::registry::stewards;

/// Raise this when shapes are computed differently, so that a repeated import replaces older boundaries.
const METHOD: &[u8] = b"2";

/// Checked contents of a file, ready to write.
struct Sound {
    areas: Vec<(String, String, MultiPolygon)>,
    repairs: BTreeMap<Repair, Vec<String>>,
    property: String,
}

/// Imports a file. Returns a summary to print.
pub async fn import(conn: &mut AsyncPgConnection, keys: &Keys, args: &BoundariesFile) -> Result<String, Failure> {
    let sound = check(args)?;
    let borders = Borders::of(sound.areas.iter().map(|(_, _, shape)| shape));
    let known = store::digests(conn).await?;
    let (mut new, mut replaced, mut rows) = (0_usize, 0_usize, Vec::new());
    let bar = bar("Simplifying", sound.areas.len());
    for (code, name, shape) in &sound.areas {
        bar.inc(1);
        let row = row(args, code, name, shape);
        match known.get(code) {
            Some(digest) if *digest == row.digest => continue,
            Some(_) => replaced += 1,
            None => new += 1,
        }
        let shapes: Vec<_> =
            borders.levels(shape).into_iter().map(|(level, shape)| (level, shape::write(&shape))).collect();
        rows.push((row, shapes));
    }
    bar.finish_and_clear();
    write(conn, keys, &rows).await?;
    let held: BTreeSet<String> =
        councils::load_all(conn).await?.into_iter().filter_map(|council| council.gss_code).collect();
    let unheld: Vec<&str> =
        sound.areas.iter().map(|(code, ..)| code.as_str()).filter(|code| !held.contains(*code)).collect();
    let total = sound.areas.len();
    let mut summary = format!(
        "{total} boundaries in {}, by {}: {new} new, {replaced} replaced, {} unchanged.",
        args.file.display(),
        sound.property,
        total - new - replaced
    );
    for (repair, codes) in &sound.repairs {
        summary.push_str(&format!("\nRepaired, {}: {}.", repair.label(), first_few(codes, 8)));
    }
    if !unheld.is_empty() {
        let (count, verb) = (unheld.len(), if unheld.len() == 1 { "boundary matches" } else { "boundaries match" });
        let codes = first_few(&unheld, 8);
        summary.push_str(&format!("\n{count} {verb} no council yet, and will be used once one has the code: {codes}."));
    }
    Ok(summary)
}

/// Reads and checks the whole file.
fn check(args: &BoundariesFile) -> Result<Sound, Failure> {
    let text = read(&args.file, args.max_megabytes, Wanted::Boundaries)?;
    let mut faults = FileFaults::default();
    let failure = |error| format!("nothing was imported: {} {error}", args.file.display());
    let found =
        read::areas(&text, args.code_property.as_deref(), args.layer.as_deref(), &mut faults).map_err(failure)?;
    drop(text);
    let mut sound = Sound { areas: Vec::new(), repairs: BTreeMap::new(), property: found.property };
    let bar = bar("Checking", found.areas.len());
    for area in found.areas {
        bar.inc(1);
        match outline(area.rings, found.may_be_latitude_first) {
            Ok(outline) => {
                for repair in outline.repairs {
                    sound.repairs.entry(repair).or_default().push(area.code.clone());
                }
                sound.areas.push((area.code, area.name, outline.shape));
            }
            Err(details) => details.into_iter().for_each(|detail| faults.add(&area.code, detail)),
        }
    }
    bar.finish_and_clear();
    faults.finish(&args.file)?;
    Ok(sound)
}

/// A progress bar, shown on a terminal only.
fn bar(what: &'static str, length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64).with_message(what);
    let style = ProgressStyle::with_template("{msg:12} {bar:40} {pos}/{len}");
    style.map_or_else(|_| ProgressBar::hidden(), |style| bar.with_style(style))
}

fn row(args: &BoundariesFile, code: &str, name: &str, shape: &MultiPolygon) -> BoundaryRow {
    let mut digest = Sha256::new();
    let date = args.date.as_deref().unwrap_or_default();
    let source = args.source.as_deref().unwrap_or_default();
    for part in [METHOD, name.as_bytes(), args.attribution.as_bytes(), source.as_bytes(), date.as_bytes()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.update(shape::write(shape));
    let BoundingBox { west, south, east, north } = shape::bounds(shape);
    BoundaryRow {
        gss_code: code.into(),
        name: name.into(),
        west,
        south,
        east,
        north,
        attribution: args.attribution.clone(),
        source: args.source.clone(),
        dated_on: args.date.clone(),
        digest: digest.finalize().to_vec(),
    }
}

/// Writes all boundaries and the event, or nothing.
async fn write(
    conn: &mut AsyncPgConnection,
    keys: &Keys,
    rows: &[(BoundaryRow, Vec<(i16, String)>)],
) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    let bar = bar("Writing", rows.len());
    conn.transaction(async |conn| {
        lock(conn, "import boundaries").await?;
        for (row, shapes) in rows {
            bar.inc(1);
            store::replace(conn, row, shapes).await?;
        }
        // An area can decide who looks after an initiative.
        stewards::restate_all(conn).await?;
        let subject = Subject::all(RecordKind::Boundary);
        record(conn, keys, &Actor::COMMAND_LINE, Action::BoundaryImport, subject).await
    })
    .await
    .map_err(|error: ApiError| format!("nothing was imported: {error}"))?;
    bar.finish_and_clear();
    Ok(())
}
