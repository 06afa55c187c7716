//! Boundary geometry: GeoJSON text, as stored and served, and polygons for calculations.

use geo::{BoundingRect, Coord, Intersects, LineString, MultiPolygon, Polygon, Rect, unary_union};
use serde::de::{Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use crate::geography::{BoundingBox, Point};

/// Zoom levels of a web map that have a simplified boundary. The last one has the boundary as imported.
pub const LEVELS: [i16; 5] = [5, 7, 9, 11, WHOLE];
/// Level of a boundary that is not simplified.
pub const WHOLE: i16 = 18;

/// The most simplified level that is detailed enough for a zoom.
pub fn level(zoom: u8) -> i16 {
    LEVELS.into_iter().find(|level| *level >= zoom.into()).unwrap_or(WHOLE)
}

/// A position (RFC 7946, section 3.1.1): longitude and latitude. Further elements are ignored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position(pub Coord);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Position;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a position of two numbers or more")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Position, A::Error> {
                let mut next = |place| numbers.next_element()?.ok_or_else(|| Error::invalid_length(place, &self));
                let position = Position(Coord { x: next(0)?, y: next(1)? });
                while numbers.next_element::<IgnoredAny>()?.is_some() {}
                Ok(position)
            }
        }
        deserializer.deserialize_seq(Numbers)
    }
}

/// Rings of polygons as written, not checked for closure or order.
pub type Rings = Vec<Vec<Vec<Position>>>;

#[derive(Deserialize)]
#[serde(tag = "type")]
enum StoredGeometry {
    Polygon { coordinates: Vec<Vec<Position>> },
    MultiPolygon { coordinates: Rings },
}

/// Parses a geometry from the database.
pub fn read(text: &str) -> serde_json::Result<MultiPolygon> {
    Ok(polygons(match serde_json::from_str(text)? {
        StoredGeometry::Polygon { coordinates } => vec![coordinates],
        StoredGeometry::MultiPolygon { coordinates } => coordinates,
    }))
}

/// Builds polygons from rings that are known to be valid. In each polygon the shell comes first, then the holes.
pub fn polygons(rings: Rings) -> MultiPolygon {
    let line = |ring: Vec<Position>| LineString(ring.into_iter().map(|position| position.0).collect());
    let polygon = |rings: Vec<Vec<Position>>| {
        let mut rings = rings.into_iter().map(line);
        Polygon::new(rings.next().unwrap_or(LineString(Vec::new())), rings.collect())
    };
    rings.into_iter().map(polygon).collect()
}

/// Writes a geometry as GeoJSON: a Polygon if there is only one, otherwise a MultiPolygon.
pub fn write(shape: &MultiPolygon) -> String {
    let ring = |line: &LineString| line.coords().map(|c| [c.x, c.y]).collect::<Vec<_>>();
    let rings = |polygon: &Polygon| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect::<Vec<_>>()
    };
    match shape.0.as_slice() {
        [one] => json!({ "type": "Polygon", "coordinates": rings(one) }).to_string(),
        many => {
            #[derive(Serialize)]
            struct Many {
                r#type: &'static str,
                coordinates: Vec<Vec<Vec<[f64; 2]>>>,
            }
            let many = Many { r#type: "MultiPolygon", coordinates: many.iter().map(rings).collect() };
            serde_json::to_string(&many).unwrap_or_default()
        }
    }
}

/// True when a point is inside the boundary or on its edge. A point in a hole is outside; on the edge of a hole it is
/// inside.
pub fn covers(shape: &MultiPolygon, point: Point) -> bool {
    shape.intersects(&Coord { x: point.longitude, y: point.latitude })
}

/// The union of some shapes.
pub fn union(shapes: &[MultiPolygon]) -> MultiPolygon {
    let mut whole = unary_union(shapes);
    whole.0.iter_mut().for_each(|polygon| *polygon = rounded(polygon));
    whole
}

/// Rounds positions to six decimals, about ten centimetres, as RFC 7946 (section 11.2) advises. Drops repeated
/// positions, and holes that are left with fewer corners than a triangle.
pub fn rounded(polygon: &Polygon) -> Polygon {
    let round = |line: &LineString| {
        let mut coords: Vec<Coord> = line.coords().map(|c| Coord { x: round(c.x), y: round(c.y) }).collect();
        coords.dedup();
        LineString(coords)
    };
    let holes = polygon.interiors().iter().map(round).filter(|hole| hole.0.len() >= 4);
    Polygon::new(round(polygon.exterior()), holes.collect())
}

fn round(degrees: f64) -> f64 {
    // Adding 0.0 turns -0.0 into 0.0.
    (degrees * 1e6).round() / 1e6 + 0.0
}

/// Bounding box of a geometry.
pub fn bounds(shape: &MultiPolygon) -> BoundingBox {
    let zero = || Rect::new((0.0, 0.0), (0.0, 0.0));
    let rect = shape.bounding_rect().unwrap_or_else(zero);
    BoundingBox { west: rect.min().x, south: rect.min().y, east: rect.max().x, north: rect.max().y }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISLAND_AND_LAKE: &str = r#"{"type":"MultiPolygon","coordinates":[
        [[[0,50],[4,50],[4,54],[0,54],[0,50]],[[1,51],[1,52],[2,52],[2,51],[1,51]]],[[[5,50],[6,50],[6,51],[5,50]]]]}"#;

    #[test]
    fn a_point_is_covered_within_and_on_the_edge_and_not_in_a_hole() {
        let shape = read(ISLAND_AND_LAKE).expect("a geometry");
        for (longitude, latitude, covered) in [
            (3.0, 53.0, true),
            (1.5, 51.5, false),
            (1.0, 51.5, true),
            (0.0, 50.0, true),
            (4.0, 52.0, true),
            (4.5, 50.5, false),
            (5.9, 50.5, true),
        ] {
            assert_eq!(covers(&shape, Point { latitude, longitude }), covered, "{longitude},{latitude}");
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let shape = read(ISLAND_AND_LAKE).expect("a geometry");
        assert_eq!(read(&write(&shape)).expect("a geometry"), shape);
        let one = MultiPolygon(shape.0[..1].to_vec());
        assert!(write(&one).starts_with(r#"{"type":"Polygon","coordinates":[[[0.0,50.0],"#), "{}", write(&one));
        assert_eq!(bounds(&shape), BoundingBox { west: 0.0, south: 50.0, east: 6.0, north: 54.0 });
    }

    #[test]
    fn each_zoom_has_the_simplest_shape_that_is_fine_enough() {
        assert_eq!([0, 5, 6, 11, 12, 18, 255].map(level), [5, 5, 7, 11, WHOLE, WHOLE, WHOLE]);
    }

    #[test]
    fn neighbours_become_one() {
        let square = |west: f64| {
            Polygon::new(
                LineString::from(vec![
                    (west, 50.0),
                    (west + 1.0, 50.0),
                    (west + 1.0, 51.0),
                    (west, 51.0),
                    (west, 50.0),
                ]),
                Vec::new(),
            )
        };
        let whole = union(&[MultiPolygon(vec![square(0.0)]), MultiPolygon(vec![square(1.0)])]);
        assert_eq!((whole.0.len(), bounds(&whole).west, bounds(&whole).east), (1, 0.0, 2.0));
        assert!(covers(&whole, Point { latitude: 50.5, longitude: 1.0 }));
    }
}
