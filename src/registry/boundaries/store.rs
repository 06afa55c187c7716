//! Writes boundaries, by GSS code. The read model reads them.

use std::collections::BTreeMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::schema::{boundaries, boundary_shapes, county_districts};
use crate::error::ApiError;

/// A stored boundary, without its shapes.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = boundaries, treat_none_as_null = true, check_for_backend(Pg))]
pub struct BoundaryRow {
    /// GSS code of the area.
    pub gss_code: String,
    /// Name of the area.
    pub name: String,
    /// Bounding box, in degrees.
    pub west: f64,
    /// Bounding box, in degrees.
    pub south: f64,
    /// Bounding box, in degrees.
    pub east: f64,
    /// Bounding box, in degrees.
    pub north: f64,
    /// Attribution to show with it.
    pub attribution: String,
    /// Title or address of the data set.
    pub source: Option<String>,
    /// Date of the boundary, as far as known.
    pub dated_on: Option<String>,
    /// Digest of everything that was imported.
    pub digest: Vec<u8>,
}

/// Digests of the stored boundaries, by GSS code.
pub async fn digests(conn: &mut AsyncPgConnection) -> Result<BTreeMap<String, Vec<u8>>, ApiError> {
    let rows: Vec<(String, Vec<u8>)> =
        boundaries::table.select((boundaries::gss_code, boundaries::digest)).load(conn).await?;
    Ok(rows.into_iter().collect())
}

/// Inserts or replaces the boundary with this code, with its shape at each level.
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

/// Stored counties of the districts: district code to county code.
pub async fn counties(conn: &mut AsyncPgConnection) -> Result<BTreeMap<String, String>, ApiError> {
    let rows: Vec<(String, String)> =
        county_districts::table.select((county_districts::district, county_districts::county)).load(conn).await?;
    Ok(rows.into_iter().collect())
}

/// Sets the county of a district; `None` for no county.
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
