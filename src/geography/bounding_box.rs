//! A box on Earth, between two meridians and two parallels.

use std::str::FromStr;

use serde::Deserialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Point;
use super::notation::{Faulty, Wrong, box_schema, out_of_range, read};

const ORDER: &str = "west,south,east,north, such as -2.3,53.4,-1.9,53.7";
const NAMES: [&str; 4] = ["west", "south", "east", "north"];

/// The box around the United Kingdom. It contains every point of the registry.
pub const UK: BoundingBox = BoundingBox { west: -8.7, south: 49.8, east: 1.8, north: 60.9 };

/// A box in degrees of WGS 84, edges included; as text `west,south,east,north`. It cannot cross the antimeridian.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct BoundingBox {
    /// Longitude of the western edge.
    pub west: f64,
    /// Latitude of the southern edge.
    pub south: f64,
    /// Longitude of the eastern edge; at least `west`.
    pub east: f64,
    /// Latitude of the northern edge; at least `south`.
    pub north: f64,
}

impl BoundingBox {
    /// The box that contains only this point.
    pub fn around(Point { latitude, longitude }: Point) -> Self {
        Self { west: longitude, south: latitude, east: longitude, north: latitude }
    }

    /// The smallest box that contains this one and a point.
    pub fn with(self, Point { latitude, longitude }: Point) -> Self {
        Self {
            west: self.west.min(longitude),
            south: self.south.min(latitude),
            east: self.east.max(longitude),
            north: self.north.max(latitude),
        }
    }

    /// True if the point is in the box or on its edge.
    pub fn contains(&self, point: Point) -> bool {
        (self.west..=self.east).contains(&point.longitude) && (self.south..=self.north).contains(&point.latitude)
    }

    /// True if the boxes have a point in common.
    pub fn touches(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }

    /// The intersection of both boxes, if they touch.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        self.touches(other).then(|| Self {
            west: self.west.max(other.west),
            south: self.south.max(other.south),
            east: self.east.min(other.east),
            north: self.north.min(other.north),
        })
    }

    fn is_within(&self, other: &Self) -> bool {
        self.west >= other.west && self.south >= other.south && self.east <= other.east && self.north <= other.north
    }

    fn is_upright(&self) -> bool {
        self.west <= self.east && self.south <= self.north
    }

    /// All faults of the numbers.
    fn faults(&self) -> Vec<Wrong> {
        let swapped = Self { west: self.south, south: self.west, east: self.north, north: self.east };
        if swapped.is_upright() && swapped.is_within(&UK) && !(self.is_upright() && self.touches(&UK)) {
            let Self { west, south, east, north } = swapped;
            return vec![Wrong::new(
                "swapped",
                format!(
                    "is far from the United Kingdom, but would be in it with longitude first: \
                     did you mean {west},{south},{east},{north}? The order is {ORDER}"
                ),
            )];
        }
        let values = [self.west, self.south, self.east, self.north];
        let limits = [180.0, 90.0, 180.0, 90.0];
        let named = NAMES.into_iter().zip(values).zip(limits);
        let mut wrong: Vec<Wrong> =
            named.filter_map(|((name, value), limit)| out_of_range(name, value, limit, ORDER)).collect();
        if self.west > self.east {
            wrong.push(Wrong::new(
                "inverted",
                format!(
                    "has {} for west, which is east of {}; the order is {ORDER}. \
                     Boxes cannot cross the antimeridian: no record is there",
                    self.west, self.east
                ),
            ));
        }
        if self.south > self.north {
            wrong.push(Wrong::new(
                "inverted",
                format!("has {} for south, which is north of {}; the order is {ORDER}", self.south, self.north),
            ));
        }
        wrong
    }
}

impl FromStr for BoundingBox {
    type Err = Faulty;

    fn from_str(text: &str) -> Result<Self, Faulty> {
        let [west, south, east, north] = read(text, NAMES, ORDER).map_err(Faulty)?;
        let found = Self { west, south, east, north };
        let wrong = found.faults();
        if wrong.is_empty() { Ok(found) } else { Err(Faulty(wrong)) }
    }
}

impl TryFrom<String> for BoundingBox {
    type Error = Faulty;
    fn try_from(text: String) -> Result<Self, Faulty> {
        text.parse()
    }
}

impl PartialSchema for BoundingBox {
    fn schema() -> RefOr<Schema> {
        box_schema()
    }
}
impl ToSchema for BoundingBox {}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<&'static str> {
        text.parse::<BoundingBox>().unwrap_err().0.iter().map(|wrong| wrong.code).collect()
    }

    #[test]
    fn a_box_is_west_south_east_north() {
        let found: BoundingBox = "-2.3,53.4, -1.9 ,53.7".parse().unwrap();
        assert_eq!(found, BoundingBox { west: -2.3, south: 53.4, east: -1.9, north: 53.7 });
        let inside = |latitude, longitude| found.contains(Point { latitude, longitude });
        assert!(inside(53.4, -2.3) && inside(53.7, -1.9) && !inside(53.71, -2.0) && !inside(53.5, -2.31));
        for text in ["-180,-90,180,90", "-2,53,-2,53", "100,-10,110,10"] {
            assert!(text.parse::<BoundingBox>().is_ok(), "{text}");
        }
    }

    #[test]
    fn every_mistake_is_named() {
        assert_eq!(wrong("53.4,-2.3,53.7,-1.9"), ["swapped"]);
        assert!("53.4,-2.3,53.7,-1.9".parse::<BoundingBox>().unwrap_err().to_string().contains("-2.3,53.4,-1.9,53.7"));
        assert_eq!(wrong("-1.9,53.4,-2.3,53.7"), ["inverted"]);
        assert_eq!(wrong("-1.9,53.7,-2.3,53.4"), ["inverted"; 2]);
        assert_eq!(wrong("170,-10,-170,10"), ["inverted"]);
        assert_eq!(wrong("-200,-91,181,90.5"), ["out_of_range"; 4]);
        assert_eq!(wrong("200,53,1,54"), ["out_of_range", "inverted"]);
        assert_eq!(wrong("NaN,53,inf,54"), ["malformed"; 2]);
        for text in ["", "-2.3", "-2.3,53.4,-1.9", "-2,53,0,-1,54,100", "-2,53,-1,54,", "a,b,c,d"] {
            assert!(wrong(text).iter().all(|code| *code == "malformed"), "{text}");
        }
        assert!("-2,53,0,-1,54,100".parse::<BoundingBox>().unwrap_err().to_string().contains("heights"));
    }
}
