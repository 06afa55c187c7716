//! Features of a snapshot: selection, extent and GeoJSON, alike for every collection.

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::collections::{BOUNDARIES, COUNCILS, Collection};
use super::model::{
    AreaFeature, AreaFeatureProperties, CouncilFeature, CouncilFeatureProperties, InitiativeFeature,
    InitiativeFeatureProperties,
};
use super::query::Choice;
use crate::access::reach::Reach;
use crate::error::ApiError;
use crate::formats::exports::columns::joined;
use crate::formats::exports::encoder::Point as GeoJsonPoint;
use crate::geography::{BoundingBox, Point};
use crate::http::page::{PageRequest, Slice};
use crate::read_model::boundaries::Area;
use crate::read_model::catalogue::CouncilEntry;
use crate::read_model::council_list::CouncilFilter;
use crate::read_model::entry::InitiativeEntry;
use crate::read_model::facet_index::FacetKey;
use crate::read_model::initiative_filter::InitiativeFilter;
use crate::read_model::paging::{page_of, tie};
use crate::read_model::snapshot::Snapshot;

const FEATURE: &str = "Feature";

/// Extent of the features of a collection in space and time.
#[derive(Clone, Debug)]
pub struct Span {
    /// West, south, east, north.
    pub bounds: [f64; 4],
    /// First and last day. An inner `None` is an open end; an outer `None` means that no feature has a period.
    pub period: Option<[Option<NaiveDate>; 2]>,
}

/// A record as a feature, before it is written.
pub struct Feature<'a> {
    /// Id of the record.
    pub id: Uuid,
    bounds: BoundingBox,
    /// First and last day, if it has a time.
    period: Option<[Option<NaiveDate>; 2]>,
    key: Arc<str>,
    record: Record<'a>,
}

enum Record<'a> {
    Council(&'a CouncilEntry, Point),
    Initiative(&'a InitiativeEntry, Point),
    Area(&'a CouncilEntry, &'a Area),
}

/// Features of a collection that a caller may see.
pub fn visible<'a>(snapshot: &'a Snapshot, reach: Reach, collection: Collection) -> Result<Vec<Feature<'a>>, ApiError> {
    match collection {
        COUNCILS => Ok(councils(snapshot, &CouncilFilter::default())),
        BOUNDARIES => boundaries(snapshot, &CouncilFilter::default(), None),
        _ => Ok(initiatives(snapshot, reach, &InitiativeFilter::default())),
    }
}

/// Councils with a place that match a filter.
pub fn councils<'a>(snapshot: &'a Snapshot, filter: &CouncilFilter) -> Vec<Feature<'a>> {
    let found = snapshot.select_councils(filter).into_iter();
    let feature = |entry: &'a CouncilEntry| {
        let at = Point::from(entry.record.location?);
        let record = Record::Council(entry, at);
        Some(Feature { bounds: BoundingBox::around(at), period: None, record, ..Feature::of_council(entry) })
    };
    found.filter_map(feature).collect()
}

/// Initiatives with a place that match a filter.
pub fn initiatives<'a>(snapshot: &'a Snapshot, reach: Reach, filter: &InitiativeFilter) -> Vec<Feature<'a>> {
    let found = snapshot.select(reach, filter);
    let entries = found.iter().filter_map(|number| snapshot.initiative(number));
    let feature = |entry: &'a Arc<InitiativeEntry>| {
        let (at, _) = entry.place?;
        Some(Feature {
            id: entry.id,
            bounds: BoundingBox::around(at),
            period: Some([entry.started, entry.ended]),
            key: Arc::clone(&entry.title_key),
            record: Record::Initiative(entry, at),
        })
    };
    entries.filter_map(feature).collect()
}

