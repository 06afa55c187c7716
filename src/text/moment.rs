//! Moments in query strings.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use derive_more::Deref;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A day, or a day and time with its offset (RFC 3339), from 1800 to 2199.
const MOMENT: &str = concat!(
    r"^(1[89]|2[01])[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
    r"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$"
);

/// A moment in the past. A day means its end (UTC).
#[derive(Clone, Copy, Debug, Deref, PartialEq, Eq)]
pub struct Moment(DateTime<Utc>);

impl Moment {
    /// The moment that a text names.
    fn parse(text: &str) -> Option<Self> {
        if let Ok(at) = DateTime::parse_from_rfc3339(text) {
            return Some(Self(at.to_utc()));
        }
        // The last microsecond: PostgreSQL knows no shorter time.
        let last = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999)?;
        let day: NaiveDate = text.parse().ok()?;
        Some(Self(day.and_time(last).and_utc()))
    }

    /// The moment itself, or `now` if its day has not ended. `None` if it is later than the day of `now`, or a time that
    /// is later than `now`.
    pub fn up_to(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let ends_today = Self::parse(&now.date_naive().to_string()) == Some(self);
        (self.0 <= now || ends_today).then(|| self.0.min(now))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom(NO_MOMENT))
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        super::string(MOMENT, 10, 40, "A day, or a day and time with its offset (RFC 3339). A day means its end (UTC).")
            .into()
    }
}
impl ToSchema for Moment {}

/// Describes the fault of a text that is no [`Moment`].
pub const NO_MOMENT: &str =
    "is not a day, such as 2026-01-31, or a time with its offset (RFC 3339), such as 2026-01-31T09:00:00Z";

/// True for the pattern of a [`Moment`].
pub fn is_of_moments(pattern: &str) -> bool {
    pattern == MOMENT
}

/// Describes the fault of a moment that [`lost_plus`].
pub const LOST_PLUS: &str = "has a blank before its offset: in an address, + means a blank. Write the + as %2B, as in \
    2026-01-31T09:00:00%2B01:00";

/// True for a moment (RFC 3339) whose `+` was decoded as a blank, as the `+` in `…T09:00:00+01:00` of a query string is.
pub fn lost_plus(text: &str) -> bool {
    let whole = text.rsplit_once(' ').map(|(time, offset)| format!("{time}+{offset}"));
    whole.is_some_and(|whole| DateTime::parse_from_rfc3339(&whole).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_means_its_end_and_today_means_now() {
        let at = |text: &str| Moment::parse(text).unwrap();
        let now = *at("2026-11-28T12:00:00Z");
        assert_eq!(at("2026-11-27").to_rfc3339(), "2026-11-27T23:59:59.999999+00:00");
        assert_eq!(at("2026-11-27").up_to(now), Some(*at("2026-11-27")));
        assert_eq!(at("2026-11-28").up_to(now), Some(now));
        assert_eq!(at("2026-11-28T13:00:00+02:00").up_to(now).unwrap().to_rfc3339(), "2026-11-28T11:00:00+00:00");
        for later in ["2026-11-29", "2026-11-28T12:00:01Z", "2027-01-01"] {
            assert_eq!(at(later).up_to(now), None, "{later}");
        }
        for no in ["2026-02-30", "2026-11", "2026-11-28T12:00:00"] {
            assert_eq!(Moment::parse(no), None, "{no}");
        }
    }

    #[test]
    fn only_a_moment_that_a_plus_makes_whole_has_lost_one() {
        assert!(lost_plus("2026-01-31T09:00:00 01:00"));
        for text in ["2026-01-31T09:00:00+01:00", "2026-01-31 09:00:00", "2026-01-31 01:00", "x 01:00", " ", ""] {
            assert!(!lost_plus(text), "{text}");
        }
    }
}
