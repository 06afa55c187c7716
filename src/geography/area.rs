//! Which part of the Earth a list is asked for.

use super::point::EARTH_RADIUS_KM;
use super::{BoundingBox, Point};
use crate::error::Fault;

/// Kilometres around `near` when the caller does not say.
const DEFAULT_RADIUS_KM: f64 = 25.0;

/// A circle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Its centre.
    pub point: Point,
    /// Kilometres from the centre to the edge.
    pub radius_km: f64,
    /// A box around the circle: four comparisons rule out most points.
    enclosing: BoundingBox,
}

/// Part of the Earth: all of it, or what lies in a box and in a circle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// In this box.
    pub bbox: Option<BoundingBox>,
    /// In this circle.
    pub near: Option<Near>,
}

impl Area {
    /// From the parameters of a list; notes what does not go together. `by_distance` says that the list is to be sorted so.
    pub fn new(
        bbox: Option<BoundingBox>,
        near: Option<Point>,
        radius_km: Option<f64>,
        by_distance: bool,
        faults: &mut Vec<Fault>,
    ) -> Self {
        if near.is_none() && radius_km.is_some() {
            let detail = "says how far from a point; give the point as well, as near=latitude,longitude";
            faults.push(Fault::parameter("radius_km", "needs_near", detail));
        }
        if near.is_none() && by_distance {
            let detail = "is distance, which is measured from a point; give it as near=latitude,longitude";
            faults.push(Fault::parameter("sort", "needs_near", detail));
        }
        let near = near.map(|point| Near::new(point, radius_km.unwrap_or(DEFAULT_RADIUS_KM)));
        Self { bbox, near }
    }

    /// True when neither box nor circle was asked for: records without a place match too.
    pub fn is_everywhere(&self) -> bool {
        *self == Self::default()
    }

    /// A box that the area lies in. Where box and circle do not touch, its west is east of its east, or its south north of its
    /// north: no point lies in it.
    pub fn bounds(&self) -> BoundingBox {
        let world = BoundingBox { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };
        let (bbox, circle) = (self.bbox.unwrap_or(world), self.near.map_or(world, |near| near.enclosing));
        BoundingBox {
            west: bbox.west.max(circle.west),
            south: bbox.south.max(circle.south),
            east: bbox.east.min(circle.east),
            north: bbox.north.min(circle.north),
        }
    }

    /// True for a point in the area.
    pub fn contains(&self, point: Point) -> bool {
        self.bbox.is_none_or(|bbox| bbox.contains(point))
            && self
                .near
                .is_none_or(|near| near.enclosing.contains(point) && near.point.distance_km(point) <= near.radius_km)
    }
}

impl Near {
    fn new(point: Point, radius_km: f64) -> Self {
        Self { point, radius_km, enclosing: enclosing(point, radius_km) }
    }

    /// Kilometres to a point, to the metre.
    pub fn kilometres(&self, to: Point) -> f64 {
        (self.point.distance_km(to) * 1000.0).round() / 1000.0
    }
}

/// The smallest box around a circle, and a hand's breadth more against rounding.
fn enclosing(centre: Point, radius_km: f64) -> BoundingBox {
    let Point { latitude, longitude } = centre;
    let angle = radius_km / EARTH_RADIUS_KM;
    let (south, north) = (latitude - angle.to_degrees(), latitude + angle.to_degrees());
    // Around a pole all meridians are as near.
    let sine = angle.sin() / latitude.to_radians().cos();
    let aside = if south <= -90.0 || north >= 90.0 || sine >= 1.0 { 360.0 } else { sine.asin().to_degrees() };
    let margin = 1e-6;
    BoundingBox {
        west: (longitude - aside - margin).max(-180.0),
        south: (south - margin).max(-90.0),
        east: (longitude + aside + margin).min(180.0),
        north: (north + margin).min(90.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_holds_the_circle() {
        for (latitude, longitude, radius_km) in
            [(53.5, -2.1, 25.0), (60.8, 1.7, 1000.0), (49.9, -8.6, 0.1), (89.9, 0.0, 50.0)]
        {
            let near = Near::new(Point { latitude, longitude }, radius_km);
            let within = near.enclosing;
            let mut furthest: f64 = 0.0;
            for step in 0..3600 {
                let bearing = f64::from(step).to_radians() / 10.0;
                let (angle, north) = (radius_km / EARTH_RADIUS_KM, latitude.to_radians());
                let sine = north.sin() * angle.cos() + north.cos() * angle.sin() * bearing.cos();
                let aside = (bearing.sin() * angle.sin() * north.cos()).atan2(angle.cos() - north.sin() * sine);
                let edge = Point { latitude: sine.asin().to_degrees(), longitude: longitude + aside.to_degrees() };
                assert!(within.contains(edge), "{near:?} {edge:?} {within:?}");
                furthest = furthest.max(edge.longitude - longitude);
                assert!((near.point.distance_km(edge) - radius_km).abs() < 1e-6);
            }
            // No larger than it has to be.
            assert!(latitude > 89.0 || within.east - longitude - furthest < 1e-4, "{within:?} {furthest}");
        }
    }

    #[test]
    fn what_needs_a_point_says_so() {
        let mut faults = Vec::new();
        let area = Area::new(None, None, Some(5.0), true, &mut faults);
        assert_eq!(area, Area::default());
        let named: Vec<_> = faults.iter().map(|fault| (fault.parameter.as_deref(), fault.code.as_str())).collect();
        assert_eq!(named, [(Some("radius_km"), "needs_near"), (Some("sort"), "needs_near")]);
    }
}
