//! Reads the areas of a GeoJSON (RFC 7946) or TopoJSON file, by GSS code.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::feature::Feature;
use super::system;
use super::topojson::Topology;
use crate::app::import::file::FileFaults;
use crate::registry::boundaries::shape::{Position, Rings};

/// Beginnings of codes that belong to areas other than councils.
const OTHERS: [(&[&str], &str); 4] = [
    (&["E05", "W05", "S13", "N08"], "wards"),
    (&["E14", "W07", "S14", "N05", "N06"], "constituencies"),
    (&["E00", "W00", "S00", "N00", "E01", "W01", "S01", "N20", "E02", "W02", "S02", "N21"], "statistical areas"),
    (&["E12", "E15", "E92", "W92", "S92", "N92", "K02", "K03", "K04"], "regions or countries"),
];

/// An area of the file.
pub struct Area {
    /// GSS code.
    pub code: String,
    /// Name; the code if it has no name.
    pub name: String,
    /// Its rings, not yet checked.
    pub rings: Rings,
}

/// The areas of a file, and the property with their codes.
pub struct Areas {
    /// In the order of the file.
    pub areas: Vec<Area>,
    /// Property with the codes.
    pub property: String,
    /// True if the file names a coordinate system whose register has the latitude first.
    pub may_be_latitude_first: bool,
}

#[derive(Deserialize)]
struct Outermost<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow, default)]
    features: Option<Vec<&'a RawValue>>,
    #[serde(default)]
    crs: Option<Value>,
}

#[derive(Deserialize)]
struct GeoFeature<'a> {
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    properties: Option<Map<String, Value>>,
    #[serde(borrow, default)]
    geometry: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Geometry<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow, default)]
    coordinates: Option<&'a RawValue>,
}

/// Reads a file. `Err` if it does not hold boundaries at all. Adds faults of single features to `faults`.
pub fn areas(
    text: &str,
    requested: Option<&str>,
    layer: Option<&str>,
    faults: &mut FileFaults,
) -> Result<Areas, String> {
    let outermost: Outermost<'_> =
        serde_json::from_str(text).map_err(|error| format!("is neither GeoJSON nor TopoJSON: {error}"))?;
    let may_be_latitude_first = system::check(outermost.crs.as_ref())?;
    let features: Vec<Feature> = match (&*outermost.r#type, outermost.features) {
        ("FeatureCollection", Some(features)) => features.into_iter().map(|feature| geojson(feature.get())).collect(),
        ("Feature", _) => vec![geojson(text)],
        ("Topology", _) => Topology::read(text)?.features(layer)?,
        (other, _) => {
            return Err(format!("is a {other}; it must be a FeatureCollection (GeoJSON) or a Topology (TopoJSON)"));
        }
    };
    if features.is_empty() {
        return Err("has no features".into());
    }
    let property = code_property(&features, requested)?;
    let name = name_property(&features, &property);
    let mut areas = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (place, feature) in features.into_iter().enumerate() {
        let place = place + 1;
        let Some(code) = code_of(&feature, &property).filter(|code| is_gss_code(code)) else {
            let detail = match code_of(&feature, &property) {
                Some(other) => format!(
                    "has {other:?} as {property}, which is not a GSS code: a letter (E, K, N, S, W), then eight digits"
                ),
                None => format!("has no {property}"),
            };
            faults.add(format!("feature {place}"), detail);
            continue;
        };
        if let Some(first) = places.insert(code.clone(), place) {
            faults.add(code, format!("is in the file twice, as features {first} and {place}"));
            continue;
        }
        let name = name.as_ref().and_then(|name| feature.properties[name.as_str()].as_str()).unwrap_or(&code);
        match feature.rings {
            Ok(rings) => areas.push(Area { name: name.trim().to_owned(), rings, code }),
            Err(detail) => faults.add(code, detail),
        }
    }
    Ok(Areas { areas, property, may_be_latitude_first })
}

fn geojson(text: &str) -> Feature {
    match serde_json::from_str::<GeoFeature<'_>>(text) {
        Ok(feature) => Feature {
            id: feature.id,
            properties: feature.properties.unwrap_or_default(),
            rings: rings(feature.geometry),
        },
        Err(error) => {
            Feature { id: None, properties: Map::new(), rings: Err(format!("is not a GeoJSON feature: {error}")) }
        }
    }
}

