//! Requests for maps, and their answers as compact GeoJSON (RFC 7946).

use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::geography::{BoundingBox, Point};
use crate::http::input::Filters;
use crate::registry::councils::model::{CouncilType, MembershipTier, Nation, Region};
use crate::registry::initiatives::answer::LocationOf;
use crate::registry::initiatives::freshness::Freshness;
use crate::registry::initiatives::model::InitiativeKind;

/// Zoom of a map.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Zoom {
    /// Combine points within about 60 pixels of each other at this zoom (0 is the world on one tile) into one feature
    /// with their number. Without it, every point is a feature.
    #[param(minimum = 0, maximum = 18, example = 6)]
    pub zoom: Option<u8>,
}

/// The filters of a list, and a zoom.
#[derive(Debug, Deserialize)]
pub struct MapQuery<Q> {
    /// The filters.
    #[serde(flatten)]
    pub filters: Q,
    /// The zoom.
    #[serde(flatten)]
    pub zoom: Zoom,
}

impl<Q: IntoParams> IntoParams for MapQuery<Q> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        [Filters::<Q>::into_params(&place), Zoom::into_params(&place)].concat()
    }
}

/// A map: a GeoJSON FeatureCollection.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointMap<T> {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    pub kind: CollectionType,
    /// Number of records that match the filters.
    #[schema(example = 129)]
    pub total: usize,
    /// Number of these records that are on the map. The others have no location: their point is unknown, or the network
    /// leads them.
    #[schema(example = 111)]
    pub located: usize,
    /// Records and, with `zoom`, clusters of records. Their counts add up to `located`.
    pub features: Vec<MapFeature<T>>,
}

/// GeoJSON type of a map.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum CollectionType {
    /// A collection of features.
    FeatureCollection,
}

/// GeoJSON type of a feature.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum FeatureType {
    /// Something at a place.
    Feature,
}

/// GeoJSON type of a point.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum GeometryType {
    /// One place.
    Point,
}

/// A GeoJSON point.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Geometry {
    /// `Point`.
    #[serde(rename = "type")]
    pub kind: GeometryType,
    /// Longitude, then latitude, in degrees (WGS 84) with five decimals: accurate to a metre.
    #[schema(min_items = 2, max_items = 2, example = json!([-2.117, 53.541]))]
    pub coordinates: [f64; 2],
}

/// Rounds to a metre. More digits add nothing to a map except size.
fn to_the_metre(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

impl From<Point> for Geometry {
    fn from(point: Point) -> Self {
        let coordinates = [to_the_metre(point.longitude), to_the_metre(point.latitude)];
        Self { kind: GeometryType::Point, coordinates }
    }
}

/// A record at its point or, with `zoom`, several records shown as one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum MapFeature<T> {
    /// A record.
    One(RecordFeature<T>),
    /// Several.
    Several(ClusterFeature),
}

/// A record at its point.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordFeature<T> {
    /// `Feature`.
    #[serde(rename = "type")]
    pub kind: FeatureType,
    /// Id of the record. Left out if the map has more than 5,000 features, because random digits do not compress and
    /// would be half of the answer. The slug always identifies the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub id: Option<Uuid>,
    /// Point of the record.
    pub geometry: Geometry,
    /// Properties of the record.
    pub properties: T,
}

/// Several records shown as one, at their mean point.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterFeature {
    /// `Feature`.
    #[serde(rename = "type")]
    pub kind: FeatureType,
    /// The mean of their points.
    pub geometry: Geometry,
    /// Number and extent of the records.
    pub properties: ClusterProperties,
}

/// Number and extent of the records in a cluster.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterProperties {
    /// Always true.
    pub cluster: bool,
    /// Number of records in the cluster.
    #[schema(example = 12, minimum = 2)]
    pub point_count: u64,
    /// The smallest box around the records: west, south, east, north. You can use it as `bbox` in the lists.
    #[schema(min_items = 4, max_items = 4, example = json!([-2.3, 53.4, -1.9, 53.7]))]
    pub bbox: [f64; 4],
}

impl ClusterProperties {
    /// Properties of a cluster of this many records in this box.
    pub fn new(point_count: u64, bbox: BoundingBox) -> Self {
        Self { cluster: true, point_count, bbox: [bbox.west, bbox.south, bbox.east, bbox.north] }
    }
}

/// Properties of an initiative on a map.
#[derive(Debug, Serialize, ToSchema)]
pub struct InitiativeProperties<'a> {
    /// Slug.
    #[schema(example = "get-oldham-working")]
    pub slug: &'a str,
    /// Title.
    #[schema(example = "Get Oldham Working")]
    pub title: &'a str,
    /// Kind of record.
    pub kind: InitiativeKind,
    /// Slugs of its themes, the primary theme first.
    #[schema(example = json!(["economy-work"]))]
    pub themes: Vec<&'a str>,
    /// The lead council. Null if no council leads it.
    #[schema(required)]
    pub council: Option<MapCouncil<'a>>,
    /// The council in whose area it happens. Only if no council leads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub place_of: Option<MapCouncil<'a>>,
    /// Whether somebody has confirmed the record, and whether that still counts today.
    pub freshness: Freshness,
    /// Whose point this is.
    pub located_by: LocationOf,
}

/// A council of an initiative, on a map.
#[derive(Debug, Serialize, ToSchema)]
pub struct MapCouncil<'a> {
    /// Slug.
    #[schema(example = "oldham")]
    pub slug: &'a str,
    /// Official name.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub name: &'a str,
}

/// Properties of a council on a map.
#[derive(Debug, Serialize, ToSchema)]
pub struct CouncilProperties<'a> {
    /// Slug.
    #[schema(example = "oldham")]
    pub slug: &'a str,
    /// Official name.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub name: &'a str,
    /// Type of authority.
    pub council_type: CouncilType,
    /// Tier of its membership of the network.
    pub membership: MembershipTier,
    /// Number of initiatives it leads, alone or jointly.
    #[schema(example = 14, minimum = 0)]
    pub initiatives: i64,
}

/// Numbers of initiatives by place.
#[derive(Debug, Serialize, ToSchema)]
pub struct MapSummary {
    /// The counts.
    pub data: SummaryCounts,
    /// Number of initiatives that match the filters, including those that no council leads.
    #[schema(example = 129, minimum = 0)]
    pub total: i64,
}

/// Counts by region and by nation. Lists every region and nation, even with a count of 0.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryCounts {
    /// The regions of England.
    pub regions: Vec<RegionCount>,
    /// The nations.
    pub nations: Vec<NationCount>,
}

/// Counts for a region.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionCount {
    /// The region.
    pub region: Region,
    /// Nation of the region.
    pub nation: Nation,
    /// Number of councils in the region that lead a matching initiative.
    #[schema(example = 4, minimum = 0)]
    pub councils: i64,
    /// Number of matching initiatives that these councils lead, or that happen there without a lead council.
    #[schema(example = 23, minimum = 0)]
    pub initiatives: i64,
}

/// Counts for a nation.
#[derive(Debug, Serialize, ToSchema)]
pub struct NationCount {
    /// The nation.
    pub nation: Nation,
    /// Number of councils in the nation that lead a matching initiative.
    #[schema(example = 4, minimum = 0)]
    pub councils: i64,
    /// Number of matching initiatives that these councils lead, or that happen there without a lead council.
    #[schema(example = 23, minimum = 0)]
    pub initiatives: i64,
}
