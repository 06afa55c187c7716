//! Boundaries as a vector tile.

use geo::orient::Direction;
use geo::{BooleanOps, Coord, LineString, MapCoords, MultiPolygon, Orient, Polygon, Rect};
use mvt::{GeomData, GeomEncoder, GeomType, Tile};

use super::encode::EXTENT;
use super::model::TileId;
use crate::db::enum_text::text;
use crate::error::ApiError;
use crate::geography::Point;
use crate::read_model::boundary_members::Member;
use crate::registry::boundaries::shape;

/// Name of the layer.
pub const LAYER: &str = "boundaries";
/// Properties of a council in a tile; see [`encode::Tagged`](super::encode::Tagged).
pub const FIELDS: &[(&str, &str)] = &[
    ("gss_code", "GSS code of the area: /v1/councils/{gss_code}/boundary has the whole."),
    ("slug", "Slug of the council."),
    ("name", "Its official name."),
    ("membership", "Tier of its membership of the network."),
    ("attribution", "What whoever shows the boundary has to say with it."),
];
/// Overlap of boundaries beyond the edge of a tile, in tile units, so that the edge does not look like a boundary.
pub const MARGIN: f64 = 64.0;

/// A tile with the boundaries on it. Empty if there are none.
pub fn tile(id: TileId, members: &[Member]) -> Result<Vec<u8>, ApiError> {
    let extent = f64::from(EXTENT);
    let edge = Rect::new(Coord { x: -MARGIN, y: -MARGIN }, Coord { x: extent + MARGIN, y: extent + MARGIN });
    let edge = MultiPolygon::new(vec![edge.to_polygon()]);
    let mut tile = Tile::new(EXTENT);
    let mut layer = tile.create_layer(LAYER);
    for (council, boundary) in members {
        let whole = shape::read(&boundary.geometry).map_err(ApiError::internal)?;
        let placed = whole.map_coords(|c| {
            let (right, down) = id.units(Point { latitude: c.y, longitude: c.x }.mercator());
            Coord { x: right * extent, y: down * extent }
        });
        let Some(geometry) = encode(&placed.intersection(&edge))? else { continue };
        let mut feature = layer.into_feature(geometry);
        feature.add_tag_string("gss_code", council.gss_code.as_deref().unwrap_or_default());
        feature.add_tag_string("slug", &council.slug);
        feature.add_tag_string("name", &council.name);
        feature.add_tag_string("membership", &text(&council.membership.tier));
        let attribution: Vec<&str> = boundary.attribution.iter().map(String::as_str).collect();
        feature.add_tag_string("attribution", &attribution.join(" "));
        layer = feature.into_layer();
    }
    if layer.num_features() == 0 {
        return Ok(Vec::new());
    }
    tile.add_layer(layer).map_err(ApiError::internal)?;
    tile.to_bytes().map_err(ApiError::internal)
}

/// Encodes rings: shells clockwise on the screen, holes anticlockwise (Mapbox Vector Tile 2.1, section 4.3.4.4). `None`
/// if no ring remains.
fn encode(shape: &MultiPolygon) -> Result<Option<GeomData>, ApiError> {
    let mut encoder = GeomEncoder::<f64>::new(GeomType::Polygon);
    let mut last = None;
    for polygon in shape.orient(Direction::Default) {
        let mut rings = std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(whole_units);
        // Leave out the holes of a shell that is too small to be seen.
        let Some(shell) = rings.next().flatten() else { continue };
        for mut ring in std::iter::once(shell).chain(rings.flatten()) {
            // If a ring begins where the previous one ends, the encoder treats both as one ring.
            if ring.first() == last.as_ref() {
                ring.rotate_left(1);
            }
            for coord in &ring {
                encoder.add_point(coord.x, coord.y).map_err(ApiError::internal)?;
            }
            encoder.complete_geom().map_err(ApiError::internal)?;
            last = ring.pop();
        }
    }
    if last.is_none() { Ok(None) } else { encoder.encode().map(Some).map_err(ApiError::internal) }
}

/// A ring in whole units, without repeated positions or a closing position. `None` if it has no area.
fn whole_units(ring: &LineString) -> Option<Vec<Coord>> {
    let mut coords: Vec<Coord> = ring.coords().map(|c| Coord { x: c.x.round(), y: c.y.round() }).collect();
    coords.dedup();
    let area = Polygon::new(LineString(coords.clone()), Vec::new());
    coords.pop();
    (geo::Area::unsigned_area(&area) > 0.0).then_some(coords)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_extent_in_units_is_left_out() {
        let speck = LineString::from(vec![(0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.1, 0.1)]);
        assert_eq!(whole_units(&speck), None);
        let square = LineString::from(vec![(0.0, 0.0), (4.2, 0.0), (4.3, 0.1), (4.0, 4.0), (0.0, 0.0)]);
        assert_eq!(whole_units(&square).map(|ring| ring.len()), Some(3));
    }
}