/// Boundaries of councils that match a filter. With boxes, those that overlap one of them.
pub fn boundaries<'a>(
    snapshot: &'a Snapshot,
    filter: &CouncilFilter,
    boxes: Option<&[BoundingBox]>,
) -> Result<Vec<Feature<'a>>, ApiError> {
    let met = boxes.map(|boxes| snapshot.boundaries.meeting(boxes)).transpose()?;
    let found = snapshot.select_councils(filter).into_iter();
    let feature = |entry: &'a CouncilEntry| {
        let code = entry.record.gss_code.as_ref().filter(|code| met.as_ref().is_none_or(|met| met.contains(*code)))?;
        let area = snapshot.boundaries.area(code)?;
        let record = Record::Area(entry, area);
        Some(Feature { bounds: area.boundary.bounds, record, ..Feature::of_council(entry) })
    };
    Ok(found.filter_map(feature).collect())
}

impl<'a> Feature<'a> {
    fn of_council(entry: &'a CouncilEntry) -> Self {
        let nowhere = Point { latitude: 0.0, longitude: 0.0 };
        Self {
            id: entry.record.id,
            bounds: BoundingBox::around(nowhere),
            period: None,
            key: entry.name_key.as_ref().into(),
            record: Record::Council(entry, nowhere),
        }
    }

    /// True for a feature in one of the boxes, at some time in the period. A feature without a time matches every
    /// period.
    fn meets(&self, choice: &Choice) -> bool {
        let lies_there = choice.boxes.as_ref().is_none_or(|boxes| boxes.iter().any(|one| one.touches(&self.bounds)));
        let happens_then = match (&choice.period, self.period) {
            (Some(chosen), Some([from, to])) => {
                let begins = from.zip(chosen.to).is_none_or(|(from, last)| from <= last);
                begins && to.zip(chosen.from).is_none_or(|(to, first)| to >= first)
            }
            _ => true,
        };
        lies_there && happens_then
    }

    /// The feature as GeoJSON, for the address of a service.
    pub fn write(&self, snapshot: &Snapshot, reach: Reach, base: &str) -> Result<String, ApiError> {
        let url = format!("{base}/id/{}", self.id);
        let written = match &self.record {
            Record::Council(entry, at) => serde_json::to_string(&council(snapshot, reach, entry, *at, url)),
            Record::Initiative(entry, at) => serde_json::to_string(&initiative(snapshot, entry, *at, url)?),
            Record::Area(entry, area) => serde_json::to_string(&boundary(entry, area, url)?),
        };
        written.map_err(ApiError::internal)
    }
}

/// One page of features, by title or name.
pub fn page<'a>(features: Vec<Feature<'a>>, choice: &Choice, request: &PageRequest) -> Slice<Feature<'a>> {
    let rows: Vec<_> = features
        .into_iter()
        .filter(|one| one.meets(choice))
        .map(|one| (Arc::clone(&one.key), tie(one.id), one))
        .collect();
    let total = rows.len();
    page_of(rows, false, total, request)
}

