//! Answers below `/ogc`, in the standard's own terms (OGC 17-069r4, clause 7 and Annex B).

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::formats::exports::encoder::Point;
use crate::registry::boundaries::model::BoundaryGeometry;
use crate::registry::councils::model::{CouncilType, MembershipTier, Nation, Region};
use crate::registry::initiatives::answer::LocationOf;
use crate::registry::initiatives::freshness::Freshness;
use crate::registry::initiatives::lead::LeadKind;
use crate::registry::initiatives::model::{DeliveryStatus, InitiativeKind, Licence};
use crate::registry::initiatives::status::StatusConfirmation;

/// Media type of everything except features.
pub const JSON: &str = "application/json";
/// Media type of features.
pub const GEOJSON: &str = "application/geo+json";
/// Media type of pages for people.
pub const HTML: &str = "text/html";
/// Media type of an OpenAPI 3.0 document, exactly as in the standard (clause 9.2).
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// Longitude, then latitude, on WGS 84.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
/// The Gregorian calendar.
pub const GREGORIAN: &str = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";
/// The conformance classes that the service implements.
pub const CONFORMANCE: [&str; 3] = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
];

/// A link to another resource (RFC 8288).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OgcLink)]
pub struct Link {
    /// Address of the resource.
    #[schema(format = "uri", example = "http://127.0.0.1:8080/ogc/collections")]
    pub href: String,
    /// Relation of the resource to this page.
    #[schema(example = "data")]
    pub rel: &'static str,
    /// Media type of the resource.
    #[serde(rename = "type")]
    #[schema(example = "application/json")]
    pub media_type: &'static str,
    /// Title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The collections of features")]
    pub title: Option<&'static str>,
}

/// The landing page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OgcLandingPage)]
pub struct LandingPage {
    /// Title.
    pub title: &'static str,
    /// Description of the API.
    pub description: &'static str,
    /// Links to the document, the conformance classes and the collections.
    pub links: Vec<Link>,
}

/// The parts of the standard that the service implements.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OgcConformance)]
#[serde(rename_all = "camelCase")]
pub struct Conformance {
    /// Addresses of the conformance classes.
    pub conforms_to: Vec<&'static str>,
}

/// The collections.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OgcCollections)]
pub struct Collections {
    /// Links to this page and to the licence.
    pub links: Vec<Link>,
    /// Each collection, as on its own page.
    pub collections: Vec<CollectionInfo>,
}

/// A collection of features.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OgcCollection)]
#[serde(rename_all = "camelCase")]
pub struct CollectionInfo {
    /// Identifier in its address.
    #[schema(example = "initiatives")]
    pub id: &'static str,
    /// Title.
    #[schema(example = "Initiatives")]
    pub title: &'static str,
    /// Description of its features.
    pub description: &'static str,
    /// Links to its features, this page, the meaning of the properties, and the licence.
    pub links: Vec<Link>,
    /// Extent of its features in space and time. Absent if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub extent: Option<Extent>,
    /// Always `feature`.
    #[schema(example = "feature", pattern = "^feature$")]
    pub item_type: &'static str,
    /// Coordinate reference systems of its geometries.
    #[schema(example = json!([CRS84]))]
    pub crs: Vec<&'static str>,
}

/// Extent of the features that you can see, in space and time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OgcExtent)]
pub struct Extent {
    /// Extent in space.
    pub spatial: SpatialExtent,
    /// Extent in time. Absent if the features have no periods.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub temporal: Option<TemporalExtent>,
}

/// Extent of the features in space.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OgcSpatialExtent)]
pub struct SpatialExtent {
    /// One box: west, south, east, north.
    #[schema(min_items = 1, max_items = 1, example = json!([[-5.0, 50.3, 1.3, 56.0]]))]
    pub bbox: Vec<[f64; 4]>,
    /// Coordinate reference system of the box.
    pub crs: &'static str,
}

/// Extent of the features in time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OgcTemporalExtent)]
pub struct TemporalExtent {
    /// One interval: start and end in UTC (RFC 3339). Null means an open end.
    #[schema(min_items = 1, max_items = 1, example = json!([["2005-01-01T00:00:00Z", null]]))]
    pub interval: Vec<[Option<String>; 2]>,
    /// Calendar.
    pub trs: &'static str,
}

