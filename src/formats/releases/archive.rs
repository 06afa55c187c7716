//! The file of a release: a ZIP with each list as CSV and as JSON lines, the codebook of the CSVs, and a README.

use std::io::Write;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Timelike, Utc};
use uuid::Uuid;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use super::readme::readme;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::formats::exports::columns::Table;
use crate::formats::exports::datapackage::DataPackage;
use crate::formats::exports::encoder::{Encoder, Rest};
use crate::formats::exports::rows::{
    ClaimRow, CouncilRow, Exported, InitiativeRow, OrganisationRow, Rows, ThemeRow, WholeRow,
};
use crate::formats::exports::tables;
use crate::http::list_format::Format;
use crate::openapi::Document;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::initiatives::InitiativeOrder;
use crate::read_model::outcome_list::OutcomeFilter;
use crate::read_model::snapshot::Snapshot;
use crate::registry::council_changes::model::CouncilChange;
use crate::registry::memberships::model::Membership;
use crate::registry::releases::model::ReleaseCounts;

/// Size of the pieces that are compressed, in bytes.
const PIECE: usize = 64 * 1024;

/// What a release holds, and what it says of itself.
pub struct Contents {
    /// The registry. Readers without an account see what is taken from it.
    pub snapshot: Arc<Snapshot>,
    /// The OpenAPI document, which describes the columns.
    pub document: Arc<Document>,
    /// Name of the release.
    pub name: String,
    /// Its time.
    pub made_at: DateTime<Utc>,
    /// Address of the registry, if it has one that never changes.
    pub address: Option<String>,
}

/// Writes the file. Returns the numbers of records in it.
pub fn write(out: impl Write, contents: &Contents) -> Result<ReleaseCounts, ApiError> {
    let mut archive = Archive::new(out, contents.made_at);
    let readme = readme(&contents.name, contents.made_at, contents.address.as_deref());
    archive.file("README.txt", readme.as_bytes())?;
    archive.file("datapackage.json", &codebook(contents)?)?;
    let snapshot = &contents.snapshot;
    let reach = Reach::PUBLIC;

    let by_title = InitiativeOrder::sorted(None, None);
    let numbers: Arc<[u32]> = snapshot.in_order(&snapshot.select(reach, &InitiativeFilter::default()), by_title).into();
    let initiatives = archive.table(tables::initiatives, || {
        let (snapshot, numbers) = (Arc::clone(snapshot), Arc::clone(&numbers));
        move |at| {
            let entry = Arc::clone(snapshot.initiative(*numbers.get(at)?)?);
            Some(InitiativeRow { snapshot: Arc::clone(&snapshot), entry, reach })
        }
    })?;
    let claims: Arc<[_]> = snapshot.outcomes_in_order(reach, &OutcomeFilter::default(), None).into();
    let outcomes = archive.table(tables::outcomes, || {
        let (snapshot, claims) = (Arc::clone(snapshot), Arc::clone(&claims));
        move |at| claims.get(at).map(|row| ClaimRow { snapshot: Arc::clone(&snapshot), row: row.clone() })
    })?;
    let ids: Arc<[Uuid]> = snapshot.councils.iter().map(|one| one.record.id).collect();
    let councils = archive.table(tables::councils, || {
        let (snapshot, ids) = (Arc::clone(snapshot), Arc::clone(&ids));
        move |at| ids.get(at).map(|id| CouncilRow { snapshot: Arc::clone(&snapshot), id: *id })
    })?;
    let records: Arc<[CouncilChange]> = snapshot.council_changes.iter().map(|one| one.record.clone()).collect();
    let council_changes = archive.table(tables::council_changes, || {
        let records = Arc::clone(&records);
        move |at| records.get(at).cloned().map(|record| WholeRow { id: record.id, record })
    })?;
    let records: Arc<[Membership]> =
        snapshot.memberships.iter().map(|one| one.shown(reach, snapshot.day.into())).collect();
    let memberships = archive.table(tables::memberships, || {
        let records = Arc::clone(&records);
        move |at| records.get(at).cloned().map(|record| WholeRow { id: record.id, record })
    })?;
    let ids: Arc<[Uuid]> = snapshot.organisations.iter().map(|one| one.record.id).collect();
    let organisations = archive.table(tables::organisations, || {
        let (snapshot, ids) = (Arc::clone(snapshot), Arc::clone(&ids));
        move |at| ids.get(at).map(|id| OrganisationRow { snapshot: Arc::clone(&snapshot), reach, id: *id })
    })?;
    let ids: Arc<[Uuid]> = snapshot.themes.iter().map(|one| one.record.id).collect();
    let themes = archive.table(tables::themes, || {
        let (snapshot, ids) = (Arc::clone(snapshot), Arc::clone(&ids));
        move |at| ids.get(at).map(|id| ThemeRow { snapshot: Arc::clone(&snapshot), id: *id })
    })?;
    archive.finish()?;
    Ok(ReleaseCounts { initiatives, outcomes, councils, council_changes, memberships, organisations, themes })
}