/// Extent of features. `None` if there are none.
pub fn extent(features: &[Feature<'_>]) -> Option<Span> {
    let mut all = features.first()?.bounds;
    for BoundingBox { west, south, east, north } in features.iter().map(|one| one.bounds) {
        all = BoundingBox {
            west: all.west.min(west),
            south: all.south.min(south),
            east: all.east.max(east),
            north: all.north.max(north),
        };
    }
    let known = || features.iter().filter_map(|one| one.period).filter(|[from, to]| from.is_some() || to.is_some());
    // If one end of a feature is known, the other is open.
    let first = known().map(|[from, _]| from).min().flatten();
    let last = if known().any(|[_, to]| to.is_none()) { None } else { known().filter_map(|[_, to]| to).max() };
    let bounds = [all.west, all.south, all.east, all.north];
    Some(Span { bounds, period: known().next().map(|_| [first, last]) })
}

fn council(snapshot: &Snapshot, reach: Reach, entry: &CouncilEntry, at: Point, url: String) -> CouncilFeature {
    let one = entry.record.clone();
    let led =
        snapshot.facets.get(FacetKey::Council(one.id)).map_or(0, |set| snapshot.visible(reach).intersection_len(set));
    CouncilFeature {
        kind: FEATURE,
        id: one.id,
        geometry: GeoJsonPoint::new(at),
        properties: CouncilFeatureProperties {
            slug: one.slug,
            name: one.name,
            short_name: one.short_name,
            welsh_name: one.welsh_name,
            gss_code: one.gss_code,
            council_type: one.council_type,
            nation: one.nation,
            region: one.region,
            membership: one.membership.tier,
            initiatives_led: led as i64,
            population: one.population,
            population_year: one.population_year,
            website: one.website,
            url,
        },
        links: Vec::new(),
    }
}

fn initiative(
    snapshot: &Snapshot,
    entry: &InitiativeEntry,
    at: Point,
    url: String,
) -> Result<InitiativeFeature, ApiError> {
    let record = entry.record(Reach::PUBLIC)?;
    let council = |id: Option<Uuid>| id.and_then(|id| snapshot.councils.get(id)).map(|one| &one.record);
    let (lead, place) = (council(entry.lead), council(entry.lead.or(entry.place_of)));
    Ok(InitiativeFeature {
        kind: FEATURE,
        id: record.id,
        geometry: GeoJsonPoint::new(at),
        properties: InitiativeFeatureProperties {
            lead_kind: record.lead.kind,
            lead_name: record.lead.name.as_deref().map(str::to_owned),
            lead_council: lead.map(|lead| lead.slug.clone()),
            lead_council_name: lead.map(|lead| lead.name.clone()),
            lead_council_gss_code: lead.and_then(|lead| lead.gss_code.clone()),
            region: place.and_then(|council| council.region),
            nation: place.map(|council| council.nation),
            place_of: record.place_of.as_ref().map(|council| council.slug.clone()),
            participants: joined(record.participants.iter().map(|part| part.council.slug.clone())),
            primary_theme: record.themes.first().map(|used| used.theme.slug.clone()),
            themes: joined(record.themes.iter().map(|used| used.theme.slug.clone())),
            principles: joined(record.principles.iter().map(|used| used.slug.clone())),
            freshness: entry.freshness,
            outcome_count: record.results().count() as i64,
            best_evidence: record.best_evidence(),
            location_of: entry.place.map(|(_, of)| of).ok_or_else(|| ApiError::not_found("feature"))?,
            slug: record.slug,
            title: record.title,
            summary: record.summary,
            kind: record.kind,
            delivery_status: record.delivery_status,
            status_as_at: record.status_as_at,
            status_confirmation: record.status_confirmation,
            status_text: record.status_text,
            started_on: record.started_on,
            ended_on: record.ended_on,
            licence: record.licence,
            source_url: record.source_url,
            url,
        },
        links: Vec::new(),
    })
}

fn boundary(entry: &CouncilEntry, area: &Area, url: String) -> Result<AreaFeature, ApiError> {
    let one = entry.record.clone();
    let geometry = area.feature_geometry().ok_or_else(|| ApiError::not_found("feature"))?;
    let attribution: Vec<&str> = area.boundary.attribution.iter().map(String::as_str).collect();
    Ok(AreaFeature {
        kind: FEATURE,
        id: one.id,
        geometry: RawValue::from_string(geometry.to_string()).map_err(ApiError::internal)?,
        properties: AreaFeatureProperties {
            gss_code: one.gss_code.unwrap_or_default(),
            slug: one.slug,
            name: one.name,
            council_type: one.council_type,
            nation: one.nation,
            region: one.region,
            membership: one.membership.tier,
            attribution: attribution.join(" "),
            source: area.boundary.source.clone(),
            dated_on: area.boundary.dated_on.clone(),
            url,
        },
        links: Vec::new(),
    })
}
