//! How long a delivery status counts as confirmed, and the status in words.
//!
//! A status is a statement of a day. An initiative that was running in 2013 need not run today, so the registry never
//! says "running" without the date on which somebody said so.

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

use super::model::DeliveryStatus;
use crate::text::dates::{in_words, last_day};

/// Whether the delivery status is still confirmed. `current`: somebody stated it within its review period, which is 6
/// months for an idea and 12 months for what is planned, being tried out or running. `lapsed`: not confirmed since.
/// `undated`: nobody recorded when it was true. `final`: completed or stopped, which does not change any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage)]
#[serde(rename_all = "snake_case")]
pub enum StatusConfirmation {
    /// Stated within its review period.
    Current,
    /// Not confirmed since its review period ended.
    Lapsed,
    /// Nobody recorded when it was true.
    #[default]
    Undated,
    /// Completed or stopped.
    Final,
}

impl DeliveryStatus {
    /// Name for readers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idea => "Idea",
            Self::Planned => "Planned",
            Self::Pilot => "Pilot",
            Self::Live => "Running",
            Self::Scaled => "Running in more places",
            Self::Completed => "Completed",
            Self::Stopped => "Stopped",
        }
    }

    /// Months for which the status counts as confirmed. `None` for a status that does not change any more.
    pub fn review_period(self) -> Option<Months> {
        match self {
            Self::Idea => Some(Months::new(6)),
            Self::Planned | Self::Pilot | Self::Live | Self::Scaled => Some(Months::new(12)),
            Self::Completed | Self::Stopped => None,
        }
    }
}

/// A delivery status and the dates on which it was true.
#[derive(Clone, Copy, Debug)]
pub struct DatedStatus<'a> {
    /// Stage of delivery.
    pub status: DeliveryStatus,
    /// Partial date of the statement.
    pub as_at: Option<&'a str>,
    /// When somebody last confirmed the whole record.
    pub verified_at: Option<DateTime<Utc>>,
}

impl DatedStatus<'_> {
    /// The last day on which it was known to be true.
    fn known_on(&self) -> Option<NaiveDate> {
        self.as_at.and_then(last_day).max(self.verified_at.map(|at| at.date_naive()))
    }

    /// The last day of its review period. `None` for a status that is undated or final.
    pub fn confirmed_until(&self) -> Option<NaiveDate> {
        self.known_on()?.checked_add_months(self.status.review_period()?)
    }

    /// Whether it is still confirmed, as of a day.
    pub fn confirmation(&self, today: NaiveDate) -> StatusConfirmation {
        match (self.status.review_period(), self.confirmed_until()) {
            (None, _) => StatusConfirmation::Final,
            (Some(_), None) => StatusConfirmation::Undated,
            (Some(_), Some(until)) if until < today => StatusConfirmation::Lapsed,
            (Some(_), Some(_)) => StatusConfirmation::Current,
        }
    }

    /// The status in words: `Running, as of December 2013; not confirmed since`.
    pub fn words(&self, today: NaiveDate) -> String {
        let confirmed = self.verified_at.map(|at| at.date_naive().to_string());
        let day = match (self.as_at, confirmed) {
            (Some(stated), Some(confirmed)) if last_day(stated) >= last_day(&confirmed) => Some(stated.to_owned()),
            (stated, confirmed) => confirmed.or_else(|| stated.map(str::to_owned)),
        };
        let name = self.status.name();
        let dated = day.map_or_else(|| name.to_owned(), |day| format!("{name}, as of {}", in_words(&day)));
        match self.confirmation(today) {
            StatusConfirmation::Lapsed => format!("{dated}; not confirmed since"),
            StatusConfirmation::Undated => format!("{name}, date not known"),
            StatusConfirmation::Current | StatusConfirmation::Final => dated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: DeliveryStatus, as_at: Option<&str>, verified: Option<&str>, today: &str) -> String {
        let verified_at = verified.map(|at| at.parse().expect("a time"));
        let status = DatedStatus { status, as_at, verified_at };
        let today = today.parse().expect("a day");
        format!("{:?}: {}", status.confirmation(today), status.words(today))
    }

    #[test]
    fn a_status_is_confirmed_for_its_review_period_and_says_so() {
        use DeliveryStatus::{Completed, Idea, Live, Scaled, Stopped};
        for (status, as_at, today, wanted) in [
            (Live, Some("2013-12"), "2014-12-31", "Current: Running, as of December 2013"),
            (Live, Some("2013-12"), "2015-01-01", "Lapsed: Running, as of December 2013; not confirmed since"),
            (Live, Some("2013"), "2014-12-31", "Current: Running, as of 2013"),
            (Live, Some("2013-05-10"), "2014-05-11", "Lapsed: Running, as of 10 May 2013; not confirmed since"),
            (Live, None, "2026-11-27", "Undated: Running, date not known"),
            (Scaled, Some("2026"), "2026-11-27", "Current: Running in more places, as of 2026"),
            (Idea, Some("2026-05"), "2026-11-30", "Current: Idea, as of May 2026"),
            (Idea, Some("2026-05"), "2026-12-01", "Lapsed: Idea, as of May 2026; not confirmed since"),
            (Completed, Some("2014-03"), "2026-11-27", "Final: Completed, as of March 2014"),
            (Completed, None, "2026-11-27", "Final: Completed"),
            (Stopped, None, "2026-11-27", "Final: Stopped"),
        ] {
            assert_eq!(of(status, as_at, None, today), wanted);
        }
    }

    #[test]
    fn a_record_that_somebody_confirmed_has_its_status_confirmed() {
        let verified = Some("2026-03-02T10:00:00Z");
        let live = DeliveryStatus::Live;
        let later = of(live, Some("2013-12"), verified, "2026-11-27");
        assert_eq!(later, "Current: Running, as of 2 March 2026");
        assert_eq!(of(live, None, verified, "2027-03-03"), "Lapsed: Running, as of 2 March 2026; not confirmed since");
        assert_eq!(of(live, Some("2026-08"), verified, "2026-11-27"), "Current: Running, as of August 2026");
    }
}
