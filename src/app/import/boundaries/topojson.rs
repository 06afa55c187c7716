//! TopoJSON 1.0: areas whose borders are arcs shared by neighbours.
//!
//! By hand: the crate `topojson` (MIT) does not read the quantised form, which most files use, and stops at the first
//! fault. The format is a page long.

use std::collections::BTreeMap;

use geo::Coord;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::feature::Feature;
use crate::registry::boundaries::shape::{Position, Rings};

#[derive(Deserialize)]
pub(super) struct Topology {
    #[serde(default)]
    objects: BTreeMap<String, Object>,
    #[serde(default)]
    arcs: Vec<Vec<Position>>,
    #[serde(default)]
    transform: Option<Transform>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    r#type: Option<String>,
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(default)]
    arcs: Value,
    #[serde(default)]
    geometries: Vec<Object>,
}

impl Topology {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut topology: Self =
            serde_json::from_str(text).map_err(|error| format!("is a Topology that cannot be read: {error}"))?;
        topology.unpack();
        Ok(topology)
    }

    /// Converts steps on a grid to positions (section 2.1.3).
    fn unpack(&mut self) {
        let Some(Transform { scale, translate }) = self.transform.take() else { return };
        for arc in &mut self.arcs {
            let mut at = Coord { x: 0.0, y: 0.0 };
            for position in arc {
                at = at + position.0;
                position.0 = Coord { x: at.x * scale[0] + translate[0], y: at.y * scale[1] + translate[1] };
            }
        }
    }

    /// The features of the chosen layer.
    pub(super) fn features(&self, requested: Option<&str>) -> Result<Vec<Feature>, String> {
        let names = || self.objects.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let layer = match requested {
            Some(requested) => {
                self.objects.get(requested).ok_or_else(|| format!("has no layer {requested}; it has {}", names()))?
            }
            None if self.objects.len() > 1 => {
                return Err(format!("has several layers; choose one with --layer: {}", names()));
            }
            None => self.objects.values().next().ok_or("has no layers")?,
        };
        let mut features = Vec::new();
        let mut left = vec![layer];
        while let Some(object) = left.pop() {
            match object.r#type.as_deref() {
                Some("GeometryCollection") => left.extend(object.geometries.iter().rev()),
                _ => features.push(Feature {
                    id: object.id.clone(),
                    properties: object.properties.clone().unwrap_or_default(),
                    rings: self.rings(object),
                }),
            }
        }
        Ok(features)
    }

    fn rings(&self, object: &Object) -> Result<Rings, String> {
        let wrong = |error: serde_json::Error| format!("has arcs that cannot be read: {error}");
        let polygons: Vec<Vec<Vec<i64>>> = match object.r#type.as_deref() {
            Some("Polygon") => vec![Vec::deserialize(&object.arcs).map_err(wrong)?],
            Some("MultiPolygon") => Vec::deserialize(&object.arcs).map_err(wrong)?,
            Some(other) => return Err(format!("is a {other}; it must be a Polygon or MultiPolygon")),
            None => return Err("has no geometry".into()),
        };
        polygons.iter().map(|rings| rings.iter().map(|ring| self.ring(ring)).collect()).collect()
    }

    /// Joins arcs to a ring. A negative number means a reversed arc (section 2.1.4).
    fn ring(&self, arcs: &[i64]) -> Result<Vec<Position>, String> {
        let mut ring: Vec<Position> = Vec::new();
        for number in arcs {
            let is_backwards = *number < 0;
            let index = if is_backwards { !number } else { *number };
            let arc = usize::try_from(index).ok().and_then(|index| self.arcs.get(index));
            let arc = arc.ok_or_else(|| format!("names arc {number}, which the file does not have"))?;
            let mut arc = arc.clone();
            if is_backwards {
                arc.reverse();
            }
            // Each arc begins where the previous one ends.
            let is_joined = ring.last() == arc.first();
            ring.extend(arc.into_iter().skip(usize::from(is_joined)));
        }
        Ok(ring)
    }
}
