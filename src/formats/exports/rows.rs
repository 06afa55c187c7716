//! Rows of an export: records of one snapshot, in the requested order.

use std::sync::Arc;

use derive_more::Deref;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::columns::{Column, Table};
use super::encoder::Encoder;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::geography::Point;
use crate::http::list_format::Format;
use crate::http::response::Rendered;
use crate::read_model::catalogue::OrganisationEntry;
use crate::read_model::entry::InitiativeEntry;
use crate::read_model::outcome_list::OutcomeRow;
use crate::read_model::outcomes::OutcomeRecord;
use crate::read_model::record_view::RecordView;
use crate::read_model::snapshot::Snapshot;
use crate::registry::councils::model::{Council, Nation, Region};
use crate::registry::initiatives::answer::Initiative;
use crate::registry::organisations::model::Organisation;
use crate::registry::themes::model::Theme;

/// The member left out of exports, because it repeats the Markdown.
const LEFT_OUT: &str = "html";

/// Encodes the next row. False when there are no more.
type NextRow = dyn FnMut(&mut Encoder) -> Result<bool, ApiError> + Send;

/// Rows still to encode.
pub struct Rows(Box<NextRow>);

/// A record of an export.
pub trait Exported {
    /// The type that the table's columns read.
    type Record;
    /// The typed record, for CSV cells.
    fn record(&self) -> Result<Self::Record, ApiError>;
    /// Appends the JSON, with the members in `fields` or all of them.
    fn write(&self, fields: Option<&[String]>, out: &mut Vec<u8>) -> Result<(), ApiError>;
    /// Id and place, for records that can be features.
    fn place(&self) -> (Uuid, Option<Point>);
}

impl Rows {
    /// Rows from `get`, until it returns `None`.
    pub fn new<T: Exported + 'static>(
        table: Table<T::Record>,
        fields: Option<Vec<String>>,
        mut get: impl FnMut(usize) -> Option<T> + Send + 'static,
    ) -> Self
    where
        T::Record: 'static,
    {
        let mut at = 0;
        Self(Box::new(move |encoder| {
            let Some(row) = get(at) else { return Ok(false) };
            at += 1;
            push(encoder, &row, table.picked(fields.as_deref()), fields.as_deref())?;
            Ok(true)
        }))
    }

    /// Encodes the next row. False when there are no more.
    pub fn push_next(&mut self, encoder: &mut Encoder) -> Result<bool, ApiError> {
        (self.0)(encoder)
    }
}

fn push<'a, T: Exported>(
    encoder: &mut Encoder,
    row: &T,
    columns: impl Iterator<Item = &'a Column<T::Record>>,
    fields: Option<&[String]>,
) -> Result<(), ApiError>
where
    T::Record: 'a,
{
    if matches!(encoder.format(), Format::Csv | Format::Xlsx) {
        let record = row.record()?;
        return encoder.push_cells(columns.map(|column| (column.cell)(&record))).map_err(ApiError::internal);
    }
    let mut written = Ok(());
    let is_feature = encoder.format() == Format::Geojson;
    encoder.push_json(|out| {
        if is_feature {
            begin_feature(row.place(), out);
        }
        written = row.write(fields, out);
        if is_feature {
            out.push(b'}');
        }
    });
    written
}

/// Begins a feature (RFC 7946, sections 3.1.2 and 3.2): longitude first, null if there is no known place.
fn begin_feature((id, point): (Uuid, Option<Point>), out: &mut Vec<u8>) {
    let geometry = point.map(|at| serde_json::json!({ "type": "Point", "coordinates": [at.longitude, at.latitude] }));
    let geometry = geometry.map_or_else(|| "null".to_owned(), |geometry| geometry.to_string());
    let head = format!("{{\"type\":\"Feature\",\"id\":\"{id}\",\"geometry\":{geometry},\"properties\":");
    out.extend_from_slice(head.as_bytes());
}

/// A record with facts about its lead council that the record itself does not have.
#[derive(Deref)]
pub struct WithLead<T> {
    /// The record.
    #[deref]
    record: T,
    /// Nation of the lead council.
    pub nation: Option<Nation>,
    /// Region of the lead council.
    pub region: Option<Region>,
}

impl<T> WithLead<T> {
    /// With the facts of a snapshot.
    fn new(record: T, entry: &InitiativeEntry, snapshot: &Snapshot) -> Self {
        let lead = entry.lead.and_then(|id| snapshot.councils.get(id)).map(|council| &council.record);
        Self { record, nation: lead.map(|one| one.nation), region: lead.and_then(|one| one.region) }
    }
}

/// An initiative of a snapshot, for a caller with a reach.
pub struct InitiativeRow {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// The record.
    pub entry: Arc<InitiativeEntry>,
    /// Reach of the caller.
    pub reach: Reach,
}

impl Exported for InitiativeRow {
    type Record = WithLead<Initiative>;
    fn record(&self) -> Result<Self::Record, ApiError> {
        Ok(WithLead::new(self.entry.record(self.reach)?, &self.entry, &self.snapshot))
    }
    fn write(&self, fields: Option<&[String]>, out: &mut Vec<u8>) -> Result<(), ApiError> {
        RecordView::initiative(&self.entry, self.reach, fields)?.without(LEFT_OUT).write(out);
        Ok(())
    }
    fn place(&self) -> (Uuid, Option<Point>) {
        (self.entry.id, self.entry.place.map(|(at, _)| at))
    }
}

