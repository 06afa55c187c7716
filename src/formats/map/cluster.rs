//! Merges points that are close together on a map at a given zoom.
//!
//! The plane is web Mercator (EPSG:3857), cut into square cells of 64 pixels, sixteen to a tile. Four cells of the next
//! zoom make up one cell of this zoom. So zooming in splits clusters and never merges them. The result depends on the
//! set of points only.

use std::collections::BTreeMap;

use crate::geography::{BoundingBox, Point};

/// Cells along the edge of a tile of 256 pixels.
const CELLS: f64 = 4.0;
/// Millionths of a degree. Their sums are exact, in any order.
const FINE: f64 = 1e6;
/// Something at a point.
pub trait Located {
    /// The point.
    fn point(&self) -> Point;
    /// The point on a square map of the world; see [`Point::mercator`].
    fn on_world(&self) -> (f64, f64) {
        self.point().mercator()
    }
}

/// Contents of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Spot<T> {
    /// One thing.
    One(T),
    /// Several.
    Several(Cluster),
}

/// Several points shown as one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cluster {
    /// Number of points.
    pub count: u64,
    /// The mean of their coordinates.
    pub centre: Point,
    /// The smallest box around the points.
    pub bbox: BoundingBox,
}

struct Cell<T> {
    first: T,
    count: u64,
    /// Sums of longitudes and of latitudes, in millionths.
    sums: (i64, i64),
    bbox: BoundingBox,
}

/// Clusters points for a zoom (0 shows the world on one tile). The order is by cell, from the north-west to the
/// south-east.
pub fn cluster<T: Located>(things: impl IntoIterator<Item = T>, zoom: u8) -> Vec<Spot<T>> {
    let scale = CELLS * 2f64.powi(zoom.into());
    let mut cells: BTreeMap<(i64, i64), Cell<T>> = BTreeMap::new();
    for thing in things {
        let (point, (right, down)) = (thing.point(), thing.on_world());
        let place = ((down * scale).floor() as i64, (right * scale).floor() as i64);
        let sums = ((point.longitude * FINE).round() as i64, (point.latitude * FINE).round() as i64);
        match cells.get_mut(&place) {
            Some(cell) => {
                cell.count += 1;
                cell.sums = (cell.sums.0 + sums.0, cell.sums.1 + sums.1);
                cell.bbox = cell.bbox.with(point);
            }
            None => {
                let bbox = BoundingBox::around(point);
                cells.insert(place, Cell { first: thing, count: 1, sums, bbox });
            }
        }
    }
    cells.into_values().map(Cell::spot).collect()
}

impl<T> Cell<T> {
    fn spot(self) -> Spot<T> {
        if self.count == 1 {
            return Spot::One(self.first);
        }
        let mean = |sum: i64| sum as f64 / self.count as f64 / FINE;
        let centre = Point { longitude: mean(self.sums.0), latitude: mean(self.sums.1) };
        Spot::Several(Cluster { count: self.count, centre, bbox: self.bbox })
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    impl<T> Located for (T, Point) {
        fn point(&self) -> Point {
            self.1
        }
    }

    /// Points over the country, many of them in heaps and some in one place.
    fn points(chance: &mut StdRng, count: usize) -> Vec<(usize, Point)> {
        let mut heaps = Vec::new();
        (0..count)
            .map(|number| {
                let anywhere =
                    Point { latitude: chance.random_range(49.8..60.9), longitude: chance.random_range(-8.7..1.8) };
                let point = match heaps.last() {
                    Some(&heap) if number % 3 == 0 => heap,
                    Some(&Point { latitude, longitude }) if number % 3 == 1 => {
                        let mut near = |centre: f64| centre + chance.random_range(-0.01..0.01);
                        Point { latitude: near(latitude), longitude: near(longitude) }
                    }
                    _ => anywhere,
                };
                if number % 7 == 0 {
                    heaps.push(anywhere);
                }
                (number, point)
            })
            .collect()
    }

    fn count<T>(spot: &Spot<T>) -> u64 {
        match spot {
            Spot::One(_) => 1,
            Spot::Several(cluster) => cluster.count,
        }
    }

    #[test]
    fn counts_add_up_at_every_zoom_whatever_the_order() {
        let mut chance = StdRng::seed_from_u64(20_261_123);
        for round in 0..20 {
            let mut points = points(&mut chance, round * 40);
            let mut fewer = 0;
            for zoom in 0..=18 {
                let spots = cluster(points.iter().copied(), zoom);
                assert_eq!(spots.iter().map(count).sum::<u64>(), points.len() as u64, "zoom {zoom}");
                // Zooming in splits clusters.
                assert!(spots.len() >= fewer, "zoom {zoom}: {} after {fewer}", spots.len());
                fewer = spots.len();
                for spot in &spots {
                    let Spot::Several(Cluster { count, centre, bbox }) = spot else { continue };
                    let inside = points.iter().filter(|(_, point)| bbox.contains(*point)).count() as u64;
                    assert!(*count > 1 && inside >= *count, "{spot:?}");
                    // The mean of millionths may be half a millionth outside a box that is a single point.
                    let near = |value: f64, low: f64, high: f64| value > low - 1e-6 && value < high + 1e-6;
                    assert!(
                        near(centre.longitude, bbox.west, bbox.east) && near(centre.latitude, bbox.south, bbox.north)
                    );
                }
                points.reverse();
                let again = cluster(points.iter().copied(), zoom);
                assert_eq!(again, spots, "zoom {zoom}");
            }
        }
    }

    #[test]
    fn cells_are_sixty_four_pixels() {
        let at = |longitude| ((), Point { latitude: 53.5, longitude });
        // A cell is 360 / 4 / 2^zoom degrees wide.
        let width = 360.0 / 4.0 / 2f64.powi(8);
        let edge = -180.0 + width * 500.0;
        let spots = |one: f64, other: f64| cluster([at(one), at(other)], 8).len();
        assert_eq!(spots(edge + 0.01 * width, edge + 0.99 * width), 1);
        assert_eq!(spots(edge - 0.01 * width, edge + 0.01 * width), 2);
        assert_eq!(cluster([at(-2.0), at(-2.0)], 18).len(), 1, "what is in one place stays together");
        assert_eq!(Point { latitude: 0.0, longitude: 0.0 }.mercator(), (0.5, 0.5));
        assert_eq!(Point { latitude: 90.0, longitude: -180.0 }.mercator().0, 0.0);
    }
}
