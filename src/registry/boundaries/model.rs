//! Boundaries as they are answered and asked for: GeoJSON (RFC 7946).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::geography::BoundingBox;
use crate::registry::councils::model::{Membership, MembershipTier, Nation, Region};

/// How finely a boundary is drawn.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BoundaryQuery {
    /// As simple as a web map of this zoom may show it; as it was imported when left out.
    #[param(minimum = 0, maximum = 18, example = 7)]
    pub zoom: Option<u8>,
}

/// Which councils' boundaries.
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

/// The part of a map that is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Frame {
    /// Only boundaries that reach into this box: west,south,east,north in degrees. Needed from zoom 12 on, where it is at
    /// most one degree wide and high.
    #[param(inline)]
    pub bbox: Option<BoundingBox>,
    /// Zoom of the web map, which says how simple the boundaries are; 5, the whole country, when left out.
    #[param(minimum = 0, maximum = 18, example = 7)]
    pub zoom: Option<u8>,
}

/// Which boundaries a map shows.
#[derive(Debug, Deserialize)]
pub struct MapQuery {
    /// Of these councils.
    #[serde(flatten)]
    pub members: MembersQuery,
    /// In this part of the map.
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
    /// `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    pub kind: &'static str,
    /// GSS code of the area.
    #[schema(example = "E08000004")]
    pub id: String,
    /// West, south, east, north: degrees.
    #[schema(min_items = 4, max_items = 4, example = json!([-2.19, 53.49, -1.91, 53.63]))]
    pub bbox: [f64; 4],
    /// Polygon or MultiPolygon: WGS 84 degrees, longitude first.
    #[schema(value_type = BoundaryGeometry)]
    pub geometry: Box<RawValue>,
    /// Whose boundary it is, and where it comes from.
    pub properties: BoundaryProperties,
}

/// Polygon or MultiPolygon.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryGeometry {
    /// `Polygon` or `MultiPolygon`.
    #[serde(rename = "type")]
    #[schema(example = "Polygon")]
    pub kind: String,
    /// Rings of positions, or several polygons of them.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub coordinates: Vec<serde_json::Value>,
}

/// Whose boundary it is, and where it comes from.
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
    /// Its membership of the network.
    pub membership: Membership,
    /// What whoever shows the boundary has to say with it, by its licence.
    pub attribution: Vec<String>,
    /// Title or address of the data set.
    #[schema(required)]
    pub source: Option<String>,
    /// When the boundary held, as far as known.
    #[schema(required, example = "2024-05")]
    pub dated_on: Option<String>,
}

/// Boundaries of councils as a GeoJSON feature collection.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryCollection {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    pub kind: &'static str,
    /// What whoever shows any of the boundaries has to say with them, by their licences.
    pub attribution: Vec<String>,
    /// A boundary each.
    pub features: Vec<BoundaryFeature>,
}
