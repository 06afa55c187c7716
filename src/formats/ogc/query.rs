//! What may be asked of features: a box, a period, and the filters of the lists that a GIS can make use of.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::error::{ApiError, Fault};
use crate::geography::BoundingBox;
use crate::registry::councils::query::CouncilQuery;
use crate::registry::initiatives::query::InitiativeQuery;

/// Features on a page when the caller does not say.
pub const DEFAULT_LIMIT: i64 = 100;
/// Most features on a page. By the standard (`/req/core/fc-limit-response-1`) a larger wish is no error.
pub const MAX_LIMIT: i64 = 10_000;

/// Parameters of the list of councils that are parameters of their features.
const COUNCIL_FILTERS: [&str; 6] = ["council", "nation", "region", "council_type", "membership", "updated_since"];
/// Parameters of the list of initiatives that are parameters of their features. Periods are asked for by `datetime`.
const INITIATIVE_FILTERS: [&str; 12] = [
    "theme",
    "principle",
    "council",
    "participant",
    "region",
    "nation",
    "kind",
    "delivery_status",
    "has_outcomes",
    "min_evidence",
    "freshness",
    "updated_since",
];

/// The only form of an answer.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// JSON, and GeoJSON for features.
    Json,
}

/// What every address below `/ogc` takes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct View {
    /// The form of the answer, for programs that name it in the address. There is one.
    #[param(inline)]
    #[expect(dead_code, reason = "checked when it is read: there is one form")]
    f: Option<Form>,
}

/// What the features of every collection take.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Items {
    /// Features on a page: 1 to 10000, default 100; more is clamped to 10000.
    #[param(style = Form, explode = false, minimum = 1, example = 10)]
    pub limit: Option<u64>,
    /// Only features in this box: west, south, east, north in degrees (WGS 84), joined by commas. With heights there are six
    /// numbers, and the heights are not looked at. West is larger than east where the box spans the antimeridian.
    #[param(style = Form, explode = false, min_items = 4, max_items = 6, example = json!([-3.0, 53.0, -1.5, 54.0]))]
    pub bbox: Option<Vec<f64>>,
    /// Only features whose period meets this moment or interval (RFC 3339): `2015-01-01T00:00:00Z`, `2015-01-01`,
    /// `2013-01-01/2015-12-31`, `../2015-12-31`, `2013-01-01/..`. Features without a period meet every one.
    #[param(style = Form, explode = false, example = "2013-01-01/2015-12-31")]
    pub datetime: Option<String>,
    /// The form of the answer, for programs that name it in the address. There is one.
    #[param(inline)]
    #[expect(dead_code, reason = "checked when it is read: there is one form")]
    f: Option<Form>,
    /// From `next` or `prev` of an earlier page.
    pub cursor: Option<String>,
}

/// What the features of councils take.
#[derive(Debug, Deserialize)]
pub struct CouncilItems {
    /// What all do.
    #[serde(flatten)]
    pub items: Items,
    /// Which councils.
    #[serde(flatten)]
    pub filters: CouncilQuery,
}

/// What the features of initiatives take.
#[derive(Debug, Deserialize)]
pub struct InitiativeItems {
    /// What all do.
    #[serde(flatten)]
    pub items: Items,
    /// Which initiatives.
    #[serde(flatten)]
    pub filters: InitiativeQuery,
}

impl IntoParams for CouncilItems {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        with(Items::into_params(&place), CouncilQuery::into_params(&place), &COUNCIL_FILTERS)
    }
}

impl IntoParams for InitiativeItems {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        with(Items::into_params(&place), InitiativeQuery::into_params(&place), &INITIATIVE_FILTERS)
    }
}

fn with(mut items: Vec<Parameter>, filters: Vec<Parameter>, wanted: &[&str]) -> Vec<Parameter> {
    items.extend(filters.into_iter().filter(|filter| wanted.contains(&filter.name.as_str())));
    items
}

/// Days from the first to the last, both included; `None` for an open end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

/// Where and when features are to be.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// In this box, or in one of two that meet at the antimeridian; `None` for everywhere.
    pub boxes: Option<Vec<BoundingBox>>,
    /// When.
    pub period: Option<Period>,
}

impl Items {
    /// Where and when; every fault at once.
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

/// What is wrong: a code, and a text that says it.
type Wrong = (&'static str, String);

/// OGC 17-069r4, requirements `fc-bbox-definition` and `fc-bbox-response`. Unlike the `bbox` of lists, it may lie anywhere: a map asks
/// for what it shows, wherever it was moved.
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
                format!("has {count} numbers; west, south, east and north are needed, or six with heights"),
            ));
        }
    };
    let outside = |edges: [(&'static str, f64); 2], most: f64| {
        let wrong = edges.into_iter().find(|(_, degrees)| !(-most..=most).contains(degrees));
        wrong.map(|(edge, degrees)| {
            ("out_of_range", format!("has {degrees} as {edge}; from -{most} to {most} degrees are there. The order is west, south, east, north"))
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

/// OGC 17-069r4, requirement `fc-time-response`; days without a time are taken as well.
fn period(text: &str) -> Result<Period, Wrong> {
    let malformed = || {
        let detail = "is neither a moment such as 2015-01-01T00:00:00Z or 2015-01-01 nor an interval such as \
                      2013-01-01/2015-12-31, ../2015-12-31 or 2013-01-01/..";
        ("malformed", detail.to_owned())
    };
    let end = |text: &str| match text {
        "" | ".." => Ok(None),
        _ => day(text).map(Some).ok_or_else(malformed),
    };
    let Some((from, to)) = text.split_once('/') else {
        let day = day(text).ok_or_else(malformed)?;
        return Ok(Period { from: Some(day), to: Some(day) });
    };
    match (end(from)?, end(to)?) {
        (None, None) => Err(malformed()),
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
