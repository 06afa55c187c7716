//! Writing boundaries, by GSS code; the read model reads them.

use std::collections::BTreeMap;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::schema::{boundaries, boundary_shapes, county_districts};
use crate::error::ApiError;

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
