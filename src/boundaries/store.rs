//! Queries of boundaries, by GSS code.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::shape::{self, WHOLE};
use crate::db::schema::{boundaries, boundary_shapes, county_districts};
use crate::error::ApiError;
use crate::geography::{BoundingBox, Point};

/// What is kept of a boundary beside its shapes.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = boundaries, treat_none_as_null = true, check_for_backend(Pg))]
pub struct BoundaryRow {
    /// GSS code of the area.
    pub gss_code: String,
    /// Name of the area.
    pub name: String,
    /// Box around it: degrees.
    pub west: f64,
    /// Box around it: degrees.
    pub south: f64,
    /// Box around it: degrees.
    pub east: f64,
    /// Box around it: degrees.
    pub north: f64,
    /// What is to be said with it.
    pub attribution: String,
    /// Where it comes from.
    pub source: Option<String>,
    /// When it held.
    pub dated_on: Option<String>,
    /// Of all that was imported.
    pub digest: Vec<u8>,
}

/// The boundary of an area in one degree of simplification.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// Around it.
    pub bounds: BoundingBox,
    /// What is to be said with it.
    pub attribution: BTreeSet<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// When it held.
    pub dated_on: Option<String>,
    /// When it was last imported otherwise than before.
    pub updated_at: DateTime<Utc>,
    /// GeoJSON geometry.
    pub geometry: String,
}

type Piece = (BoundaryRow, DateTime<Utc>, String);

impl From<Piece> for Boundary {
    fn from((row, updated_at, geometry): Piece) -> Self {
        Self {
            bounds: BoundingBox { west: row.west, south: row.south, east: row.east, north: row.north },
            attribution: BTreeSet::from([row.attribution]),
            source: row.source,
            dated_on: row.dated_on,
            updated_at,
            geometry,
        }
    }
}

/// The boundaries of areas, by code, in one degree of simplification; a county without one of its own has the union of its
/// districts', if all of them are here.
pub async fn boundaries_of(
    conn: &mut AsyncPgConnection,
    codes: &[String],
    level: i16,
) -> Result<BTreeMap<String, Boundary>, ApiError> {
    let mut found = shapes(conn, codes, level).await?;
    let without: Vec<&String> = codes.iter().filter(|code| !found.contains_key(*code)).collect();
    let parts: Vec<(String, String)> = county_districts::table
        .filter(county_districts::county.eq_any(without))
        .select((county_districts::county, county_districts::district))
        .order(county_districts::district)
        .load(conn)
        .await?;
    if !parts.is_empty() {
        let districts: Vec<String> = parts.iter().map(|(_, district)| district.clone()).collect();
        let known = shapes(conn, &districts, level).await?;
        let mut counties: BTreeMap<String, Vec<Option<Boundary>>> = BTreeMap::new();
        for (county, district) in parts {
            counties.entry(county).or_default().push(known.get(&district).cloned());
        }
        // A county of many and fine districts keeps a processor busy for a moment.
        let joined =
            tokio::task::spawn_blocking(move || join_counties(counties)).await.map_err(ApiError::internal)??;
        found.extend(joined);
    }
    Ok(found)
}

fn join_counties(counties: BTreeMap<String, Vec<Option<Boundary>>>) -> Result<BTreeMap<String, Boundary>, ApiError> {
    let mut joined = BTreeMap::new();
    for (county, districts) in counties {
        let Some(districts) = districts.into_iter().collect::<Option<Vec<_>>>() else { continue };
        let shapes: Result<Vec<_>, _> = districts.iter().map(|district| shape::read(&district.geometry)).collect();
        let whole = shape::union(&shapes.map_err(ApiError::internal)?);
        let Some(mut boundary) = districts.iter().max_by_key(|district| district.updated_at).cloned() else { continue };
        let same = |other: &Boundary| (&other.source, &other.dated_on) == (&boundary.source, &boundary.dated_on);
        if !districts.iter().all(same) {
            (boundary.source, boundary.dated_on) = (None, None);
        }
        boundary.attribution = districts.into_iter().flat_map(|district| district.attribution).collect();
        (boundary.bounds, boundary.geometry) = (shape::bounds(&whole), shape::write(&whole));
        joined.insert(county, boundary);
    }
    Ok(joined)
}

