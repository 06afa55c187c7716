//! Checks that rings form an area: closed, within the United Kingdom, not crossing, wound the right way. Small defects
//! are repaired and reported; anything else is a fault.
//!
//! Parts of an area may touch, in a point or along an edge, and so may a hole and its shell: the area that they cover is
//! clear, and published boundaries have such places.
//!
//! By hand instead of geo's `Validation`. That type does not say where rings cross. It refuses rings that touch. It
//! misses spikes. It also compares every edge of a ring with every other edge, and a detailed coast has 100,000. geo's
//! `line_intersection` finds crossings; its `unary_union` finds overlaps.

use std::collections::BTreeSet;

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::orient::{Direction, Orient};
use geo::winding_order::Winding;
use geo::{Area, Coord, Line, LineString, MultiPolygon, Polygon, unary_union};

use crate::geography::{BoundingBox, Point};
use crate::registry::boundaries::shape::{Position, Rings, polygons, rounded};

/// Largest share by which repairing crossings and overlaps may change an area: 0.01 %, the size of small drawing errors.
/// A figure of eight changes far more.
const SLIP: f64 = 1e-4;
/// How often to redraw an area until it is free of crossings. Rounding the redrawn corners can cause new, smaller ones.
const REDRAWS: usize = 3;
/// Largest area of a collapsed ring in square degrees: that of a square of 10 centimetres.
const COLLAPSED: f64 = 1e-12;
/// Largest share by which two areas may differ and still count as equal. The overlay's arithmetic is that precise.
const SAME: f64 = 1e-5;

/// Bounds of council boundaries in degrees, with the sea and remote islands around the country.
const UK: BoundingBox = BoundingBox { west: -14.0, south: 49.5, east: 2.5, north: 61.5 };

/// A repair made to an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// Wound shells anticlockwise and holes clockwise (RFC 7946, section 3.1.6).
    Winding,
    /// Removed small crossings and overlaps of rings.
    Crossing,
    /// Left out rings without an area, or smaller than about 10 centimetres.
    Collapsed,
    /// Read the latitude first, as the named coordinate system has it.
    Axes,
}

impl Repair {
    /// The repair in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Winding => "rings turned the right way round",
            Self::Crossing => "crossings and overlaps of at most 0.01 % of the area removed",
            Self::Collapsed => "collapsed rings left out (without an area, or smaller than 10 cm)",
            Self::Axes => {
                "longitude put before latitude, as GeoJSON has it (the file has the latitude first, the axis order of \
                 the coordinate system that it names)"
            }
        }
    }
}

/// A valid area.
pub struct Outline {
    /// Rounded to six decimals, shells anticlockwise.
    pub shape: MultiPolygon,
    /// Repairs that were needed.
    pub repairs: BTreeSet<Repair>,
}

/// Checks rings. Returns the area, or every fault. `may_be_latitude_first`: the file names a coordinate system with this
/// order of axes.
pub fn outline(mut rings: Rings, may_be_latitude_first: bool) -> Result<Outline, Vec<String>> {
    let mut repairs = BTreeSet::new();
    if may_be_latitude_first && is_latitude_first(&rings) {
        for Position(place) in rings.iter_mut().flatten().flatten() {
            std::mem::swap(&mut place.x, &mut place.y);
        }
        repairs.insert(Repair::Axes);
    }
    let faults = ring_faults(&rings);
    if !faults.is_empty() {
        return Err(faults);
    }
    let given = polygons(rings);
    let mut shape: MultiPolygon = given.iter().map(rounded).filter_map(without_collapsed).collect();
    let count = |shape: &MultiPolygon| shape.iter().map(|polygon| 1 + polygon.interiors().len()).sum::<usize>();
    if count(&shape) < count(&given) {
        repairs.insert(Repair::Collapsed);
    }
    if shape.iter().any(|polygon| polygon.exterior().is_cw() || polygon.interiors().iter().any(LineString::is_ccw)) {
        repairs.insert(Repair::Winding);
    }
    shape = shape.orient(Direction::Default);
    match defect(&shape) {
        None if shape.unsigned_area() > 0.0 => {}
        None => return Err(vec!["has no extent".into()]),
        Some(defect) => {
            shape = uncrossed(&shape).ok_or_else(|| vec![defect])?;
            repairs.insert(Repair::Crossing);
        }
    }
    Ok(Outline { shape, repairs })
}

/// Faults of rings as written. A closed ring of too few positions is no fault: it has collapsed.
fn ring_faults(rings: &Rings) -> Vec<String> {
    let mut faults = Vec::new();
    if rings.is_empty() || rings.iter().any(Vec::is_empty) {
        faults.push("has a polygon without rings".to_owned());
    }
    faults.extend(place_fault(rings.iter().flatten().flatten()));
    for (polygon, rings) in rings.iter().enumerate() {
        for (ring, positions) in rings.iter().enumerate() {
            if let [first, .., last] = positions.as_slice()
                && first != last
            {
                let place = format!("polygon {}, ring {}", polygon + 1, ring + 1);
                let (first, last) = (at(first.0), at(last.0));
                faults.push(format!("has an open ring ({place}): it begins at {first} and ends at {last}"));
            }
        }
    }
    faults
}

/// A polygon without holes that have collapsed. `None` if nothing is left of it. A hole in a shell that has collapsed
/// stays, because it is a defect.
fn without_collapsed(polygon: Polygon) -> Option<Polygon> {
    let (shell, mut holes) = polygon.into_inner();
    holes.retain(|hole| !is_collapsed(hole));
    (!is_collapsed(&shell) || !holes.is_empty()).then(|| Polygon::new(shell, holes))
}

