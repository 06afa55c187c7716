//! Queries of features: a box, a period, and the list filters that are useful in a GIS.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::error::{ApiError, Fault};
use crate::geography::BoundingBox;
use crate::http::input::some_of;
use crate::registry::councils::query::CouncilQuery;
use crate::registry::initiatives::query::InitiativeQuery;
use crate::text::moment::{LOST_PLUS, lost_plus};

/// Default number of features on a page.
pub const DEFAULT_LIMIT: i64 = 100;
/// Maximum number of features on a page. By the standard (`/req/core/fc-limit-response-1`), a larger limit is not an
/// error.
pub const MAX_LIMIT: i64 = 10_000;

/// Parameters that features of councils share with the list of councils.
const COUNCIL_FILTERS: [&str; 8] =
    ["council", "nation", "region", "council_type", "membership", "status", "as_at", "updated_since"];
/// Parameters that features of initiatives share with the list of initiatives. For periods there is `datetime`.
const INITIATIVE_FILTERS: [&str; 14] = [
    "theme",
    "principle",
    "council",
    "participant",
    "organisation",
    "lineage",
    "region",
    "nation",
    "kind",
    "delivery_status",
    "has_outcomes",
    "min_evidence",
    "freshness",
    "updated_since",
];

/// The only format of an answer.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResponseFormat {
    /// JSON, and GeoJSON for features.
    Json,
}

/// Parameter of every address below `/ogc`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct View {
    /// Format of the answer, for programs that put it in the address. `json` is the only one.
    #[param(inline)]
    #[expect(dead_code, reason = "checked when it is read: there is one form")]
    f: Option<ResponseFormat>,
}

/// Parameters of the features of every collection.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Items {
    /// Features per page: 1 to 10000. Default: 100. Higher values count as 10000.
    #[param(style = Form, explode = false, minimum = 1, example = 10)]
    pub limit: Option<u64>,
    /// Only features in this box: west, south, east, north in degrees (WGS 84), joined by commas. You can also give six
    /// numbers with heights; heights are ignored. If the box crosses the antimeridian, west is larger than east.
    #[param(style = Form, explode = false, min_items = 4, max_items = 6, example = json!([-3.0, 53.0, -1.5, 54.0]))]
    pub bbox: Option<Vec<f64>>,
    /// Only features whose period overlaps this moment or interval (RFC 3339): `2015-01-01T00:00:00Z`, `2015-01-01`,
    /// `2013-01-01/2015-12-31`, `../2015-12-31`, `2013-01-01/..`. Features without a period always match.
    #[param(style = Form, explode = false, example = "2013-01-01/2015-12-31")]
    pub datetime: Option<String>,
    /// Format of the answer, for programs that put it in the address. `json` is the only one.
    #[param(inline)]
    #[expect(dead_code, reason = "checked when it is read: there is one form")]
    f: Option<ResponseFormat>,
    /// Cursor from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// Parameters of the features of councils.
#[derive(Debug, Deserialize)]
pub struct CouncilItems {
    /// Parameters that all collections share.
    #[serde(flatten)]
    pub items: Items,
    /// Filters of councils.
    #[serde(flatten)]
    pub filters: CouncilQuery,
}

/// Parameters of the features of initiatives.
#[derive(Debug, Deserialize)]
pub struct InitiativeItems {
    /// Parameters that all collections share.
    #[serde(flatten)]
    pub items: Items,
    /// Filters of initiatives.
    #[serde(flatten)]
    pub filters: InitiativeQuery,
}

impl IntoParams for CouncilItems {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let filters = some_of(&CouncilQuery::into_params(&place), &COUNCIL_FILTERS);
        Items::into_params(&place).into_iter().chain(filters).collect()
    }
}

impl IntoParams for InitiativeItems {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let filters = some_of(&InitiativeQuery::into_params(&place), &INITIATIVE_FILTERS);
        Items::into_params(&place).into_iter().chain(filters).collect()
    }
}

/// A period of days, including the first and last. `None` means an open end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// Requested extent in space and time.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Boxes to search: one, or two that meet at the antimeridian. `None` means everywhere.
    pub boxes: Option<Vec<BoundingBox>>,
    /// Period to search.
    pub period: Option<Period>,
}

impl Items {
    /// Reads the extent. Reports every fault at once.
    pub fn choice(&self) -> Result<Choice, ApiError> {
        let mut faults = Vec::new();
        let mut note = |name: &str, (code, detail): (&str, String)| faults.push(Fault::parameter(name, code, detail));
        let boxes = self.bbox.as_deref().map(boxes).transpose();
        let period = self.datetime.as_deref().map(period).transpose();
        let boxes = boxes.map_err(|fault| note("bbox", fault)).unwrap_or_default();
        let period = period.map_err(|fault| note("datetime", fault)).unwrap_or_default();
        if faults.is_empty() { Ok(Choice { boxes, period }) } else { Err(ApiError::bad_query(faults)) }
    }
}

