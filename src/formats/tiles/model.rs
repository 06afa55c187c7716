//! Tile numbers, and descriptions of tiles (TileJSON 3.0).

use std::collections::BTreeMap;
use std::f64::consts::PI;

use serde::Serialize;
use utoipa::ToSchema;

use crate::geography::BoundingBox;
use crate::geography::bounding_box::UK;

/// The deepest zoom with tiles. Deeper maps enlarge them: a unit of a tile is then half a metre.
pub const DEEPEST: u8 = 14;

/// A tile: the world in web Mercator (EPSG:3857), cut into `2^zoom` columns from the west and as many rows from the
/// north.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileId {
    zoom: u8,
    column: u32,
    row: u32,
}

impl TileId {
    /// The tile with these numbers. `Err` says which numbers exist.
    pub fn new(zoom: &str, column: &str, row: &str) -> Result<Self, String> {
        let numbers: String = format!("{zoom}/{column}/{row}").chars().take(60).collect();
        let zoom = zoom.parse().ok().filter(|zoom| *zoom <= DEEPEST);
        let zoom: u8 = zoom.ok_or(format!("There is no tile {numbers}: zooms are 0 to {DEEPEST}."))?;
        let last = (1 << zoom) - 1;
        let number = |text: &str| text.parse().ok().filter(|number: &u32| *number <= last);
        match (number(column), number(row)) {
            (Some(column), Some(row)) => Ok(Self { zoom, column, row }),
            _ => Err(format!("There is no tile {numbers}: at zoom {zoom}, x and y are 0 to {last}.")),
        }
    }

    /// Its zoom.
    pub fn zoom(&self) -> u8 {
        self.zoom
    }

    /// A point's place on the tile, from 0 to 1, eastwards and southwards. `None` for a point on another tile. Points
    /// are on a square world map; see [`mercator`](crate::geography::Point::mercator).
    pub fn place(&self, on_world: (f64, f64)) -> Option<(f64, f64)> {
        let (right, down) = self.units(on_world);
        ((0.0..1.0).contains(&right) && (0.0..1.0).contains(&down)).then_some((right, down))
    }

    /// Distance of a point from the north-western corner, eastwards and southwards, in tile edges.
    pub fn units(&self, (right, down): (f64, f64)) -> (f64, f64) {
        let scale = f64::from(1u32 << self.zoom);
        (right * scale - f64::from(self.column), down * scale - f64::from(self.row))
    }

    /// The box of the tile with a margin on every side, in tile edges.
    pub fn bbox_within(&self, margin: f64) -> BoundingBox {
        let BoundingBox { west, south, east, north } = self.bbox();
        let (wide, high) = ((east - west) * margin, (north - south) * margin);
        BoundingBox { west: west - wide, south: south - high, east: east + wide, north: north + high }
    }

    /// The box of the tile, with a few centimetres more against rounding.
    pub fn bbox(&self) -> BoundingBox {
        let scale = f64::from(1u32 << self.zoom);
        let longitude = |column: u32| f64::from(column) / scale * 360.0 - 180.0;
        let latitude = |row: u32| ((0.5 - f64::from(row) / scale) * 2.0 * PI).sinh().atan().to_degrees();
        let margin = 1e-6;
        BoundingBox {
            west: longitude(self.column) - margin,
            south: latitude(self.row + 1) - margin,
            east: longitude(self.column + 1) + margin,
            north: latitude(self.row) + margin,
        }
    }
}

/// A property of features, with its description.
pub type Field = (&'static str, &'static str);

/// Properties of a cluster.
pub const CLUSTERS: &[Field] = &[
    ("cluster", "True for several records that are shown as one; it has `point_count` and nothing else."),
    ("point_count", "How many records a cluster has."),
];

