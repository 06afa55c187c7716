//! A point on Earth.

use std::f64::consts::PI;
use std::str::FromStr;

use serde::Deserialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::bounding_box::UK;
use super::notation::{Faulty, Wrong, out_of_range, point_schema, read};

/// Mean radius of the Earth in kilometres (IUGG, 1980).
pub const EARTH_RADIUS_KM: f64 = 6371.0088;
/// The highest latitude of web Mercator, in degrees.
const MERCATOR_LIMIT: f64 = 85.051_129;
const ORDER: &str = "latitude,longitude, such as 53.541,-2.117";

/// A point on Earth, in degrees of WGS 84; as text `latitude,longitude`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub struct Point {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

impl Point {
    /// Great-circle distance in kilometres, by the haversine formula.
    pub fn distance_km(self, other: Self) -> f64 {
        let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
        let across = half(self.longitude, other.longitude)
            * self.latitude.to_radians().cos()
            * other.latitude.to_radians().cos();
        let square = (half(self.latitude, other.latitude) + across).clamp(0.0, 1.0);
        2.0 * EARTH_RADIUS_KM * square.sqrt().atan2((1.0 - square).sqrt())
    }

    /// Position on a square map of the world in web Mercator (EPSG:3857): 0 to 1, eastwards and southwards.
    pub fn mercator(self) -> (f64, f64) {
        let latitude = self.latitude.clamp(-MERCATOR_LIMIT, MERCATOR_LIMIT).to_radians();
        let down = 0.5 - (PI / 4.0 + latitude / 2.0).tan().ln() / (2.0 * PI);
        ((self.longitude + 180.0) / 360.0, down)
    }
}

impl FromStr for Point {
    type Err = Faulty;

    fn from_str(text: &str) -> Result<Self, Faulty> {
        let [latitude, longitude] = read(text, ["latitude", "longitude"], ORDER).map_err(Faulty)?;
        let point = Self { latitude, longitude };
        let swapped = Self { latitude: longitude, longitude: latitude };
        if !UK.contains(point) && UK.contains(swapped) {
            let detail = format!(
                "is far from the United Kingdom, but would be in it the other way round: \
                 did you mean {longitude},{latitude}? The order is {ORDER}"
            );
            return Err(Faulty(vec![Wrong::new("swapped", detail)]));
        }
        let wrong: Vec<Wrong> = [("latitude", latitude, 90.0), ("longitude", longitude, 180.0)]
            .into_iter()
            .filter_map(|(name, value, limit)| out_of_range(name, value, limit, ORDER))
            .collect();
        if wrong.is_empty() { Ok(point) } else { Err(Faulty(wrong)) }
    }
}

impl TryFrom<String> for Point {
    type Error = Faulty;
    fn try_from(text: String) -> Result<Self, Faulty> {
        text.parse()
    }
}

impl PartialSchema for Point {
    fn schema() -> RefOr<Schema> {
        point_schema()
    }
}
impl ToSchema for Point {}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(text: &str) -> Point {
        text.parse().unwrap()
    }

    fn wrong(text: &str) -> Vec<&'static str> {
        text.parse::<Point>().unwrap_err().0.iter().map(|wrong| wrong.code).collect()
    }

    #[test]
    fn distances_are_those_of_the_map() {
        // Published great-circle distances: London to Edinburgh, and Land's End to John o' Groats.
        assert!((point("51.5074,-0.1278").distance_km(point("55.9533,-3.1883")) - 534.0).abs() < 1.0);
        assert!((point("50.0657,-5.7132").distance_km(point("58.6373,-3.0689")) - 968.0).abs() < 2.0);
        assert_eq!(point("53.5,-2.1").distance_km(point("53.5,-2.1")), 0.0);
        // Half way round, where a rounding error could make the argument of the square root negative.
        let half = std::f64::consts::PI * EARTH_RADIUS_KM;
        assert!((point("53.5,-2.1").distance_km(point("-53.5,177.9")) - half).abs() < 0.01);
    }

    #[test]
    fn a_point_is_latitude_then_longitude() {
        assert_eq!(point(" 53.5 , -2.1 "), Point { latitude: 53.5, longitude: -2.1 });
        assert_eq!(point("-90,180").latitude, -90.0);
        assert_eq!(wrong("-2.1,53.5"), ["swapped"]);
        assert!("-2.1,53.5".parse::<Point>().unwrap_err().to_string().contains("53.5,-2.1"));
        assert_eq!(wrong("91,181"), ["out_of_range"; 2]);
        assert_eq!(wrong("NaN,inf"), ["malformed"; 2]);
        for text in ["", "53.5", "53.5,-2.1,100", "53.5;-2.1", "53.5 -2.1", ",", "53.5,", "1e999,0", "north,west"] {
            assert!(wrong(text).iter().all(|code| *code == "malformed"), "{text}");
        }
    }
}
