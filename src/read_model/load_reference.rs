//! Reads reference data for a snapshot: vocabularies, boundaries and changes of councils. Each is read as a whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::boundaries::{Area, Boundaries, Boundary};
use super::catalogue::{Tombstone, Vocabularies};
use super::council_changes::{CouncilChangeEntry, CouncilChanges};
use crate::db::schema::{
    boundaries, boundary_shapes, co_operative_values, council_changes, county_districts, principles,
};
use crate::error::ApiError;
use crate::geography::BoundingBox;
use crate::registry::boundaries::store::BoundaryRow;

/// Changes of councils, and the tombstones of withdrawn ones.
pub async fn load_council_changes(conn: &mut AsyncPgConnection) -> Result<CouncilChanges, ApiError> {
    let records = crate::registry::council_changes::store::load_all(conn).await?;
    let left: Vec<(Uuid, DateTime<Utc>, Option<String>)> = council_changes::table
        .filter(council_changes::withdrawn_at.is_not_null())
        .select((
            council_changes::id,
            council_changes::withdrawn_at.assume_not_null(),
            council_changes::withdrawn_reason,
        ))
        .load(conn)
        .await?;
    let entries = records.into_iter().map(CouncilChangeEntry::new).collect::<Result<_, _>>()?;
    let left = left.into_iter().map(|(id, on, reason)| (id, Tombstone { on, reason }));
    Ok(CouncilChanges::new(entries, left.collect()))
}

/// Principles and values.
pub async fn load_vocabularies(conn: &mut AsyncPgConnection) -> Result<Vocabularies, ApiError> {
    Ok(Vocabularies {
        principles: principles::table.order((principles::scheme, principles::position)).load(conn).await?,
        values: co_operative_values::table
            .order((co_operative_values::scheme, co_operative_values::position))
            .load(conn)
            .await?,
    })
}

/// Boundaries with their shapes, and the counties of districts.
pub async fn load_boundaries(conn: &mut AsyncPgConnection) -> Result<Boundaries, ApiError> {
    let rows: Vec<(BoundaryRow, DateTime<Utc>)> =
        boundaries::table.select((BoundaryRow::as_select(), boundaries::updated_at)).load(conn).await?;
    let shapes: Vec<(String, i16, String)> = boundary_shapes::table
        .select((boundary_shapes::gss_code, boundary_shapes::zoom, boundary_shapes::geometry))
        .load(conn)
        .await?;
    let mut by_code: HashMap<String, BTreeMap<i16, Arc<str>>> = HashMap::new();
    for (code, zoom, geometry) in shapes {
        by_code.entry(code).or_default().insert(zoom, geometry.into());
    }
    let counties: Vec<(String, String)> =
        county_districts::table.select((county_districts::district, county_districts::county)).load(conn).await?;
    let areas = rows.into_iter().map(|(row, updated_at)| {
        let shapes = by_code.remove(&row.gss_code).unwrap_or_default();
        let boundary = Boundary {
            bounds: BoundingBox { west: row.west, south: row.south, east: row.east, north: row.north },
            attribution: BTreeSet::from([row.attribution]),
            source: row.source,
            dated_on: row.dated_on,
            updated_at,
            geometry: shapes.values().next_back().cloned().unwrap_or_default(),
        };
        (row.gss_code, Area::new(boundary, shapes))
    });
    Ok(Boundaries::new(areas.collect(), counties.into_iter().collect()))
}