fn rings(geometry: Option<&RawValue>) -> Result<Rings, String> {
    let no_geometry = || "has no geometry".to_owned();
    let geometry = geometry.filter(|geometry| geometry.get() != "null").ok_or_else(no_geometry)?;
    let wrong = |error: serde_json::Error| format!("has a geometry that cannot be read: {error}");
    let Geometry { r#type, coordinates } = serde_json::from_str(geometry.get()).map_err(wrong)?;
    let coordinates = coordinates.ok_or_else(|| "has a geometry without coordinates".to_owned());
    match &*r#type {
        "Polygon" => {
            let polygon: Vec<Vec<Position>> = serde_json::from_str(coordinates?.get()).map_err(wrong)?;
            Ok(vec![polygon])
        }
        "MultiPolygon" => serde_json::from_str(coordinates?.get()).map_err(wrong),
        other => Err(format!("is a {other}; it must be a Polygon or MultiPolygon")),
    }
}

/// True for text that looks like a code of the Office for National Statistics.
pub fn is_gss_code(text: &str) -> bool {
    text.len() == 9
        && text.starts_with(['E', 'W', 'S', 'N', 'K'])
        && text[1..].bytes().all(|byte| byte.is_ascii_digit())
}

/// Name for the property when the codes are the ids of the features.
const ID: &str = "id";

fn code_of(feature: &Feature, property: &str) -> Option<String> {
    let value = match feature.properties.get(property) {
        Some(value) => value,
        None if property == ID => feature.id.as_ref()?,
        None => return None,
    };
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()),
        other => Some(other.to_string()),
    }
}

/// The property with the codes: the one with the most distinct codes. If features have the codes of both a district
/// and its county, this is the district's.
fn code_property(features: &[Feature], requested: Option<&str>) -> Result<String, String> {
    let names: BTreeSet<&str> =
        features.iter().flat_map(|feature| feature.properties.keys().map(String::as_str)).collect();
    if let Some(requested) = requested {
        let is_there = requested == ID || names.contains(requested);
        return if is_there {
            Ok(requested.into())
        } else {
            Err(format!("has no property {requested}; it has {}", list(&names)))
        };
    }
    let mut best: Vec<(String, BTreeSet<String>)> = Vec::new();
    for name in names.iter().copied().chain([ID]) {
        let codes: BTreeSet<String> =
            features.iter().filter_map(|feature| code_of(feature, name)).filter(|code| is_gss_code(code)).collect();
        match best.first().map_or(0, |(_, known)| known.len()) {
            most if codes.len() > most => best = vec![(name.to_owned(), codes)],
            most if codes.len() == most && most > 0 && best.iter().all(|(_, known)| *known != codes) => {
                best.push((name.to_owned(), codes));
            }
            _ => {}
        }
    }
    let several: Vec<&str> = best.iter().map(|(name, _)| name.as_str()).collect();
    let Some((name, codes)) = best.first() else {
        return Err(format!("has no property with GSS codes such as E08000004; it has {}", list(&names)));
    };
    if several.len() > 1 {
        return Err(format!(
            "has several properties with GSS codes; choose one with --code-property: {}",
            several.join(", ")
        ));
    }
    let other =
        OTHERS.iter().find(|(begins, _)| codes.iter().all(|code| begins.iter().any(|begin| code.starts_with(begin))));
    if let Some((_, what)) = other {
        let example = codes.first().map(String::as_str).unwrap_or_default();
        return Err(format!("has {what}, not councils, by its {name} ({example} and others)"));
    }
    Ok(name.clone())
}

fn list(names: &BTreeSet<&str>) -> String {
    if names.is_empty() { "none at all".into() } else { names.iter().copied().collect::<Vec<_>>().join(", ") }
}

/// The property with the names: LAD24NM beside LAD24CD, or one with a usual name.
fn name_property(features: &[Feature], code: &str) -> Option<String> {
    let beside = code.strip_suffix("CD").map(|stem| format!("{stem}NM"));
    let beside = beside.or_else(|| code.strip_suffix("cd").map(|stem| format!("{stem}nm")));
    let known = beside.into_iter().chain(["name", "Name", "NAME"].map(str::to_owned));
    known
        .into_iter()
        .find(|name| features.iter().all(|feature| feature.properties.get(name).is_some_and(Value::is_string)))
}
