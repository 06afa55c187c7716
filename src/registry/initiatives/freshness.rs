//! Whether somebody has confirmed a record, and whether the confirmation still counts.
//!
//! A confirmation is a statement of a day. "Last updated" does not mean "still true": a record may be updated without a
//! check, and checked without an update. So the registry works out what a confirmation is worth on the day of the read.

use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

use super::model::{DeliveryStatus, VerificationMethod};
use crate::text::dates::in_words;

/// How long after its review date a record is `stale`. Councils check their records once a quarter, so that a `stale`
/// record was missed in a whole round.
pub const STALE_AFTER: Months = Months::new(3);
/// How long after its review date a record is `lapsed`.
pub const LAPSED_AFTER: Months = Months::new(12);

/// Whether somebody has confirmed that a record is correct, and whether that still counts today. `fresh`: confirmed, and
/// not yet due for review. `due`: its review date has come. `stale`: its review is overdue by more than 3 months.
/// `lapsed`: its review is overdue by more than 12 months. `unverified`: never confirmed, which does not mean wrong.
/// What is completed or stopped needs no review: once confirmed, it stays `fresh`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, EnumIter, EnumMessage,
)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// Confirmed, and not yet due for review.
    Fresh,
    /// Confirmed once, and its review date has come.
    Due,
    /// Confirmed once, and its review is overdue by more than 3 months.
    Stale,
    /// Confirmed once, and its review is overdue by more than 12 months.
    Lapsed,
    /// Never confirmed.
    #[default]
    Unverified,
}

/// What decides the freshness of a record.
#[derive(Clone, Copy, Debug)]
pub struct Review {
    /// Stage of delivery.
    pub status: DeliveryStatus,
    /// When somebody last confirmed the record.
    pub verified_at: Option<DateTime<Utc>>,
    /// How it was confirmed, if that is known.
    pub verified_method: Option<VerificationMethod>,
    /// The review date of the record.
    pub review_due_on: Option<NaiveDate>,
}

impl Review {
    /// The day from which a review is due: the review date, or the end of the review period after the last confirmation
    /// if that has answered the review date, or there is none. `None` for what is completed or stopped, and for a record
    /// with neither.
    pub fn due_on(&self) -> Option<NaiveDate> {
        let period = self.status.review_period()?;
        let confirmed = self.verified_at.map(|at| at.date_naive());
        let is_ahead = |due: &NaiveDate| confirmed.is_none_or(|day| day < *due);
        self.review_due_on.filter(is_ahead).or_else(|| confirmed?.checked_add_months(period))
    }

    /// The freshness as of a day.
    pub fn freshness(&self, today: NaiveDate) -> Freshness {
        let is_overdue = |due: NaiveDate, by| due.checked_add_months(by).is_some_and(|end| end < today);
        match (self.verified_at, self.due_on()) {
            (None, _) => Freshness::Unverified,
            (Some(_), Some(due)) if is_overdue(due, LAPSED_AFTER) => Freshness::Lapsed,
            (Some(_), Some(due)) if is_overdue(due, STALE_AFTER) => Freshness::Stale,
            (Some(_), Some(due)) if due <= today => Freshness::Due,
            (Some(_), _) => Freshness::Fresh,
        }
    }

    /// The last days before the freshness or its words change.
    pub fn turns(self) -> impl Iterator<Item = NaiveDate> {
        let due = self.due_on();
        let after = move |months| due?.checked_add_months(months);
        [due.and_then(|due| due.pred_opt()), after(STALE_AFTER), after(LAPSED_AFTER)].into_iter().flatten()
    }

