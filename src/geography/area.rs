//! The area that a list is filtered by.

use super::point::EARTH_RADIUS_KM;
use super::{BoundingBox, Point};
use crate::error::Fault;

/// Default radius around `near`, in kilometres.
const DEFAULT_RADIUS_KM: f64 = 25.0;

/// A circle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Its centre.
    pub point: Point,
    /// Kilometres from the centre to the edge.
    pub radius_km: f64,
    /// A box around the circle: a cheap test that excludes most points.
    enclosing: BoundingBox,
}

/// The area of a filter: everywhere, or a box, or a circle, or their intersection.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Area {
    /// Only in this box.
    pub bbox: Option<BoundingBox>,
    /// Only in this circle.
    pub near: Option<Near>,
}

impl Area {
    /// From the parameters of a list. Adds a fault for each invalid combination. `by_distance`: the list is sorted by
    /// distance.
    pub fn new(
        bbox: Option<BoundingBox>,
        near: Option<Point>,
        radius_km: Option<f64>,
        by_distance: bool,
        faults: &mut Vec<Fault>,
    ) -> Self {
        if near.is_none() && radius_km.is_some() {
            let detail = "is the distance from a point; send the point as well, as near=latitude,longitude";
            faults.push(Fault::parameter("radius_km", "needs_near", detail));
        }
        if near.is_none() && by_distance {
            let detail = "is the distance from a point; send the point as near=latitude,longitude";
            faults.push(Fault::parameter("sort", "needs_near", detail));
        }
        let near = near.map(|point| Near::new(point, radius_km.unwrap_or(DEFAULT_RADIUS_KM)));
        Self { bbox, near }
    }

    /// True without a box or circle: records without a location match too.
    pub fn is_everywhere(&self) -> bool {
        *self == Self::default()
    }

    /// The smallest box that contains the area. If box and circle do not touch, west is greater than east or south is
    /// greater than north, and the box contains no point.
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

    /// True if the point is in the area.
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

    /// Distance to a point in kilometres, rounded to the metre.
    pub fn kilometres(&self, to: Point) -> f64 {
        (self.point.distance_km(to) * 1000.0).round() / 1000.0
    }
}

/// The smallest box around a circle, with a margin of about 10 cm for rounding errors.
fn enclosing(centre: Point, radius_km: f64) -> BoundingBox {
    let Point { latitude, longitude } = centre;
    let angle = radius_km / EARTH_RADIUS_KM;
    let (south, north) = (latitude - angle.to_degrees(), latitude + angle.to_degrees());
    // A circle around a pole includes all longitudes.
    let sine = angle.sin() / latitude.to_radians().cos();
    let half_width = if south <= -90.0 || north >= 90.0 || sine >= 1.0 { 360.0 } else { sine.asin().to_degrees() };
    let margin = 1e-6;
    BoundingBox {
        west: (longitude - half_width - margin).max(-180.0),
        south: (south - margin).max(-90.0),
        east: (longitude + half_width + margin).min(180.0),
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
            // The box is no larger than necessary.
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