/// A description of tiles (TileJSON 3.0.0).
#[derive(Debug, Serialize, ToSchema)]
pub struct TileSet {
    /// Version of TileJSON.
    #[schema(example = "3.0.0")]
    pub tilejson: &'static str,
    /// Name of the tiles.
    #[schema(example = "CCIN registry: initiatives")]
    pub name: String,
    /// Attribution to show on a map.
    pub attribution: &'static str,
    /// `xyz`: rows count from the north.
    #[schema(example = "xyz")]
    pub scheme: &'static str,
    /// Address of a tile. Replace `{z}`, `{x}` and `{y}`. It includes the filters.
    pub tiles: Vec<String>,
    /// The first zoom with tiles.
    #[schema(example = 0)]
    pub minzoom: u8,
    /// The last zoom with tiles.
    #[schema(example = 14)]
    pub maxzoom: u8,
    /// The box around all features: west, south, east, north.
    #[schema(min_items = 4, max_items = 4, example = json!([-8.7, 49.8, 1.8, 60.9]))]
    pub bounds: [f64; 4],
    /// The layers of a tile.
    pub vector_layers: Vec<VectorLayer>,
}

/// A layer of a tile.
#[derive(Debug, Serialize, ToSchema)]
pub struct VectorLayer {
    /// Its name.
    #[schema(example = "initiatives")]
    pub id: &'static str,
    /// Description of its features.
    pub description: &'static str,
    /// Properties of its features, with their descriptions.
    #[schema(additional_properties)]
    pub fields: BTreeMap<&'static str, &'static str>,
}

impl TileSet {
    /// Describes one layer at an address with filters. `clusters` describes features for several records; empty if the
    /// layer has none.
    pub fn new(layer: &'static str, fields: &[Field], clusters: &[Field], base: &str, query: &str) -> Self {
        let between = if query.is_empty() { "" } else { "?" };
        let description = if clusters.is_empty() {
            "Areas of the councils that are members, as simple as the zoom allows."
        } else {
            "Points: records, and below the last zoom clusters of them."
        };
        Self {
            tilejson: "3.0.0",
            name: format!("CCIN registry: {layer}"),
            attribution: "CCIN registry and its sources, Open Government Licence v3.0",
            scheme: "xyz",
            tiles: vec![format!("{base}/v1/tiles/{layer}/{{z}}/{{x}}/{{y}}.mvt{between}{query}")],
            minzoom: 0,
            maxzoom: DEEPEST,
            bounds: [UK.west, UK.south, UK.east, UK.north],
            vector_layers: vec![VectorLayer {
                id: layer,
                description,
                fields: fields.iter().chain(clusters).copied().collect(),
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_on_one_tile_of_a_zoom() {
        use crate::geography::Point;

        let point = Point { latitude: 53.5577, longitude: -2.05274 };
        for zoom in 0..=7 {
            let all = 1u32 << zoom;
            let tiles = (0..all).flat_map(|column| (0..all).map(move |row| TileId { zoom, column, row }));
            let found: Vec<TileId> = tiles.filter(|tile| tile.place(point.mercator()).is_some()).collect();
            assert_eq!(found.len(), 1);
            assert!(found[0].bbox().contains(point), "{found:?}");
        }
        assert!(TileId { zoom: 7, column: 63, row: 41 }.place(point.mercator()).is_some());
    }

    #[test]
    fn numbers_out_of_range_are_no_tile() {
        assert!(TileId::new("14", "16383", "16383").is_ok() && TileId::new("0", "0", "0").is_ok());
        for (zoom, column, row) in [
            ("15", "0", "0"),
            ("3", "8", "0"),
            ("3", "0", "8"),
            ("-1", "0", "0"),
            ("3", "-1", "0"),
            ("3", "1.5", "0"),
            ("x", "y", "z"),
            ("", "", ""),
            ("300", "0", "0"),
            ("2", "99999999999", "0"),
        ] {
            assert!(
                TileId::new(zoom, column, row).unwrap_err().starts_with("There is no tile"),
                "{zoom}/{column}/{row}"
            );
        }
    }
}
