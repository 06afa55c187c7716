//! Boundaries of areas by GSS code, at several levels of simplification, and searches for areas by point or box.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use geo::{Coord, Intersects, MultiPolygon, Rect};

use crate::error::ApiError;
use crate::geography::{BoundingBox, Point};
use crate::registry::boundaries::shape;
use crate::registry::boundaries::shape::WHOLE;

/// The zoom level for geometries of OGC features: accurate to about 70 metres. The imported boundaries have megabytes
/// each.
pub const FEATURE_ZOOM: i16 = 11;

/// The boundary of an area at one level of simplification.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// The smallest box around it.
    pub bounds: BoundingBox,
    /// Attributions that must accompany it.
    pub attribution: BTreeSet<String>,
    /// Its source.
    pub source: Option<String>,
    /// The date for which it is valid.
    pub dated_on: Option<String>,
    /// When an import last changed it.
    pub updated_at: DateTime<Utc>,
    /// GeoJSON geometry.
    pub geometry: Arc<str>,
}

/// An area with its shapes.
#[derive(Debug)]
pub struct Area {
    /// Its details, with the geometry of the finest level.
    pub boundary: Boundary,
    /// GeoJSON geometries by the highest zoom for which each is fine enough.
    pub shapes: BTreeMap<i16, Arc<str>>,
    /// The finest shape, parsed on first use.
    whole: OnceLock<MultiPolygon>,
}

/// Every boundary, and the districts of each county.
#[derive(Debug, Default)]
pub struct Boundaries {
    areas: BTreeMap<String, Area>,
    /// Districts by county, in order.
    districts: BTreeMap<String, Vec<String>>,
}

impl Area {
    /// From its details and shapes.
    pub fn new(boundary: Boundary, shapes: BTreeMap<i16, Arc<str>>) -> Self {
        Self { boundary, shapes, whole: OnceLock::new() }
    }

    /// Its boundary at exactly this level.
    fn at(&self, level: i16) -> Option<Boundary> {
        let geometry = Arc::clone(self.shapes.get(&level)?);
        Some(Boundary { geometry, ..self.boundary.clone() })
    }

    /// The geometry for features: the coarsest that is fine enough.
    pub fn feature_geometry(&self) -> Option<&Arc<str>> {
        self.shapes.range(FEATURE_ZOOM..).next().map(|(_, geometry)| geometry)
    }

    fn covers(&self, point: Point) -> Result<bool, ApiError> {
        if !self.boundary.bounds.contains(point) {
            return Ok(false);
        }
        let whole = match self.whole.get() {
            Some(whole) => whole,
            None => {
                let Some(geometry) = self.shapes.get(&WHOLE) else { return Ok(false) };
                let read = shape::read(geometry).map_err(ApiError::internal)?;
                self.whole.get_or_init(|| read)
            }
        };
        Ok(shape::covers(whole, point))
    }
}

impl Boundaries {
    /// From the areas by code, and the county of each district.
    pub fn new(areas: BTreeMap<String, Area>, counties: BTreeMap<String, String>) -> Self {
        let mut districts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (district, county) in counties {
            districts.entry(county).or_default().push(district);
        }
        Self { areas, districts }
    }

    /// An area with its own boundary.
    pub fn area(&self, code: &str) -> Option<&Area> {
        self.areas.get(code)
    }

    /// True if there are no boundaries.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The boundary of a code at a level. A county without its own boundary has the union of its districts, if all of
    /// them are known. Computing the union takes noticeable CPU time.
    pub fn boundary(&self, code: &str, level: i16) -> Result<Option<Boundary>, ApiError> {
        if let Some(found) = self.areas.get(code).and_then(|area| area.at(level)) {
            return Ok(Some(found));
        }
        let Some(districts) = self.districts.get(code) else { return Ok(None) };
        let parts: Option<Vec<Boundary>> =
            districts.iter().map(|district| self.areas.get(district)?.at(level)).collect();
        parts.map_or(Ok(None), |parts| join(&parts).map(Some))
    }

    /// Codes of the areas that cover a point, edges included, and of the counties that contain those areas.
    pub fn covering(&self, point: Point) -> Result<BTreeSet<String>, ApiError> {
        let mut codes = BTreeSet::new();
        for (code, area) in &self.areas {
            if area.covers(point)? {
                codes.insert(code.clone());
            }
        }
        let has_one = |districts: &Vec<String>| districts.iter().any(|district| codes.contains(district));
        let counties: Vec<String> = self
            .districts
            .iter()
            .filter(|(_, districts)| has_one(districts))
            .map(|(county, _)| county.clone())
            .collect();
        codes.extend(counties);
        Ok(codes)
    }

    /// Codes of the areas that intersect any of the boxes, edges included.
    pub fn meeting(&self, boxes: &[BoundingBox]) -> Result<BTreeSet<String>, ApiError> {
        let mut codes = BTreeSet::new();
        for within in boxes {
            let corner = |x, y| Coord { x, y };
            let rect = Rect::new(corner(within.west, within.south), corner(within.east, within.north));
            for (code, area) in self.areas.iter().filter(|(_, area)| area.boundary.bounds.touches(within)) {
                let Some(geometry) = area.feature_geometry() else { continue };
                if shape::read(geometry).map_err(ApiError::internal)?.intersects(&rect) {
                    codes.insert(code.clone());
                }
            }
        }
        Ok(codes)
    }

    /// Approximate size in memory, in bytes.
    pub fn size(&self) -> usize {
        self.areas.values().flat_map(|area| area.shapes.values()).map(|geometry| geometry.len()).sum()
    }
}

/// The union of districts. It has a source and a date only if all districts have the same.
fn join(districts: &[Boundary]) -> Result<Boundary, ApiError> {
    let shapes: Result<Vec<_>, _> = districts.iter().map(|district| shape::read(&district.geometry)).collect();
    let whole = shape::union(&shapes.map_err(ApiError::internal)?);
    let newest = districts.iter().max_by_key(|district| district.updated_at).cloned();
    let mut boundary = newest.ok_or_else(|| ApiError::internal("a county without districts"))?;
    let same = |other: &Boundary| (&other.source, &other.dated_on) == (&boundary.source, &boundary.dated_on);
    if !districts.iter().all(same) {
        (boundary.source, boundary.dated_on) = (None, None);
    }
    boundary.attribution = districts.iter().flat_map(|district| district.attribution.clone()).collect();
    (boundary.bounds, boundary.geometry) = (shape::bounds(&whole), shape::write(&whole).into());
    Ok(boundary)
}