/// A fault: its code, and its text.
type Wrong = (&'static str, String);

/// OGC 17-069r4, requirements `fc-bbox-definition` and `fc-bbox-response`. Unlike the `bbox` of lists, the box may be
/// anywhere on the globe, because a map asks for whatever it shows.
fn boxes(numbers: &[f64]) -> Result<Vec<BoundingBox>, Wrong> {
    let [west, south, east, north] = match *numbers {
        [west, south, east, north] => [west, south, east, north],
        [west, south, bottom, east, north, top] if bottom <= top => [west, south, east, north],
        [_, _, bottom, _, _, top] => {
            return Err(("out_of_order", format!("has its bottom, {bottom}, above its top, {top}")));
        }
        _ => {
            let count = numbers.len();
            return Err((
                "malformed",
                format!("has {count} numbers; give west, south, east and north, or six numbers with heights"),
            ));
        }
    };
    let outside = |edges: [(&'static str, f64); 2], most: f64| {
        let wrong = edges.into_iter().find(|(_, degrees)| !(-most..=most).contains(degrees));
        wrong.map(|(edge, degrees)| {
            let detail = format!(
                "has {degrees} as {edge}; it must be from -{most} to {most} degrees, in the order west, south, east, north"
            );
            ("out_of_range", detail)
        })
    };
    if let Some(wrong) =
        outside([("west", west), ("east", east)], 180.0).or_else(|| outside([("south", south), ("north", north)], 90.0))
    {
        return Err(wrong);
    }
    if south > north {
        return Err(("out_of_order", format!("has its south, {south}, above its north, {north}")));
    }
    let whole = BoundingBox { west, south, east, north };
    if west <= east {
        return Ok(vec![whole]);
    }
    Ok(vec![BoundingBox { east: 180.0, ..whole }, BoundingBox { west: -180.0, ..whole }])
}

/// OGC 17-069r4, requirement `fc-time-response`. Also accepts days without a time.
fn period(text: &str) -> Result<Period, Wrong> {
    let malformed = || {
        let detail = "is not a moment such as 2015-01-01T00:00:00Z or 2015-01-01, or an interval such as \
                      2013-01-01/2015-12-31, ../2015-12-31 or 2013-01-01/..";
        ("malformed", detail.to_owned())
    };
    let malformed = |text: &str| if lost_plus(text) { ("malformed", LOST_PLUS.to_owned()) } else { malformed() };
    let end = |text: &str| match text {
        "" | ".." => Ok(None),
        _ => day(text).map(Some).ok_or_else(|| malformed(text)),
    };
    let Some((from, to)) = text.split_once('/') else {
        let day = day(text).ok_or_else(|| malformed(text))?;
        return Ok(Period { from: Some(day), to: Some(day) });
    };
    match (end(from)?, end(to)?) {
        (None, None) => Err(malformed(text)),
        (Some(from), Some(to)) if from > to => Err(("out_of_order", "ends before it begins".into())),
        (from, to) => Ok(Period { from, to }),
    }
}

/// The day of a moment, in UTC.
fn day(text: &str) -> Option<NaiveDate> {
    let moment = DateTime::parse_from_rfc3339(text).map(|moment| moment.with_timezone(&Utc).date_naive());
    moment.ok().or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| text.len() == 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str) -> Option<[String; 2]> {
        let name = |day: Option<NaiveDate>| day.map_or("..".into(), |day| day.to_string());
        period(text).ok().map(|period| [name(period.from), name(period.to)])
    }

    #[test]
    fn a_period_is_a_moment_or_an_interval_with_one_end_at_least() {
        let of = |from: &str, to: &str| Some([from.to_owned(), to.to_owned()]);
        assert_eq!(days("2015-01-01"), of("2015-01-01", "2015-01-01"));
        assert_eq!(days("2015-01-01T23:30:00-02:00"), of("2015-01-02", "2015-01-02"));
        assert_eq!(days("2013-01-01/2015-12-31T00:00:00Z"), of("2013-01-01", "2015-12-31"));
        assert_eq!(days("../2015-12-31"), of("..", "2015-12-31"));
        assert_eq!(days("2013-01-01/"), of("2013-01-01", ".."));
        for text in ["", "..", "/", "../..", "2015", "2015-02-30", "2015-1-1", "2015-01-01/2014-01-01", "a/b", "1/2/3"]
        {
            assert_eq!(days(text), None, "{text}");
        }
    }

    #[test]
    fn a_box_has_four_numbers_or_six_within_the_world() {
        let read = |numbers: &[f64]| boxes(numbers).ok();
        let edges = |[west, south, east, north]: [f64; 4]| BoundingBox { west, south, east, north };
        let one = edges([-3.0, 53.0, -1.0, 54.0]);
        assert_eq!(read(&[-3.0, 53.0, -1.0, 54.0]), Some(vec![one]));
        assert_eq!(read(&[-3.0, 53.0, 0.0, -1.0, 54.0, 9.0]), Some(vec![one]));
        let (east, west) = (edges([160.6, -55.95, 180.0, -25.89]), edges([-180.0, -55.95, -170.0, -25.89]));
        assert_eq!(read(&[160.6, -55.95, -170.0, -25.89]), Some(vec![east, west]));
        for numbers in [
            &[-3.0, 53.0, -1.0][..],
            &[-3.0, 53.0, 0.0, -1.0, 54.0],
            &[-3.0, 54.0, -1.0, 53.0],
            &[53.0, -181.0, 54.0, 1.0],
            &[-3.0, 53.0, 9.0, -1.0, 54.0, 0.0],
        ] {
            assert_eq!(read(numbers), None, "{numbers:?}");
        }
    }
}
