//! Boundaries as they are answered and asked for: GeoJSON (RFC 7946).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::councils::model::{Membership, MembershipTier, Nation, Region};

/// The box around the United Kingdom in which councils and their boundaries lie: west, south, east, north in degrees.
pub const UK: [f64; 4] = [-14.0, 49.5, 2.5, 61.5];

/// True when a point lies in the box around the United Kingdom.
pub fn in_the_uk(longitude: f64, latitude: f64) -> bool {
    let [west, south, east, north] = UK;
    (west..=east).contains(&longitude) && (south..=north).contains(&latitude)
}

/// A point as `covers` names it: latitude, longitude, in WGS 84 degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

impl std::str::FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let [latitude, longitude] = numbers(text).ok_or("is not a latitude and a longitude, such as 53.54,-2.11")?;
        if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
            return Err("is not on Earth: a latitude (-90 to 90) comes first, then a longitude (-180 to 180)".into());
        }
        if in_the_uk(latitude, longitude) {
            return Err("has longitude and latitude swapped: the latitude comes first, such as 53.54,-2.11".into());
        }
        Ok(Self { latitude, longitude })
    }
}

/// A box as `bbox` names it: west, south, east, north in WGS 84 degrees (RFC 7946, section 5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds(pub [f64; 4]);

impl std::str::FromStr for Bounds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bounds = numbers(text).ok_or("is not west,south,east,north in degrees, such as -2.4,53.4,-1.9,53.7")?;
        let [west, south, east, north] = bounds;
        if ![west, east].iter().all(|x| (-180.0..=180.0).contains(x))
            || ![south, north].iter().all(|y| (-90.0..=90.0).contains(y))
        {
            return Err("is not on Earth: longitudes are -180 to 180, latitudes -90 to 90".into());
        }
        if west > east {
            return Err("has its west beyond its east; boxes across the antimeridian are not taken".into());
        }
        if south > north {
            return Err("has its south beyond its north".into());
        }
        Ok(Self(bounds))
    }
}

/// Numbers joined by commas, all of them finite.
fn numbers<const N: usize>(text: &str) -> Option<[f64; N]> {
    let numbers: Option<Vec<f64>> =
        text.split(',').map(|number| number.trim().parse().ok().filter(|number: &f64| number.is_finite())).collect();
    numbers?.try_into().ok()
}

/// How finely a boundary is drawn.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BoundaryQuery {
    /// As simple as a web map of this zoom may show it; as it was imported when left out.
    #[param(minimum = 0, maximum = 18, example = 7)]
    pub zoom: Option<u8>,
}

/// Which boundaries a map shows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MapQuery {
    /// Only boundaries that reach into this box: west,south,east,north in degrees. Needed from zoom 12 on, where it is at
    /// most one degree wide and high.
    #[param(example = "-2.4,53.4,-1.9,53.7")]
    pub bbox: Option<String>,
    /// Zoom of the web map, which says how simple the boundaries are; 5, the whole country, when left out.
    #[param(minimum = 0, maximum = 18, example = 7)]
    pub zoom: Option<u8>,
    /// Only councils of these nations.
    #[serde(default)]
    #[param(inline)]
    pub nation: Vec<Nation>,
    /// Only councils of these English regions.
    #[serde(default)]
    #[param(inline)]
    pub region: Vec<Region>,
    /// Only councils with these tiers of membership.
    #[serde(default)]
    #[param(inline)]
    pub membership: Vec<MembershipTier>,
}

/// The boundary of a council as a GeoJSON feature.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryFeature {
    /// `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    pub kind: &'static str,
    /// GSS code of the area.
    #[schema(example = "E08000004")]
    pub id: String,
    /// West, south, east, north: degrees.
    #[schema(min_items = 4, max_items = 4, example = json!([-2.19, 53.49, -1.91, 53.63]))]
    pub bbox: [f64; 4],
    /// Polygon or MultiPolygon: WGS 84 degrees, longitude first.
    #[schema(value_type = BoundaryGeometry)]
    pub geometry: Box<RawValue>,
    /// Whose boundary it is, and where it comes from.
    pub properties: BoundaryProperties,
}

/// Polygon or MultiPolygon.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryGeometry {
    /// `Polygon` or `MultiPolygon`.
    #[serde(rename = "type")]
    #[schema(example = "Polygon")]
    pub kind: String,
    /// Rings of positions, or several polygons of them.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub coordinates: Vec<serde_json::Value>,
}

/// Whose boundary it is, and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryProperties {
    /// GSS code of the area.
    #[schema(example = "E08000004")]
    pub gss_code: String,
    /// Slug of the council.
    #[schema(example = "oldham")]
    pub slug: String,
    /// Official name of the council.
    #[schema(example = "Oldham Metropolitan Borough Council")]
    pub name: String,
    /// Its membership of the network.
    pub membership: Membership,
    /// What whoever shows the boundary has to say with it, by its licence.
    pub attribution: Vec<String>,
    /// Title or address of the data set.
    #[schema(required)]
    pub source: Option<String>,
    /// When the boundary held, as far as known.
    #[schema(required, example = "2024-05")]
    pub dated_on: Option<String>,
}

/// Boundaries of councils as a GeoJSON feature collection.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoundaryCollection {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    pub kind: &'static str,
    /// What whoever shows any of the boundaries has to say with them, by their licences.
    pub attribution: Vec<String>,
    /// A boundary each.
    pub features: Vec<BoundaryFeature>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_latitude_and_then_a_longitude() {
        assert_eq!("53.54, -2.11".parse(), Ok(Place { latitude: 53.54, longitude: -2.11 }));
        // Elsewhere on Earth is somewhere that no council covers.
        assert_eq!("48.85,2.35".parse(), Ok(Place { latitude: 48.85, longitude: 2.35 }));
        for (text, said) in [
            ("-2.11,53.54", "swapped"),
            ("153.54,-2.11", "not on Earth"),
            ("53.54", "not a latitude"),
            ("53.54,-2.11,3", "not a latitude"),
            ("NaN,NaN", "not a latitude"),
            ("inf,0", "not a latitude"),
            ("", "not a latitude"),
        ] {
            let refused = text.parse::<Place>().expect_err(text);
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }

    #[test]
    fn a_box_is_west_south_east_north() {
        assert_eq!("-2.4,53.4,-1.9,53.7".parse(), Ok(Bounds([-2.4, 53.4, -1.9, 53.7])));
        for (text, said) in [
            ("170,50,-170,60", "antimeridian"),
            ("-2.4,53.7,-1.9,53.4", "south"),
            ("-2.4,53.4,-1.9", "is not west"),
            ("-2.4,53.4,-1.9,NaN", "is not west"),
            ("-2.4,53.4,-1.9,95", "not on Earth"),
        ] {
            let refused = text.parse::<Bounds>().expect_err(text);
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }
}
