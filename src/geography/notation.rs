//! Coordinates as texts in query strings, and the faults of such texts.

use std::fmt;

use serde_json::json;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};

use super::{BoundingBox, Point};

/// `format` of a box in the OpenAPI document.
pub const BOX: &str = "bbox";
/// `format` of a point in the OpenAPI document.
pub const POINT: &str = "latitude-longitude";
/// -90 to 90, then -180 to 180.
const POINT_PATTERN: &str = r"^-?(90(\.0+)?|[0-8]?[0-9](\.[0-9]+)?),-?(180(\.0+)?|(1[0-7]|[0-9])?[0-9](\.[0-9]+)?)$";
/// Longitude, latitude, longitude, latitude.
const BOX_PATTERN: &str = concat!(
    r"^-?(180(\.0+)?|(1[0-7]|[0-9])?[0-9](\.[0-9]+)?),-?(90(\.0+)?|[0-8]?[0-9](\.[0-9]+)?)",
    r",-?(180(\.0+)?|(1[0-7]|[0-9])?[0-9](\.[0-9]+)?),-?(90(\.0+)?|[0-8]?[0-9](\.[0-9]+)?)$"
);

/// A fault of coordinates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Stable, machine-readable code.
    pub code: &'static str,
    /// The fault and its correction, in plain English.
    pub detail: String,
}

impl Wrong {
    pub(super) fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// The error of parsing coordinates: all their faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faulty(pub Vec<Wrong>);

impl fmt::Display for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details: Vec<&str> = self.0.iter().map(|wrong| wrong.detail.as_str()).collect();
        f.write_str(&details.join("; "))
    }
}

/// A format in the schemas of the OpenAPI document, and a function that tests a text.
pub type Format = (&'static str, fn(&str) -> bool);

/// The formats of coordinates, for a validator of these schemas.
pub const FORMATS: [Format; 2] =
    [(BOX, |text| text.parse::<BoundingBox>().is_ok()), (POINT, |text| text.parse::<Point>().is_ok())];

/// All faults of a text in one of [`FORMATS`]; `None` for another format.
pub fn explain(format: &str, text: &str) -> Option<Vec<Wrong>> {
    let faulty = match format {
        BOX => text.parse::<BoundingBox>().err(),
        POINT => text.parse::<Point>().err(),
        _ => return None,
    };
    Some(faulty.map_or(Vec::new(), |Faulty(list)| list))
}

/// True for the pattern of a coordinate format. The check of the format gives better errors, and allows blanks.
pub fn is_pattern(pattern: &str) -> bool {
    [POINT_PATTERN, BOX_PATTERN].contains(&pattern)
}

fn schema(format: &str, pattern: &str, description: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .format(Some(SchemaFormat::Custom(format.into())))
        .pattern(Some(pattern))
        .description(Some(description))
        .examples([json!(example)])
        .into()
}

pub(super) fn point_schema() -> RefOr<Schema> {
    schema(POINT, POINT_PATTERN, "latitude,longitude in degrees (WGS 84).", "53.541,-2.117")
}

pub(super) fn box_schema() -> RefOr<Schema> {
    let description = "west,south,east,north in degrees (WGS 84): longitude first, as in GeoJSON (RFC 7946, section 5). \
        West must not exceed east: a box cannot cross the antimeridian.";
    schema(BOX, BOX_PATTERN, description, "-2.3,53.4,-1.9,53.7")
}

/// Parses as many finite numbers as there are names, in that order. `order` describes the order for errors.
pub(super) fn read<const N: usize>(text: &str, names: [&str; N], order: &str) -> Result<[f64; N], Vec<Wrong>> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if parts.len() != N {
        let count = if text.trim().is_empty() { 0 } else { parts.len() };
        let numbers = if count == 1 { "1 value".into() } else { format!("{count} values") };
        let heights = if N == 4 && count == 6 { "heights are not supported; " } else { "" };
        return Err(vec![Wrong::new("malformed", format!("has {numbers}; {heights}the format is {order}"))]);
    }
    let mut wrong = Vec::new();
    let mut values = [0.0; N];
    for ((value, part), name) in values.iter_mut().zip(&parts).zip(names) {
        match part.parse::<f64>() {
            Ok(number) if number.is_finite() => *value = number,
            _ => {
                let said: String = part.chars().take(20).collect();
                wrong.push(Wrong::new(
                    "malformed",
                    format!("has {said:?} for {name}, which is not a number; the format is {order}"),
                ));
            }
        }
    }
    if wrong.is_empty() { Ok(values) } else { Err(wrong) }
}

/// The fault of a number that exceeds the limit of latitude or longitude, if it does.
pub(super) fn out_of_range(name: &str, value: f64, limit: f64, order: &str) -> Option<Wrong> {
    let detail = || format!("has {value} for {name}, which must be between -{limit} and {limit}; the order is {order}");
    (value.abs() > limit).then(|| Wrong::new("out_of_range", detail()))
}
