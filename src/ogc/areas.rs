//! Which boundaries reach into a box: worked out by the service, as PostgreSQL knows boxes only.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use geo::{Coord, Intersects, Rect};

use crate::boundaries::shape;
use crate::db::schema::boundaries;
use crate::error::ApiError;
use crate::geography::BoundingBox;

/// The zoom of a web map for which the geometries of features are fine enough: some 70 metres. Boundaries as they were imported
/// have megabytes each.
const ZOOM: i16 = 11;

/// SQL of the geometry of a row of `boundaries`, as GeoJSON text.
pub fn geometry() -> String {
    format!(
        "(SELECT shape.geometry FROM boundary_shapes shape WHERE shape.gss_code = boundaries.gss_code AND shape.zoom >= {ZOOM}
          ORDER BY shape.zoom LIMIT 1)"
    )
}

/// The codes of the areas of which a part lies in one of the boxes, edges included.
pub async fn meeting(conn: &mut AsyncPgConnection, boxes: &[BoundingBox]) -> Result<Vec<String>, ApiError> {
    let mut codes = Vec::new();
    for within in boxes.iter().copied() {
        let candidates: Vec<(String, String)> = boundaries::table
            .filter(boundaries::west.le(within.east))
            .filter(boundaries::east.ge(within.west))
            .filter(boundaries::south.le(within.north))
            .filter(boundaries::north.ge(within.south))
            .select((boundaries::gss_code, sql::<Text>(&geometry())))
            .load(conn)
            .await?;
        // Of a whole country these are many corners.
        let met = tokio::task::spawn_blocking(move || {
            let corner = |x, y| Coord { x, y };
            let within = Rect::new(corner(within.west, within.south), corner(within.east, within.north));
            let meets = |geometry: &str| shape::read(geometry).map(|area| area.intersects(&within));
            let met = candidates.into_iter().filter_map(|(code, geometry)| match meets(&geometry) {
                Ok(true) => Some(Ok(code)),
                Ok(false) => None,
                Err(error) => Some(Err(error)),
            });
            met.collect::<serde_json::Result<Vec<String>>>()
        });
        codes.extend(met.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?);
    }
    Ok(codes)
}