/// A council as a feature.
#[derive(Serialize, ToSchema)]
pub struct CouncilFeature {
    /// `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature", pattern = "^Feature$")]
    pub(super) kind: &'static str,
    /// Id of the council.
    pub(super) id: Uuid,
    /// A point within its area.
    pub(super) geometry: Point,
    /// Properties of the council.
    pub(super) properties: CouncilFeatureProperties,
    /// Links to this feature, its collection and the whole record. Only if you request a single feature.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) links: Vec<Link>,
}

/// Properties of a council, flat.
#[derive(Serialize, ToSchema)]
pub struct CouncilFeatureProperties {
    /// Slug.
    #[schema(example = "oldham")]
    pub(super) slug: String,
    /// Official name.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub(super) name: String,
    /// Name in everyday use.
    #[schema(example = "Oldham")]
    pub(super) short_name: String,
    /// Name in Welsh.
    #[schema(required)]
    pub(super) welsh_name: Option<String>,
    /// ONS code of its boundary.
    #[schema(required, example = "E08000004")]
    pub(super) gss_code: Option<String>,
    /// Type of authority.
    pub(super) council_type: CouncilType,
    /// Nation.
    pub(super) nation: Nation,
    /// English region.
    #[schema(required)]
    pub(super) region: Option<Region>,
    /// Tier of membership of the network. `none` means that no membership is known.
    pub(super) membership: MembershipTier,
    /// Number of initiatives it leads, alone or jointly, that you can see.
    #[schema(example = 4, minimum = 0)]
    pub(super) initiatives_led: i64,
    /// Number of residents.
    #[schema(required, example = 242_089)]
    pub(super) population: Option<i32>,
    /// Year of the population estimate.
    #[schema(required, example = 2022)]
    pub(super) population_year: Option<i32>,
    /// Website of the council.
    #[schema(required, example = "https://www.oldham.gov.uk/")]
    pub(super) website: Option<String>,
    /// Permalink of the whole record.
    #[schema(format = "uri", example = "http://127.0.0.1:8080/id/01a20437-ea34-7438-944c-55d92567c2df")]
    pub(super) url: String,
}

/// An initiative as a feature.
#[derive(Serialize, ToSchema)]
pub struct InitiativeFeature {
    /// `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature", pattern = "^Feature$")]
    pub(super) kind: &'static str,
    /// Id of the initiative.
    pub(super) id: Uuid,
    /// Its own point, or that of its lead council (see `location_of`).
    pub(super) geometry: Point,
    /// Properties of the initiative.
    pub(super) properties: InitiativeFeatureProperties,
    /// Links to this feature, its collection and the whole record. Only if you request a single feature.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) links: Vec<Link>,
}

/// Properties of an initiative, flat. Semicolons join several values in one text.
#[derive(Serialize, ToSchema)]
pub struct InitiativeFeatureProperties {
    /// Slug.
    #[schema(example = "get-oldham-working")]
    pub(super) slug: String,
    /// Title.
    #[schema(example = "Get Oldham Working")]
    pub(super) title: String,
    /// Short description, in two or three sentences.
    pub(super) summary: String,
    /// Kind of record.
    pub(super) kind: InitiativeKind,
    /// Stage of delivery.
    pub(super) delivery_status: DeliveryStatus,
    /// When the delivery status was true: a year, month or day.
    #[schema(required, example = "2013-12")]
    pub(super) status_as_at: Option<String>,
    /// Whether the delivery status is still confirmed, as of today.
    pub(super) status_confirmation: StatusConfirmation,
    /// The delivery status in words, with its date.
    #[schema(example = "Running, as of December 2013; not confirmed since")]
    pub(super) status_text: String,
    /// Start: a year, month or day.
    #[schema(required, example = "2013-05")]
    pub(super) started_on: Option<String>,
    /// End: a year, month or day.
    #[schema(required)]
    pub(super) ended_on: Option<String>,
    /// Kind of lead.
    pub(super) lead_kind: LeadKind,
    /// Name of the lead organisation, if it is not a council.
    #[schema(required)]
    pub(super) lead_name: Option<String>,
    /// Slug of the lead council. Null if no council leads it.
    #[schema(required, example = "oldham")]
    pub(super) lead_council: Option<String>,
    /// Official name of the lead council.
    #[schema(required, example = "Oldham Metropolitan Borough Council")]
    pub(super) lead_council_name: Option<String>,
    /// ONS code of the lead council's boundary.
    #[schema(required, example = "E08000004")]
    pub(super) lead_council_gss_code: Option<String>,
    /// Slug of the council in whose area it happens, if no council leads it.
    #[schema(required)]
    pub(super) place_of: Option<String>,
    /// English region of the lead council, or of `place_of`.
    #[schema(required)]
    pub(super) region: Option<Region>,
    /// Nation of the lead council, or of `place_of`.
    #[schema(required)]
    pub(super) nation: Option<Nation>,
    /// Slugs of the other councils that take part.
    #[schema(required)]
    pub(super) participants: Option<String>,
    /// Slug of its primary theme.
    #[schema(required, example = "work-skills")]
    pub(super) primary_theme: Option<String>,
    /// Slugs of its themes.
    #[schema(required, example = "work-skills;children-young-people")]
    pub(super) themes: Option<String>,
    /// Slugs of its co-operative principles.
    #[schema(required)]
    pub(super) principles: Option<String>,
    /// Whether somebody has confirmed the record, and whether that still counts today.
    pub(super) freshness: Freshness,
    /// Number of outcomes claimed, without context.
    #[schema(example = 3, minimum = 0)]
    pub(super) outcome_count: i64,
    /// The highest evidence level of its outcomes, without context.
    #[schema(required, minimum = 0, maximum = 5)]
    pub(super) best_evidence: Option<i16>,
    /// Whose point the geometry is.
    pub(super) location_of: LocationOf,
    /// Terms for using the record (SPDX).
    pub(super) licence: Licence,
    /// Address of a full description.
    #[schema(required, format = "uri")]
    pub(super) source_url: Option<String>,
    /// Permalink of the whole record.
    #[schema(format = "uri", example = "http://127.0.0.1:8080/id/01a20437-ea34-7438-944c-55d92567c2df")]
    pub(super) url: String,
}

