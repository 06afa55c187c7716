//! Simpler shapes for lower zooms, in which neighbours still fit together.
//!
//! Finds the border that two areas share, which ends at a third area or at the sea. Simplifies it once for both areas,
//! by the method of Visvalingam and Whyatt, which removes the points that matter least. So neighbours in one file have
//! no gaps or overlaps between them.
//!
//! By hand around geo's Visvalingam-Whyatt: geo simplifies each shape on its own, so that neighbours would come apart.

use std::collections::HashMap;

use geo::orient::{Direction, Orient};
use geo::{Area, Coord, LineString, MultiPolygon, Polygon, SimplifyVwIdx};

use super::outline::{defect, overlaid};
use crate::registry::boundaries::shape::{LEVELS, WHOLE};

/// A corner, in millionths of a degree.
type Corner = (i64, i64);

/// Length of a degree of longitude relative to one of latitude, in the middle of the country (55° north).
const SQUEEZE: f64 = 0.5736;

/// The corners at which borders end.
pub struct Borders {
    /// The two neighbours of each corner; `None` where areas disagree about them.
    corners: HashMap<Corner, Option<(Corner, Corner)>>,
}

fn corner(place: Coord) -> Corner {
    let grid = |degrees: f64| (degrees * 1e6).round() as i64;
    (grid(place.x), grid(place.y))
}

fn rings(polygon: &Polygon) -> impl Iterator<Item = &LineString> {
    std::iter::once(polygon.exterior()).chain(polygon.interiors())
}

impl Borders {
    /// Finds the borders of all areas in a file.
    pub fn of<'a>(shapes: impl IntoIterator<Item = &'a MultiPolygon>) -> Self {
        let mut corners: HashMap<Corner, Option<(Corner, Corner)>> = HashMap::new();
        for ring in shapes.into_iter().flatten().flat_map(rings) {
            let ring: Vec<Corner> = ring.coords().skip(1).copied().map(corner).collect();
            for (place, here) in ring.iter().enumerate() {
                let before = ring[(place + ring.len() - 1) % ring.len()];
                let after = ring[(place + 1) % ring.len()];
                let beside = (before.min(after), before.max(after));
                let known = corners.entry(*here).or_insert(Some(beside));
                if *known != Some(beside) {
                    *known = None;
                }
            }
        }
        Self { corners }
    }

    fn ends_at(&self, place: Coord) -> bool {
        self.corners.get(&corner(place)) == Some(&None)
    }

    /// An area at every level, the finest last.
    pub fn levels(&self, shape: &MultiPolygon) -> Vec<(i16, MultiPolygon)> {
        let mut levels = vec![(WHOLE, shape.clone())];
        for level in LEVELS.into_iter().rev().filter(|level| *level < WHOLE) {
            // For an area too small to be seen, keep its largest part at the previous level's detail.
            let finer = levels.last().and_then(|(_, finer)| largest(finer));
            let simple = self.simplified(shape, area(level));
            let shown = if simple.0.is_empty() { finer.into_iter().cloned().collect() } else { simple };
            levels.push((level, shown));
        }
        levels.reverse();
        levels
    }

    fn simplified(&self, shape: &MultiPolygon, area: f64) -> MultiPolygon {
        let simple: MultiPolygon = shape.iter().filter_map(|polygon| self.polygon(polygon, area)).collect();
        let simple = simple.orient(Direction::Default);
        if defect(&simple).is_none() { simple } else { overlaid(&simple) }
    }

    fn polygon(&self, polygon: &Polygon, area: f64) -> Option<Polygon> {
        let is_seen = |ring: &LineString| {
            ring.0.len() >= 4 && Polygon::new(ring.clone(), Vec::new()).unsigned_area() * SQUEEZE >= area
        };
        let shell = Some(self.ring(polygon.exterior(), area)).filter(is_seen)?;
        let holes = polygon.interiors().iter().map(|hole| self.ring(hole, area)).filter(is_seen);
        Some(Polygon::new(shell, holes.collect()))
    }

    /// Simplifies a ring, border by border.
    fn ring(&self, ring: &LineString, area: f64) -> LineString {
        let mut coords: Vec<Coord> = ring.0[1..].to_vec();
        // Start at the end of a border, or at a corner that every area with this ring would choose.
        let begin = coords.iter().position(|place| self.ends_at(*place));
        let begin = begin.or_else(|| (0..coords.len()).min_by_key(|place| corner(coords[*place]))).unwrap_or_default();
        coords.rotate_left(begin);
        coords.extend(coords.first().copied());
        let mut simple: Vec<Coord> = Vec::new();
        let mut from = 0;
        for to in 1..coords.len() {
            if to == coords.len() - 1 || self.ends_at(coords[to]) {
                simple.pop();
                simple.extend(border(&coords[from..=to], area));
                from = to;
            }
        }
        LineString(simple)
    }
}