/// True for a ring without an area.
fn is_collapsed(ring: &LineString) -> bool {
    if ring.0.len() < 4 {
        return true;
    }
    let alone = Polygon::new(ring.clone(), Vec::new());
    // The halves of a figure of eight cancel each other, and it has an area all the same.
    alone.unsigned_area() <= COLLAPSED && unary_union([&alone]).unsigned_area() <= COLLAPSED
}

/// The area without small crossings and overlaps. `None` if removing them would change the area.
fn uncrossed(shape: &MultiPolygon) -> Option<MultiPolygon> {
    let redrawn = std::iter::successors(Some(overlaid(shape)), |shape| Some(overlaid(shape)));
    let clean = redrawn.take(REDRAWS).find(|clean| defect(clean).is_none())?;
    // A spike has no area before or after.
    let is_same = differ(clean.unsigned_area(), shape.unsigned_area()) <= SLIP;
    (is_same && clean.unsigned_area() > 0.0).then_some(clean)
}

/// The area that the rings enclose, redrawn without crossings.
pub fn overlaid(shape: &MultiPolygon) -> MultiPolygon {
    let clean: MultiPolygon =
        unary_union([shape]).iter().map(rounded).filter(|polygon| polygon.exterior().0.len() >= 4).collect();
    clean.orient(Direction::Default)
}

/// The defect that keeps closed rings from being an area, if any.
pub fn defect(shape: &MultiPolygon) -> Option<String> {
    if let Some(place) = crossing(shape) {
        return Some(format!("crosses itself near {}", at(place)));
    }
    // Without a crossing, rings enclose each other, touch or are apart. Comparing areas then finds holes outside their
    // shell, overlapping polygons and figures of eight.
    let (whole, drawn) = (unary_union([shape]).unsigned_area(), shape.unsigned_area());
    (differ(whole, drawn) > SAME).then(|| {
        "has polygons that overlap, a hole outside of its shell or a ring that crosses itself at a corner".into()
    })
}

fn differ(one: f64, other: f64) -> f64 {
    let largest = one.abs().max(other.abs());
    if largest > 0.0 { (one - other).abs() / largest } else { 0.0 }
}

/// An edge, and the ring that it belongs to.
type Edge = (usize, Line);

/// A place where two edges cross, or where a ring runs back along itself. Goes through the edges from west to east and
/// compares each with those it may reach. Boundaries have short edges, so there are few of those.
fn crossing(shape: &MultiPolygon) -> Option<Coord> {
    let rings = shape.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let mut edges: Vec<Edge> =
        rings.enumerate().flat_map(|(ring, line)| line.lines().map(move |edge| (ring, edge))).collect();
    edges.sort_by(|(_, one), (_, other)| west(one).total_cmp(&west(other)));
    let mut within_reach: Vec<Edge> = Vec::new();
    for edge in edges {
        within_reach.retain(|(_, other)| other.start.x.max(other.end.x) >= west(&edge.1));
        if let Some(place) = within_reach.iter().find_map(|other| contact(&edge, other)) {
            return Some(place);
        }
        within_reach.push(edge);
    }
    None
}

fn west(edge: &Line) -> f64 {
    edge.start.x.min(edge.end.x)
}

/// The place where edges cross, or where they run along each other and belong to one ring. Edges that touch at an end,
/// and edges of two rings along each other, are none.
fn contact((ring, edge): &Edge, (other_ring, other): &Edge) -> Option<Coord> {
    let (low, high) = (edge.start.y.min(edge.end.y), edge.start.y.max(edge.end.y));
    if other.start.y.max(other.end.y) < low || other.start.y.min(other.end.y) > high {
        return None;
    }
    match line_intersection(*edge, *other)? {
        LineIntersection::SinglePoint { intersection, is_proper } => is_proper.then_some(intersection),
        LineIntersection::Collinear { intersection } => {
            (ring == other_ring && intersection.start != intersection.end).then_some(intersection.start)
        }
    }
}

/// True if the positions lie in the United Kingdom when the latitude comes first, and not otherwise.
fn is_latitude_first(rings: &Rings) -> bool {
    let mut places = rings.iter().flatten().flatten().map(|position| position.0).peekable();
    places.peek().is_some() && places.all(|place| !in_the_uk(place.x, place.y) && in_the_uk(place.y, place.x))
}

fn in_the_uk(longitude: f64, latitude: f64) -> bool {
    UK.contains(Point { latitude, longitude })
}

/// The fault in an area's location, worded alike for every area of a file.
fn place_fault<'a>(positions: impl Iterator<Item = &'a Position>) -> Option<String> {
    let outside: Vec<Coord> =
        positions.map(|position| position.0).filter(|place| !in_the_uk(place.x, place.y)).collect();
    let first = outside.first()?;
    if outside.iter().all(|place| in_the_uk(place.y, place.x)) {
        return Some("has latitude and longitude swapped: in GeoJSON the longitude comes first".into());
    }
    if outside.iter().any(|place| place.x.abs() > 180.0 || place.y.abs() > 90.0) {
        let detail = "has coordinates in metres, such as those of the British National Grid (EPSG:27700), not in degrees; \
            export the file in WGS 84 (EPSG:4326)";
        return Some(detail.into());
    }
    let BoundingBox { west, south, east, north } = UK;
    Some(format!(
        "reaches beyond the United Kingdom (longitude {west} to {east}, latitude {south} to {north}), to {}",
        at(*first)
    ))
}

fn at(place: Coord) -> String {
    format!("{},{}", (place.x * 1e6).round() / 1e6, (place.y * 1e6).round() / 1e6)
}

#[cfg(test)]
mod tests;