/// The codebook, as of this release.
fn codebook(contents: &Contents) -> Result<Vec<u8>, ApiError> {
    let mut package = serde_json::to_value(DataPackage::new(&contents.document.value)).map_err(ApiError::internal)?;
    package["version"] = contents.name.as_str().into();
    package["created"] = serde_json::to_value(contents.made_at).map_err(ApiError::internal)?;
    serde_json::to_vec_pretty(&package).map_err(ApiError::internal)
}

/// A ZIP that is written from the beginning to the end.
struct Archive<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    options: SimpleFileOptions,
}

impl<W: Write> Archive<W> {
    fn new(out: W, made_at: DateTime<Utc>) -> Self {
        let field = |number: u32| u8::try_from(number).unwrap_or_default();
        let (day, time) = (made_at.date_naive(), made_at.time());
        let year = u16::try_from(day.year()).unwrap_or_default();
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(field);
        let at = zip::DateTime::from_date_and_time(year, field(day.month()), field(day.day()), hour, minute, second);
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(at.unwrap_or_default());
        Self { zip: ZipWriter::new_stream(out), options }
    }

    fn file(&mut self, name: &str, content: &[u8]) -> Result<(), ApiError> {
        self.zip.start_file(name, self.options).map_err(ApiError::internal)?;
        self.zip.write_all(content).map_err(ApiError::internal)
    }

    /// Writes a table in both formats. Returns the number of its rows.
    fn table<T: Exported + 'static, F>(
        &mut self,
        table: impl Fn() -> Table<T::Record>,
        rows: impl Fn() -> F,
    ) -> Result<u64, ApiError>
    where
        T::Record: 'static,
        F: FnMut(usize) -> Option<T> + Send + 'static,
    {
        let mut written = 0;
        for format in [Format::Csv, Format::Ndjson] {
            let table = table();
            let mut encoder = match format {
                Format::Csv => {
                    let head: Vec<_> = table.picked(None).map(|column| (column.name, column.kind)).collect();
                    Encoder::csv(&head, false).map_err(ApiError::internal)?
                }
                _ => Encoder::ndjson(),
            };
            self.file(&format!("{}.{}", table.name, format.suffix()), &[])?;
            let mut rows = Rows::new(table, None, rows());
            while rows.push_next(&mut encoder)? {
                if encoder.size() >= PIECE {
                    self.zip.write_all(&encoder.take().map_err(ApiError::internal)?).map_err(ApiError::internal)?;
                }
            }
            written = encoder.rows();
            if let Rest::Bytes(rest) = encoder.finish().map_err(ApiError::internal)? {
                self.zip.write_all(&rest).map_err(ApiError::internal)?;
            }
        }
        Ok(written)
    }

    fn finish(self) -> Result<(), ApiError> {
        let mut out = self.zip.finish().map_err(ApiError::internal)?;
        out.flush().map_err(ApiError::internal)
    }
}
