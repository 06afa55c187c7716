//! Maps as they are asked for and answered: GeoJSON (RFC 7946), as thin as a map can do with.

use serde::{Deserialize, Serialize};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::geography::{BoundingBox, Point};
use crate::registry::councils::model::{CouncilType, MembershipTier, Nation, Region};
use crate::registry::initiatives::answer::LocationOf;
use crate::registry::initiatives::model::{Freshness, InitiativeKind};
use crate::registry::initiatives::query::SHAPE;

/// How far a map is zoomed in.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Zoom {
    /// Show points that lie within about 60 pixels of each other at this zoom (0 is the world on one tile) as one feature, with
    /// their number. Without it every point is a feature.
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
        let filters = Q::into_params(&place).into_iter().filter(|one| !SHAPE.contains(&one.name.as_str()));
        filters.chain(Zoom::into_params(&place)).collect()
    }
}

/// A map: a GeoJSON FeatureCollection.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointMap<T> {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    pub kind: CollectionType,
    /// How many records match the filters.
    #[schema(example = 129)]
    pub total: usize,
    /// How many of them are on the map. The others have no place: nobody knows their point, or the network leads them.
    #[schema(example = 111)]
    pub located: usize,
    /// Records and, with `zoom`, clusters of them. Their counts add up to `located`.
    pub features: Vec<MapFeature<T>>,
}

/// A word of GeoJSON.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum CollectionType {
    /// Features.
    FeatureCollection,
}

/// A word of GeoJSON.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum FeatureType {
    /// Something at a place.
    Feature,
}

/// A word of GeoJSON.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum GeometryType {
    /// One place.
    Point,
}

/// A point of GeoJSON.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Geometry {
    /// `Point`.
    #[serde(rename = "type")]
    pub kind: GeometryType,
    /// Longitude, latitude, in degrees of WGS 84 with five decimals, which is a metre.
    #[schema(min_items = 2, max_items = 2, example = json!([-2.117, 53.541]))]
    pub coordinates: [f64; 2],
}

/// To the metre: more digits say nothing on a map and make it larger.
fn to_the_metre(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

impl From<Point> for Geometry {
    fn from(point: Point) -> Self {
        let coordinates = [to_the_metre(point.longitude), to_the_metre(point.latitude)];
        Self { kind: GeometryType::Point, coordinates }
    }
}

/// A record at its point or, with `zoom`, several that are shown as one.
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
    /// Id of the record. Left out of a map with more than 5,000 features, of which it would be the half: digits of chance
    /// cannot be compressed. There the slug names the record, as it does everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub id: Option<Uuid>,
    /// Where it is.
    pub geometry: Geometry,
    /// What it is.
    pub properties: T,
}

/// Several records that are shown as one, at their mean point.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterFeature {
    /// `Feature`.
    #[serde(rename = "type")]
    pub kind: FeatureType,
    /// The mean of their points.
    pub geometry: Geometry,
    /// How many they are, and where.
    pub properties: ClusterProperties,
}

/// How many records a cluster has, and where they are.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClusterProperties {
    /// True.
    pub cluster: bool,
    /// How many records.
    #[schema(example = 12, minimum = 2)]
    pub point_count: u64,
    /// The smallest box around them: west, south, east, north. For `bbox` of the lists.
    #[schema(min_items = 4, max_items = 4, example = json!([-2.3, 53.4, -1.9, 53.7]))]
    pub bbox: [f64; 4],
}

impl ClusterProperties {
    /// Of so many records in a box.
    pub fn new(point_count: u64, bbox: BoundingBox) -> Self {
        Self { cluster: true, point_count, bbox: [bbox.west, bbox.south, bbox.east, bbox.north] }
    }
}

/// What a map shows of an initiative.
#[derive(Debug, Serialize, ToSchema)]
pub struct InitiativeProperties<'a> {
    /// Slug.
    #[schema(example = "get-oldham-working")]
    pub slug: &'a str,
    /// Title.
    #[schema(example = "Get Oldham Working")]
    pub title: &'a str,
    /// What kind of record.
    pub kind: InitiativeKind,
    /// Slugs of its themes, the primary one first.
    #[schema(example = json!(["economy-work"]))]
    pub themes: Vec<&'a str>,
    /// The council that leads it; null when the network itself does.
    #[schema(required)]
    pub council: Option<MapCouncil<'a>>,
    /// Whether somebody has confirmed that it is still true.
    pub freshness: Freshness,
    /// Whose point this is.
    pub located_by: LocationOf,
}

/// The council that leads an initiative, on a map.
#[derive(Debug, Serialize, ToSchema)]
pub struct MapCouncil<'a> {
    /// Slug.
    #[schema(example = "oldham")]
    pub slug: &'a str,
    /// Official name.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub name: &'a str,
}

/// What a map shows of a council.
#[derive(Debug, Serialize, ToSchema)]
pub struct CouncilProperties<'a> {
    /// Slug.
    #[schema(example = "oldham")]
    pub slug: &'a str,
    /// Official name.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub name: &'a str,
    /// What kind of authority it is.
    pub council_type: CouncilType,
    /// Tier of its membership of the network.
    pub membership: MembershipTier,
    /// How many initiatives it leads, alone or jointly.
    #[schema(example = 14, minimum = 0)]
    pub initiatives: i64,
}

/// How much there is where.
#[derive(Debug, Serialize, ToSchema)]
pub struct MapSummary {
    /// Counts.
    pub data: SummaryCounts,
    /// How many initiatives match the filters, those of the network itself included.
    #[schema(example = 129, minimum = 0)]
    pub total: i64,
}

/// Counts by region and by nation; each is there, if with nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryCounts {
    /// The regions of England.
    pub regions: Vec<RegionCount>,
    /// The nations.
    pub nations: Vec<NationCount>,
}

/// What there is in a region.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionCount {
    /// Which.
    pub region: Region,
    /// Its nation.
    pub nation: Nation,
    /// Councils there that lead an initiative that matches.
    #[schema(example = 4, minimum = 0)]
    pub councils: i64,
    /// Initiatives that they lead.
    #[schema(example = 23, minimum = 0)]
    pub initiatives: i64,
}

/// What there is in a nation.
#[derive(Debug, Serialize, ToSchema)]
pub struct NationCount {
    /// Which.
    pub nation: Nation,
    /// Councils there that lead an initiative that matches.
    #[schema(example = 4, minimum = 0)]
    pub councils: i64,
    /// Initiatives that they lead.
    #[schema(example = 23, minimum = 0)]
    pub initiatives: i64,
}