async fn shapes(
    conn: &mut AsyncPgConnection,
    codes: &[String],
    level: i16,
) -> Result<BTreeMap<String, Boundary>, ApiError> {
    let rows: Vec<Piece> = boundaries::table
        .inner_join(boundary_shapes::table)
        .filter(boundaries::gss_code.eq_any(codes))
        .filter(boundary_shapes::zoom.eq(level))
        .select((BoundaryRow::as_select(), boundaries::updated_at, boundary_shapes::geometry))
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|piece| (piece.0.gss_code.clone(), Boundary::from(piece))).collect())
}

/// The codes of the areas that cover a point, edges included, and of the counties within which they lie.
pub async fn covering(conn: &mut AsyncPgConnection, point: Point) -> Result<BTreeSet<String>, ApiError> {
    let candidates: Vec<(String, String)> = boundaries::table
        .inner_join(boundary_shapes::table)
        .filter(boundary_shapes::zoom.eq(WHOLE))
        .filter(boundaries::west.le(point.longitude))
        .filter(boundaries::east.ge(point.longitude))
        .filter(boundaries::south.le(point.latitude))
        .filter(boundaries::north.ge(point.latitude))
        .select((boundaries::gss_code, boundary_shapes::geometry))
        .load(conn)
        .await?;
    // A boundary at full resolution has megabytes.
    let within = tokio::task::spawn_blocking(move || {
        let mut within = BTreeSet::new();
        for (code, geometry) in candidates {
            if shape::covers(&shape::read(&geometry)?, point) {
                within.insert(code);
            }
        }
        Ok::<_, serde_json::Error>(within)
    });
    let mut codes = within.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    let counties: Vec<String> = county_districts::table
        .filter(county_districts::district.eq_any(&codes))
        .select(county_districts::county)
        .load(conn)
        .await?;
    codes.extend(counties);
    Ok(codes)
}

/// The digests of the boundaries that are here, by code.
pub async fn digests(conn: &mut AsyncPgConnection) -> Result<BTreeMap<String, Vec<u8>>, ApiError> {
    let rows: Vec<(String, Vec<u8>)> =
        boundaries::table.select((boundaries::gss_code, boundaries::digest)).load(conn).await?;
    Ok(rows.into_iter().collect())
}

/// Enter a boundary, or replace the one with its code, with its shape at each level.
pub async fn replace(
    conn: &mut AsyncPgConnection,
    row: &BoundaryRow,
    shapes: &[(i16, String)],
) -> Result<(), ApiError> {
    diesel::insert_into(boundaries::table)
        .values(row)
        .on_conflict(boundaries::gss_code)
        .do_update()
        .set(row)
        .execute(conn)
        .await?;
    diesel::delete(boundary_shapes::table.filter(boundary_shapes::gss_code.eq(&row.gss_code))).execute(conn).await?;
    for (zoom, geometry) in shapes {
        let shape = (
            boundary_shapes::gss_code.eq(&row.gss_code),
            boundary_shapes::zoom.eq(zoom),
            boundary_shapes::geometry.eq(geometry),
        );
        diesel::insert_into(boundary_shapes::table).values(shape).execute(conn).await?;
    }
    Ok(())
}

/// The counties of these districts as the registry knows them: district and county.
pub async fn counties(conn: &mut AsyncPgConnection) -> Result<BTreeMap<String, String>, ApiError> {
    let rows: Vec<(String, String)> =
        county_districts::table.select((county_districts::district, county_districts::county)).load(conn).await?;
    Ok(rows.into_iter().collect())
}

/// Say within which county a district lies; `None`: within none.
pub async fn set_county(conn: &mut AsyncPgConnection, district: &str, county: Option<&str>) -> Result<(), ApiError> {
    match county {
        Some(county) => {
            diesel::insert_into(county_districts::table)
                .values((county_districts::district.eq(district), county_districts::county.eq(county)))
                .on_conflict(county_districts::district)
                .do_update()
                .set(county_districts::county.eq(county))
                .execute(conn)
                .await?;
        }
        None => {
            diesel::delete(county_districts::table.find(district)).execute(conn).await?;
        }
    }
    Ok(())
}