    /// The freshness in words: `Confirmed by the council on 2 March 2026; next review due on 2 March 2027`.
    pub fn words(&self, today: NaiveDate) -> String {
        let in_words = |day: NaiveDate| in_words(&day.to_string());
        let due = self.due_on();
        let Some(confirmed) = self.verified_at else {
            let check = due.map(|due| {
                if due <= today { format!("was due on {}", in_words(due)) } else { format!("due on {}", in_words(due)) }
            });
            return check
                .map_or_else(|| "Not yet confirmed".into(), |check| format!("Not yet confirmed; check {check}"));
        };
        let how = self.verified_method.map_or("Confirmed", VerificationMethod::name);
        let first = format!("{how} on {}", in_words(confirmed.date_naive()));
        let Some(due) = due else { return first };
        let next = match self.freshness(today) {
            Freshness::Fresh | Freshness::Unverified => "next review due on",
            Freshness::Due => "due for review since",
            Freshness::Stale => "review overdue since",
            Freshness::Lapsed => "review overdue for more than a year, since",
        };
        format!("{first}; {next} {}", in_words(due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: DeliveryStatus, verified: Option<&str>, due: Option<&str>) -> Review {
        Review {
            status,
            verified_at: verified.map(|day| format!("{day}T10:00:00Z").parse().expect("a time")),
            verified_method: Some(VerificationMethod::OwnerConfirmed),
            review_due_on: due.map(|day| day.parse().expect("a day")),
        }
    }

    fn said(review: Review, today: &str) -> String {
        let today = today.parse().expect("a day");
        format!("{:?}: {}", review.freshness(today), review.words(today))
    }

    #[test]
    fn a_confirmation_counts_until_its_review_date_and_then_less_and_less() {
        let live = of(DeliveryStatus::Live, Some("2025-03-02"), Some("2026-03-02"));
        let confirmed = "Confirmed by the council on 2 March 2025";
        for (today, freshness, next) in [
            ("2025-03-02", "Fresh", "next review due on"),
            ("2026-03-01", "Fresh", "next review due on"),
            ("2026-03-02", "Due", "due for review since"),
            ("2026-06-02", "Due", "due for review since"),
            ("2026-06-03", "Stale", "review overdue since"),
            ("2027-03-02", "Stale", "review overdue since"),
            ("2027-03-03", "Lapsed", "review overdue for more than a year, since"),
        ] {
            assert_eq!(said(live, today), format!("{freshness}: {confirmed}; {next} 2 March 2026"));
        }
    }

    #[test]
    fn without_a_review_date_the_period_of_the_stage_counts() {
        let verified = Some("2025-08-31");
        assert_eq!(of(DeliveryStatus::Idea, verified, None).due_on(), "2026-02-28".parse().ok());
        assert_eq!(of(DeliveryStatus::Pilot, verified, None).due_on(), "2026-08-31".parse().ok());
        // A confirmation answers a review date before it.
        let answered = of(DeliveryStatus::Live, verified, Some("2025-08-31"));
        assert_eq!(answered.due_on(), "2026-08-31".parse().ok());
        assert_eq!(of(DeliveryStatus::Live, verified, Some("2025-09-01")).due_on(), "2025-09-01".parse().ok());
        for ended in [DeliveryStatus::Completed, DeliveryStatus::Stopped] {
            let ended = of(ended, verified, Some("2026-03-02"));
            assert_eq!((ended.due_on(), ended.turns().count()), (None, 0));
            assert_eq!(said(ended, "2099-01-01"), "Fresh: Confirmed by the council on 31 August 2025");
        }
    }

    #[test]
    fn what_nobody_confirmed_is_unverified_on_every_day() {
        let planned = of(DeliveryStatus::Live, None, Some("2026-03-02"));
        assert_eq!(said(planned, "2026-03-01"), "Unverified: Not yet confirmed; check due on 2 March 2026");
        assert_eq!(said(planned, "2028-01-01"), "Unverified: Not yet confirmed; check was due on 2 March 2026");
        assert_eq!(said(of(DeliveryStatus::Live, None, None), "2026-03-01"), "Unverified: Not yet confirmed");
        let ended = of(DeliveryStatus::Stopped, None, Some("2026-03-02"));
        assert_eq!(said(ended, "2026-03-03"), "Unverified: Not yet confirmed");
    }

    #[test]
    fn it_changes_on_no_other_day_than_the_day_after_a_turn() {
        for verified in [Some("2025-03-31"), None] {
            for due in [Some("2025-11-30"), Some("2024-02-29"), None] {
                let review = of(DeliveryStatus::Idea, verified, due);
                let turns: Vec<NaiveDate> = review.turns().collect();
                let days = NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day").iter_days().take(1_500);
                for day in days {
                    let next = day.succ_opt().expect("a day");
                    let is_same = review.words(day) == review.words(next);
                    assert!(is_same || turns.contains(&day), "{review:?} {day}");
                    assert!(is_same || review.freshness(day) != review.freshness(next) || verified.is_none(), "{day}");
                    assert!(review.freshness(day) == review.freshness(next) || !is_same, "{day}");
                }
            }
        }
    }

    #[test]
    fn the_periods_are_those_that_the_words_say() {
        use strum::EnumMessage;
        let months = |months: Months| format!("{} months", months.as_u32());
        for (word, after) in [(Freshness::Stale, STALE_AFTER), (Freshness::Lapsed, LAPSED_AFTER)] {
            assert!(word.get_documentation().is_some_and(|said| said.contains(&months(after))), "{word:?}");
        }
    }
}
