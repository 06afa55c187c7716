//! Boundary models and query parameters: GeoJSON (RFC 7946).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::geography::BoundingBox;
use crate::registry::councils::model::{MembershipSummary, MembershipTier, Nation, Region};

/// Level of detail of a boundary.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BoundaryQuery {
    /// Zoom level of your web map: the boundary is simplified to suit it. Default: as imported.
    #[param(minimum = 0, maximum = 18, example = 7)]
    pub zoom: Option<u8>,
}

/// Filters for the councils whose boundaries are returned.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MembersQuery {
    /// Only councils of these nations.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only councils of these English regions.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only councils with these tiers of membership.
    #[serde(default)]
    #[param(inline)]
    pub membership: Vec<MembershipTier>,
}

/// Visible part of a map.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Frame {
    /// Only boundaries that intersect this box: west,south,east,north in degrees. Required from zoom 12, where the box
    /// can be at most one degree wide and high.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Zoom level of your web map: boundaries are simplified to suit it. Default: 5, for the whole country.
    #[param(minimum = 0, maximum = 18, example = 7)]
    pub zoom: Option<u8>,
}

/// Boundaries to show on a map.
#[derive(Debug, Deserialize)]
pub struct MapQuery {
    /// Filters of the councils.
    #[serde(flatten)]
    pub members: MembersQuery,
    /// Part of the map.
    #[serde(flatten)]
    pub frame: Frame,
}

impl IntoParams for MapQuery {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let frame = Frame::into_params(&place);
        frame.into_iter().chain(MembersQuery::into_params(&place)).collect()
    }
}

/// The boundary of a council as a GeoJSON feature.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryFeature {
    /// Always `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    pub kind: &'static str,
    /// GSS code of the area.
    #[schema(example = "E08000004")]
    pub id: String,
    /// Bounding box in degrees: west, south, east, north.
    #[schema(min_items = 4, max_items = 4, example = json!([-2.19, 53.49, -1.91, 53.63]))]
    pub bbox: [f64; 4],
    /// Polygon or MultiPolygon in WGS 84 degrees, longitude first.
    #[schema(value_type = BoundaryGeometry)]
    pub geometry: Box<RawValue>,
    /// Council, source and licence terms of the boundary.
    pub properties: BoundaryProperties,
}

/// Polygon or MultiPolygon.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryGeometry {
    /// `Polygon` or `MultiPolygon`.
    #[serde(rename = "type")]
    #[schema(example = "Polygon")]
    pub kind: String,
    /// Rings of positions for a Polygon, or a list of these for a MultiPolygon.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub coordinates: Vec<serde_json::Value>,
}

/// Council, source and licence terms of the boundary.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryProperties {
    /// GSS code of the area.
    #[schema(example = "E08000004")]
    pub gss_code: String,
    /// Slug of the council.
    #[schema(example = "oldham")]
    pub slug: String,
    /// Official name of the council.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub name: String,
    /// Membership of the network.
    pub membership: MembershipSummary,
    /// Attribution that its licence requires you to show with the boundary.
    pub attribution: Vec<String>,
    /// Title or address of the data set.
    #[schema(required)]
    pub source: Option<String>,
    /// Date of the boundary, as far as known.
    #[schema(required, example = "2024-05")]
    pub dated_on: Option<String>,
}

/// Boundaries of councils as a GeoJSON feature collection.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryCollection {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    pub kind: &'static str,
    /// Attributions that their licences require you to show with any of the boundaries.
    pub attribution: Vec<String>,
    /// One feature per boundary.
    pub features: Vec<BoundaryFeature>,
}
