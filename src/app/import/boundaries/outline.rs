//! Checks that rings form an area: closed, within the United Kingdom, not crossing, wound the right way. Small defects
//! are repaired and reported; anything else is a fault.
//!
//! By hand instead of geo's `Validation`. That type does not say where rings cross. It refuses rings that touch
//! themselves at a corner, which published boundaries have. It misses spikes. It also compares every edge of a ring
//! with every other edge, and a detailed coast has 100,000. geo's `line_intersection` finds crossings; its
//! `unary_union` finds overlaps.

use std::collections::BTreeSet;

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::orient::{Direction, Orient};
use geo::winding_order::Winding;
use geo::{Area, Coord, Line, LineString, MultiPolygon, unary_union};

use crate::geography::{BoundingBox, Point};
use crate::registry::boundaries::shape::{Position, Rings, polygons, rounded};

/// Largest share by which repairing crossings may change an area: the size of small drawing errors. A figure of eight
/// changes far more.
const SLIP: f64 = 1e-3;
/// Largest share by which two areas may differ and still count as equal. The overlay's arithmetic is that precise.
const SAME: f64 = 1e-5;

/// Bounds of council boundaries in degrees, with the sea and remote islands around the country.
const UK: BoundingBox = BoundingBox { west: -14.0, south: 49.5, east: 2.5, north: 61.5 };

/// A repair made to an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// Wound shells anticlockwise and holes clockwise (RFC 7946, section 3.1.6).
    Winding,
    /// Removed small crossings of rings.
    Crossing,
    /// Removed rings smaller than about 10 centimetres.
    Speck,
}