/// The boundary of a council as a feature.
#[derive(Serialize, ToSchema)]
pub struct AreaFeature {
    /// `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature", pattern = "^Feature$")]
    pub(super) kind: &'static str,
    /// Id of the council.
    pub(super) id: Uuid,
    /// Area of the council, simplified to about 70 metres.
    #[schema(value_type = BoundaryGeometry)]
    pub(super) geometry: Box<RawValue>,
    /// Council, source and attribution of the boundary.
    pub(super) properties: AreaFeatureProperties,
    /// Links to this feature, its collection and the whole record. Only if you request a single feature.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) links: Vec<Link>,
}

/// Council, source and attribution of a boundary, flat.
#[derive(Serialize, ToSchema)]
pub struct AreaFeatureProperties {
    /// ONS code of the boundary.
    #[schema(example = "E08000004")]
    pub(super) gss_code: String,
    /// Slug of the council.
    #[schema(example = "oldham")]
    pub(super) slug: String,
    /// Official name of the council.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub(super) name: String,
    /// Type of authority.
    pub(super) council_type: CouncilType,
    /// Nation.
    pub(super) nation: Nation,
    /// English region.
    #[schema(required)]
    pub(super) region: Option<Region>,
    /// Tier of membership of the network. `none` means that no membership is known.
    pub(super) membership: MembershipTier,
    /// Attribution to show with the boundary, as its licence requires.
    pub(super) attribution: String,
    /// Title or address of the data set.
    #[schema(required)]
    pub(super) source: Option<String>,
    /// Date of the boundary, as precise as known.
    #[schema(required, example = "2024-05")]
    pub(super) dated_on: Option<String>,
    /// Permalink of the council.
    #[schema(format = "uri", example = "http://127.0.0.1:8080/id/01a20437-ea34-7438-944c-55d92567c2df")]
    pub(super) url: String,
}

/// A page of features.
#[derive(Serialize, ToSchema)]
#[schema(as = FeaturePage)]
#[serde(rename_all = "camelCase")]
pub struct Features<T> {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection", pattern = "^FeatureCollection$")]
    pub kind: &'static str,
    /// Links to this page, the next and previous pages, and the collection.
    pub links: Vec<Link>,
    /// Time of the answer (UTC).
    #[schema(format = "date-time", example = "2026-11-23T01:30:00Z")]
    pub time_stamp: String,
    /// Number of matching features on all pages.
    #[schema(example = 60, minimum = 0)]
    pub number_matched: i64,
    /// Number of features on this page.
    #[schema(example = 10, minimum = 0)]
    pub number_returned: usize,
    /// The features of this page.
    #[schema(max_items = 10000)]
    pub features: Vec<T>,
}