/// A council of a snapshot.
pub struct CouncilRow {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// Its id.
    pub id: Uuid,
}

impl Exported for CouncilRow {
    type Record = Council;
    fn record(&self) -> Result<Council, ApiError> {
        let entry = self.snapshot.councils.get(self.id);
        entry.map(|entry| entry.record.clone()).ok_or_else(|| ApiError::not_found("council"))
    }
    fn write(&self, fields: Option<&[String]>, out: &mut Vec<u8>) -> Result<(), ApiError> {
        if let Some(entry) = self.snapshot.councils.get(self.id) {
            RecordView::of(entry, fields).without(LEFT_OUT).write(out);
        }
        Ok(())
    }
    fn place(&self) -> (Uuid, Option<Point>) {
        let at = self.snapshot.councils.get(self.id).and_then(|entry| entry.record.location);
        (self.id, at.map(Into::into))
    }
}

/// A theme of a snapshot.
pub struct ThemeRow {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// Its id.
    pub id: Uuid,
}

impl Exported for ThemeRow {
    type Record = Theme;
    fn record(&self) -> Result<Theme, ApiError> {
        let entry = self.snapshot.themes.get(self.id);
        entry.map(|entry| entry.record.clone()).ok_or_else(|| ApiError::not_found("theme"))
    }
    fn write(&self, fields: Option<&[String]>, out: &mut Vec<u8>) -> Result<(), ApiError> {
        if let Some(entry) = self.snapshot.themes.get(self.id) {
            RecordView::of(entry, fields).write(out);
        }
        Ok(())
    }
    fn place(&self) -> (Uuid, Option<Point>) {
        (self.id, None)
    }
}

/// An organisation of a snapshot, with the number of initiatives that the caller sees.
pub struct OrganisationRow {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// The reach of the caller.
    pub reach: Reach,
    /// Its id.
    pub id: Uuid,
}

impl OrganisationRow {
    fn entry(&self) -> Result<&OrganisationEntry, ApiError> {
        self.snapshot.find_organisation(self.reach, self.id)
    }

    fn count(&self) -> u64 {
        self.snapshot.initiatives_of_organisation(self.reach, self.id)
    }
}

impl Exported for OrganisationRow {
    type Record = Organisation;
    fn record(&self) -> Result<Organisation, ApiError> {
        Ok(Organisation { initiative_count: Some(self.count()), ..self.entry()?.record.clone() })
    }
    fn write(&self, fields: Option<&[String]>, out: &mut Vec<u8>) -> Result<(), ApiError> {
        RecordView::organisation(self.entry()?, fields, self.count()).without(LEFT_OUT).write(out);
        Ok(())
    }
    fn place(&self) -> (Uuid, Option<Point>) {
        (self.id, None)
    }
}

/// A record that is exported as it is, and has no place.
pub struct WholeRow<T> {
    /// Its id.
    pub id: Uuid,
    /// The record.
    pub record: T,
}

impl<T: Clone + Serialize> Exported for WholeRow<T> {
    type Record = T;
    fn record(&self) -> Result<T, ApiError> {
        Ok(self.record.clone())
    }
    fn write(&self, fields: Option<&[String]>, out: &mut Vec<u8>) -> Result<(), ApiError> {
        write_picked(&self.record, fields, out)
    }
    fn place(&self) -> (Uuid, Option<Point>) {
        (self.id, None)
    }
}

/// Appends the JSON of a record, with the members in `fields` or all of them.
fn write_picked(record: &impl Serialize, fields: Option<&[String]>, out: &mut Vec<u8>) -> Result<(), ApiError> {
    let Some(fields) = fields else { return serde_json::to_writer(out, record).map_err(ApiError::internal) };
    let value = serde_json::to_value(record).map_err(ApiError::internal)?;
    let members = value.as_object().cloned().unwrap_or_default().into_iter();
    let picked: Map<String, Value> = members.filter(|(name, _)| fields.contains(name)).collect();
    serde_json::to_writer(out, &picked).map_err(ApiError::internal)
}

/// An outcome of a snapshot.
pub struct ClaimRow {
    /// The snapshot.
    pub snapshot: Arc<Snapshot>,
    /// The outcome.
    pub row: OutcomeRow,
}

impl Exported for ClaimRow {
    type Record = WithLead<OutcomeRecord>;
    fn record(&self) -> Result<Self::Record, ApiError> {
        let (entry, position) = &self.row;
        Ok(WithLead::new(OutcomeRecord::of(entry, *position)?, entry, &self.snapshot))
    }
    fn write(&self, fields: Option<&[String]>, out: &mut Vec<u8>) -> Result<(), ApiError> {
        let (entry, position) = &self.row;
        write_picked(&OutcomeRecord::of(entry, *position)?, fields, out)
    }
    fn place(&self) -> (Uuid, Option<Point>) {
        (self.row.0.id, None)
    }
}
