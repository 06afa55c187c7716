//! Release models for requests and responses, and the calendar of releases.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::input::Check;
use crate::http::response::Versioned;
use crate::text::Line;

/// Days after the end of a quarter in which the service still makes its release. Later, the file would hold too much of
/// the next quarter to have the name of the last.
const GRACE: Days = Days::new(14);

/// Records in a release, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseCounts {
    /// Initiatives.
    #[schema(minimum = 0, example = 129)]
    pub initiatives: u64,
    /// Outcomes of the initiatives.
    #[schema(minimum = 0)]
    pub outcomes: u64,
    /// Councils, present and past.
    #[schema(minimum = 0)]
    pub councils: u64,
    /// Changes of councils.
    #[schema(minimum = 0)]
    pub council_changes: u64,
    /// Memberships of the network, present and past.
    #[schema(minimum = 0)]
    pub memberships: u64,
    /// Organisations.
    #[schema(minimum = 0)]
    pub organisations: u64,
    /// Themes.
    #[schema(minimum = 0)]
    pub themes: u64,
}

/// A frozen copy of the whole public registry. Its file never changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Release {
    /// Id (UUIDv7).
    pub id: Uuid,
    /// Name: the quarter that had ended, or the day of a release on demand.
    #[schema(example = "2026-Q4")]
    pub name: String,
    /// Time whose registry it holds.
    pub made_at: DateTime<Utc>,
    /// Why a network admin had it made. Null for the release of a quarter.
    #[schema(required)]
    pub reason: Option<String>,
    /// Records in it, by kind.
    pub counts: ReleaseCounts,
    /// Size of the file in bytes.
    #[schema(minimum = 1)]
    pub bytes: i64,
    /// SHA-256 of the file, in hexadecimal digits.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// The file (ZIP).
    #[schema(format = "uri")]
    pub data: String,
    /// How to cite it, as one line of text.
    pub citation: String,
    /// Version number. Increases by one with each change.
    #[schema(example = 1)]
    pub version: i32,
    /// When the record was created.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

impl Versioned for Release {
    fn version(&self) -> i32 {
        self.version
    }
    fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }
}

/// A release to make.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewRelease {
    /// Why it is made. Readers see it.
    #[schema(required, example = "For the evaluation of the policy labs")]
    pub reason: Line<300>,
}

impl Check for NewRelease {}

/// Parameters of the list of releases.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReleaseQuery {
    /// Releases per page: 1 to 200. Default: 20. Higher values count as 200.
    #[param(minimum = 1, example = 20)]
    pub limit: Option<u64>,
    /// Cursor: take it from `next` or `prev` of another page.
    pub cursor: Option<String>,
}

/// A quarter of a year that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedQuarter {
    /// Name of its release.
    pub name: String,
    /// The first moment after it.
    pub end: DateTime<Utc>,
}

/// The quarter whose release is due at a time; `None` most of the time.
pub fn due(now: DateTime<Utc>) -> Option<EndedQuarter> {
    let today = now.date_naive();
    let quarter = today.month0() / 3;
    let first = NaiveDate::from_ymd_opt(today.year(), quarter * 3 + 1, 1)?;
    let name = match quarter {
        0 => format!("{}-Q4", today.year() - 1),
        quarter => format!("{}-Q{quarter}", today.year()),
    };
    (today < first.checked_add_days(GRACE)?)
        .then(|| EndedQuarter { name, end: first.and_time(NaiveTime::MIN).and_utc() })
}

/// Name of a release on demand.
pub fn name_of_day(now: DateTime<Utc>) -> String {
    now.date_naive().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_of_a_quarter_is_due_in_the_fortnight_after_it() {
        let due = |now: &str| due(now.parse().unwrap()).map(|quarter| (quarter.name, quarter.end.to_rfc3339()));
        let fourth = Some(("2026-Q4".to_owned(), "2027-01-01T00:00:00+00:00".to_owned()));
        assert_eq!(due("2027-01-01T00:00:00Z"), fourth);
        assert_eq!(due("2027-01-14T23:59:59Z"), fourth);
        assert_eq!(due("2027-04-01T00:00:01Z").unwrap().0, "2027-Q1");
        assert_eq!(due("2027-07-03T00:00:00Z").unwrap().0, "2027-Q2");
        assert_eq!(due("2027-10-01T12:00:00Z").unwrap().0, "2027-Q3");
        for quiet in ["2026-12-31T23:59:59Z", "2027-01-15T00:00:00Z", "2026-11-28T12:00:00Z", "2027-06-30T12:00:00Z"] {
            assert_eq!(due(quiet), None, "{quiet}");
        }
    }
}