/// Removes the points of a border that matter less than `area`. The direction makes no difference.
fn border(coords: &[Coord], area: f64) -> Vec<Coord> {
    let key = |coords: &[Coord]| coords.iter().copied().map(corner).take(2).collect::<Vec<_>>();
    let mut coords = coords.to_vec();
    let mut backwards = coords.clone();
    backwards.reverse();
    let is_turned = key(&backwards) < key(&coords);
    if is_turned {
        coords = backwards;
    }
    let squeezed: LineString = coords.iter().map(|place| Coord { x: place.x * SQUEEZE, y: place.y }).collect();
    let mut kept: Vec<Coord> = squeezed.simplify_vw_idx(area).into_iter().map(|index| coords[index]).collect();
    if is_turned {
        kept.reverse();
    }
    kept
}

/// Area of half a pixel of a web map at a zoom, in square degrees of latitude, in the middle of the country.
fn area(level: i16) -> f64 {
    let pixel = 360.0 / (256.0 * f64::from(level).exp2()) * SQUEEZE;
    pixel * pixel / 2.0
}

fn largest(shape: &MultiPolygon) -> Option<&Polygon> {
    shape.iter().max_by(|one, other| one.unsigned_area().total_cmp(&other.unsigned_area()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two areas with a ragged border between them, and an islet that only the finest level shows.
    fn neighbours() -> [MultiPolygon; 2] {
        let steps = 200;
        let border: Vec<Coord> = (0..=steps)
            .map(|step| {
                let y = 53.0 + f64::from(step) / f64::from(steps);
                Coord { x: -2.0 + if step % 2 == 1 { 0.003 } else { 0.0 }, y }
            })
            .collect();
        let ring = |far: f64| {
            let mut coords = border.clone();
            coords.extend([Coord { x: far, y: 54.0 }, Coord { x: far, y: 53.0 }, border[0]]);
            Polygon::new(LineString(coords), Vec::new()).orient(Direction::Default)
        };
        let islet =
            Polygon::new(LineString::from(vec![(0.0, 53.0), (0.001, 53.0), (0.001, 53.001), (0.0, 53.0)]), Vec::new());
        [MultiPolygon(vec![ring(-3.0)]), MultiPolygon(vec![ring(-1.0), islet])]
    }

    #[test]
    fn a_shape_is_the_simpler_the_smaller_the_zoom_and_stays_sound() {
        let [one, other] = neighbours();
        let borders = Borders::of([&one, &other]);
        for shape in [&one, &other] {
            let levels = borders.levels(shape);
            assert_eq!(levels.iter().map(|(level, _)| *level).collect::<Vec<_>>(), LEVELS);
            let sizes: Vec<usize> =
                levels.iter().map(|(_, shape)| shape.iter().flat_map(rings).map(|ring| ring.0.len()).sum()).collect();
            assert!(sizes.is_sorted() && sizes[0] < 20 && sizes[4] > 200, "{sizes:?}");
            for (level, simple) in &levels {
                assert_eq!(defect(simple), None, "at {level}");
                assert!((simple.unsigned_area() - shape.unsigned_area()).abs() < 0.01, "at {level}");
            }
        }
        assert_eq!(borders.levels(&other)[0].1.0.len(), 1);
    }

    #[test]
    fn neighbours_fit_together_at_every_level() {
        let [one, other] = neighbours();
        let borders = Borders::of([&one, &other]);
        for ((level, one), (_, other)) in borders.levels(&one).into_iter().zip(borders.levels(&other)) {
            let shared = |shape: &MultiPolygon| -> Vec<Corner> {
                let mut shared: Vec<Corner> = shape.0[0]
                    .exterior()
                    .coords()
                    .filter(|place| (-2.5..-1.5).contains(&place.x))
                    .copied()
                    .map(corner)
                    .collect();
                shared.sort_unstable();
                shared.dedup();
                shared
            };
            assert_eq!(shared(&one), shared(&other), "at {level}");
        }
    }

    #[test]
    fn an_area_too_small_to_be_seen_is_still_shown() {
        let [_, other] = neighbours();
        let islet = MultiPolygon(vec![other.0[1].clone()]);
        let levels = Borders::of([&islet]).levels(&islet);
        assert!(levels.iter().all(|(_, shape)| shape.0.len() == 1), "{levels:?}");
    }
}