impl Repair {
    /// The repair in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Winding => "rings turned the right way round",
            Self::Crossing => "small crossings removed",
            Self::Speck => "rings smaller than 10 cm removed",
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

/// Checks rings. Returns the area, or every fault.
pub fn outline(rings: Rings) -> Result<Outline, Vec<String>> {
    let mut faults = Vec::new();
    if rings.is_empty() || rings.iter().any(Vec::is_empty) {
        faults.push("has a polygon without rings".to_owned());
    }
    if let Some(fault) = place_fault(rings.iter().flatten().flatten()) {
        faults.push(fault);
    }
    for (polygon, rings) in rings.iter().enumerate() {
        for (ring, positions) in rings.iter().enumerate() {
            let place = || format!("polygon {}, ring {}", polygon + 1, ring + 1);
            match positions.as_slice() {
                [first, .., last] if first != last => faults.push(format!(
                    "has an open ring ({}): it begins at {} and ends at {}",
                    place(),
                    at(first.0),
                    at(last.0)
                )),
                few if few.len() < 4 => {
                    faults.push(format!(
                        "has a ring of {} positions ({}); a ring needs at least four",
                        few.len(),
                        place()
                    ));
                }
                _ => {}
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let given = polygons(rings);
    let mut repairs = BTreeSet::new();
    let holes = |shape: &MultiPolygon| shape.iter().map(|polygon| 1 + polygon.interiors().len()).sum::<usize>();
    let mut shape: MultiPolygon = given.iter().map(rounded).filter(|polygon| polygon.exterior().0.len() >= 4).collect();
    if holes(&shape) < holes(&given) {
        repairs.insert(Repair::Speck);
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

/// The area without small crossings. `None` if removing them would change the area.
fn uncrossed(shape: &MultiPolygon) -> Option<MultiPolygon> {
    let clean = overlaid(shape);
    let is_same = differ(clean.unsigned_area(), shape.unsigned_area()) <= SLIP && defect(&clean).is_none();
    // A spike has no area before or after.
    (is_same && clean.unsigned_area() > 0.0).then_some(clean)
}

/// The area that the rings enclose, redrawn without crossings.
pub fn overlaid(shape: &MultiPolygon) -> MultiPolygon {
    let clean: MultiPolygon =
        unary_union([shape]).iter().map(rounded).filter(|polygon| polygon.exterior().0.len() >= 4).collect();
    clean.orient(Direction::Default)
}

/// The defect that keeps closed rings from being an area, if any. Rings may touch at a corner: the area they cover is
/// clear.
pub fn defect(shape: &MultiPolygon) -> Option<String> {
    if let Some(place) = crossing(shape) {
        return Some(format!("crosses itself near {}", at(place)));
    }
    // Without a crossing, rings enclose each other or are apart. Comparing areas then finds holes outside their shell,
    // overlapping polygons and figures of eight.
    let (whole, drawn) = (unary_union([shape]).unsigned_area(), shape.unsigned_area());
    (differ(whole, drawn) > SAME).then(|| {
        "has polygons that overlap, a hole outside of its shell or a ring that crosses itself at a corner".into()
    })
}

fn differ(one: f64, other: f64) -> f64 {
    let largest = one.abs().max(other.abs());
    if largest > 0.0 { (one - other).abs() / largest } else { 0.0 }
}

/// A place where two edges meet other than at a corner of both. Goes through the edges from west to east and compares
/// each with those it may reach. Boundaries have short edges, so there are few of those.
fn crossing(shape: &MultiPolygon) -> Option<Coord> {
    let rings = shape.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let mut edges: Vec<Line> = rings.flat_map(LineString::lines).collect();
    edges.sort_by(|one, other| west(one).total_cmp(&west(other)));
    let mut within_reach: Vec<Line> = Vec::new();
    for edge in edges {
        within_reach.retain(|other| other.start.x.max(other.end.x) >= west(&edge));
        for other in &within_reach {
            if let Some(place) = contact(&edge, other) {
                return Some(place);
            }
        }
        within_reach.push(edge);
    }
    None
}

fn west(edge: &Line) -> f64 {
    edge.start.x.min(edge.end.x)
}

fn contact(edge: &Line, other: &Line) -> Option<Coord> {
    let (low, high) = (edge.start.y.min(edge.end.y), edge.start.y.max(edge.end.y));
    if other.start.y.max(other.end.y) < low || other.start.y.min(other.end.y) > high {
        return None;
    }
    let is_corner = |line: &Line, place: Coord| line.start == place || line.end == place;
    match line_intersection(*edge, *other)? {
        LineIntersection::SinglePoint { intersection, is_proper } => {
            let meet = is_corner(edge, intersection) && is_corner(other, intersection);
            (is_proper || !meet).then_some(intersection)
        }
        LineIntersection::Collinear { intersection } => {
            (intersection.start != intersection.end).then_some(intersection.start)
        }
    }
}

/// The fault in an area's location, worded alike for every area of a file.
fn place_fault<'a>(positions: impl Iterator<Item = &'a Position>) -> Option<String> {
    let in_the_uk = |longitude, latitude| UK.contains(Point { latitude, longitude });
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
mod tests {
    use super::*;

    fn ring(positions: &[(f64, f64)]) -> Vec<Position> {
        positions.iter().map(|(x, y)| Position(Coord { x: *x, y: *y })).collect()
    }

    fn square(west: f64, south: f64, side: f64) -> Vec<Position> {
        let (east, north) = (west + side, south + side);
        ring(&[(west, south), (east, south), (east, north), (west, north), (west, south)])
    }

    fn reversed(mut ring: Vec<Position>) -> Vec<Position> {
        ring.reverse();
        ring
    }

    #[track_caller]
    fn refused(rings: Rings) -> String {
        outline(rings).map(|_| ()).expect_err("a fault").join("; ")
    }

    #[test]
    fn a_sound_area_stays_as_it_is() {
        let rings =
            vec![vec![square(-2.0, 53.0, 1.0), reversed(square(-1.75, 53.25, 0.5))], vec![square(0.0, 53.0, 1.0)]];
        let sound = outline(rings.clone()).expect("an outline");
        assert_eq!(sound.shape, polygons(rings));
        assert!(sound.repairs.is_empty(), "{:?}", sound.repairs);
    }

    #[test]
    fn rings_that_run_the_wrong_way_are_turned() {
        let wrong = vec![vec![reversed(square(-2.0, 53.0, 1.0)), square(-1.75, 53.25, 0.5)]];
        let turned = outline(wrong).expect("an outline");
        assert_eq!(turned.repairs, BTreeSet::from([Repair::Winding]));
        let polygon = &turned.shape.0[0];
        assert!(polygon.exterior().is_ccw() && polygon.interiors()[0].is_cw());
        assert!((turned.shape.unsigned_area() - 0.75).abs() < 1e-9);
    }

    #[test]
    fn open_rings_and_rings_of_too_few_positions_are_refused_together() {
        let open = ring(&[(-2.0, 53.0), (-1.0, 53.0), (-1.0, 54.0), (-2.0, 54.0)]);
        let flat = ring(&[(0.0, 53.0), (1.0, 53.0), (0.0, 53.0)]);
        let refusal = refused(vec![vec![open], vec![square(0.0, 53.0, 1.0), flat]]);
        assert!(
            refusal.contains("an open ring (polygon 1, ring 1): it begins at -2,53 and ends at -2,54"),
            "{refusal}"
        );
        assert!(refusal.contains("a ring of 3 positions (polygon 2, ring 2)"), "{refusal}");
    }

    #[test]
    fn a_ring_that_crosses_itself_is_refused_and_says_where() {
        let eight = ring(&[(-2.0, 53.0), (-1.0, 54.0), (-1.0, 53.0), (-2.0, 54.0), (-2.0, 53.0)]);
        assert!(refused(vec![vec![eight]]).contains("crosses itself near -1.5,53.5"));
        let at_a_corner =
            ring(&[(-2.0, 53.0), (-1.5, 53.5), (-1.0, 54.0), (-1.0, 53.0), (-1.5, 53.5), (-2.0, 54.0), (-2.0, 53.0)]);
        assert!(refused(vec![vec![at_a_corner]]).contains("at a corner"));
        // A spike: there and back the same way.
        let spike = ring(&[(-2.0, 53.0), (-1.0, 53.0), (-1.0, 54.0), (-1.0, 53.0), (-2.0, 53.0)]);
        assert!(!refused(vec![vec![spike]]).is_empty());
    }

    #[test]
    fn polygons_that_overlap_and_holes_outside_are_refused() {
        assert!(refused(vec![vec![square(-2.0, 53.0, 1.0)], vec![square(-1.75, 53.25, 0.5)]]).contains("overlap"));
        assert!(refused(vec![vec![square(-2.0, 53.0, 1.0)], vec![square(-1.5, 53.5, 1.0)]]).contains("crosses itself"));
        assert!(refused(vec![vec![square(-2.0, 53.0, 1.0), square(0.0, 53.0, 1.0)]]).contains("hole outside"));
    }

    #[test]
    fn a_small_crossing_is_repaired() {
        // At the end, two edges of a few metres cross.
        let slip = ring(&[
            (-2.0, 53.0),
            (-1.0, 53.0),
            (-1.0, 54.0),
            (-1.5, 54.0),
            (-1.5001, 54.0001),
            (-1.5, 54.0001),
            (-1.5001, 54.0),
            (-2.0, 54.0),
            (-2.0, 53.0),
        ]);
        let repaired = outline(vec![vec![slip]]).expect("an outline");
        assert_eq!(repaired.repairs, BTreeSet::from([Repair::Crossing]));
        assert_eq!(defect(&repaired.shape), None);
        assert!((repaired.shape.unsigned_area() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn what_lies_elsewhere_says_why_it_seems_to() {
        let swapped = reversed(square(53.0, -2.0, 1.0));
        assert!(refused(vec![vec![swapped]]).contains("swapped"));
        assert!(refused(vec![vec![square(390_000.0, 400_000.0, 10_000.0)]]).contains("EPSG:27700"));
        assert!(refused(vec![vec![square(2.0, 48.0, 1.0)]]).contains("beyond the United Kingdom"));
    }

    #[test]
    fn specks_are_left_out_and_nothing_but_specks_is_no_area() {
        let kept = outline(vec![vec![square(-2.0, 53.0, 1.0)], vec![square(0.0, 53.0, 1e-7)]]).expect("an outline");
        assert_eq!((kept.shape.0.len(), kept.repairs), (1, BTreeSet::from([Repair::Speck])));
        assert!(refused(vec![vec![square(0.0, 53.0, 1e-7)]]).contains("no extent"));
    }
}
