//! The status of a membership on a day, and whether two memberships overlap.
//!
//! Partial dates stand for all their days. So each rule decides only what is certain: `2020` may be the same day as
//! `2020-06`, and a membership that ended in `2020` may be followed by one that began in `2020`.

use chrono::{Months, NaiveDate, Utc};

use super::model::Observation;
use super::vocabulary::{MembershipStatus, ObservationKind};
use crate::text::PartialDate;
use crate::text::dates::{first_day, is_after, last_day};

/// Months after which evidence of a membership is too old. Councils review a membership each year, and the sources of
/// the network's own site come out every year or two.
const MONTHS_OF_EVIDENCE: u32 = 36;

/// A day, month or year for which a status is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsAt {
    first: NaiveDate,
    last: NaiveDate,
}

impl From<NaiveDate> for AsAt {
    fn from(day: NaiveDate) -> Self {
        Self { first: day, last: day }
    }
}

impl AsAt {
    /// Today (UTC).
    pub fn today() -> Self {
        Utc::now().date_naive().into()
    }

    /// A partial date, or a day if there is none.
    pub fn new(date: Option<&PartialDate>, otherwise: NaiveDate) -> Self {
        let days = date.and_then(|date| Some(Self { first: first_day(date)?, last: last_day(date)? }));
        days.unwrap_or_else(|| otherwise.into())
    }
}

/// The dates of a membership.
#[derive(Clone, Copy, Debug)]
pub struct Dates<'a> {
    /// First day, if known.
    pub from: Option<&'a PartialDate>,
    /// Last day, if it has ended.
    pub to: Option<&'a PartialDate>,
    /// What sources show.
    pub observations: &'a [Observation],
}

impl<'a> Dates<'a> {
    /// Evidence of the membership: the days of observations that show it, and its first day.
    fn evidence(self) -> impl Iterator<Item = &'a PartialDate> {
        self.observations.iter().filter(|one| one.is_evidence()).filter_map(|one| one.on.as_ref()).chain(self.from)
    }

    /// First day, or else the earliest observation of the membership.
    fn start(self) -> Option<&'a PartialDate> {
        self.from.or_else(|| self.evidence().min_by_key(|date| first_day(date)))
    }

    /// The first day on which it may have begun, as far as known.
    pub fn first_evidence(self) -> Option<NaiveDate> {
        self.start().and_then(|start| first_day(start))
    }

    /// True if it had begun by the end of the period.
    pub fn has_begun(self, at: AsAt) -> bool {
        self.first_evidence().is_some_and(|start| start <= at.last)
    }

    /// The latest evidence up to the end of the period. The more precise one if two end on the same day.
    pub fn last_evidence(self, at: AsAt) -> Option<&'a PartialDate> {
        let known = self.evidence().filter(|date| !is_after(date, at.last));
        known.max_by_key(|date| (last_day(date), date.len()))
    }

    /// The status in a period.
    pub fn status(self, at: AsAt) -> MembershipStatus {
        if let Some(to) = self.to {
            let is_over = last_day(to).is_some_and(|last| last < at.first);
            return if is_over { MembershipStatus::Ended } else { MembershipStatus::Current };
        }
        let last_days = |date: &PartialDate| last_day(date).unwrap_or(NaiveDate::MIN);
        // Later evidence also shows the time before it.
        if self.evidence().any(|date| last_days(date) >= at.first) {
            return MembershipStatus::Current;
        }
        let latest = self.last_evidence(at).map_or(NaiveDate::MIN, last_days);
        let is_absent = self.observations.iter().any(|one| {
            let is_since = |on: &PartialDate| is_after(on, latest) && !is_after(on, at.last);
            one.kind == ObservationKind::AbsentFromList && one.on.as_ref().is_some_and(is_since)
        });
        let is_old = latest.checked_add_months(Months::new(MONTHS_OF_EVIDENCE)).is_none_or(|until| until < at.first);
        if is_absent || is_old { MembershipStatus::NotKnownSince } else { MembershipStatus::Current }
    }

    /// True if two memberships of one member certainly overlap, or are the same.
    pub fn overlaps(self, other: Self) -> bool {
        // A membership without an end goes on. One without a start had begun when it was first observed.
        let latest_start = |one: Self| one.start().and_then(|date| last_day(date)).unwrap_or(NaiveDate::MIN);
        let earliest_end = |one: Self| one.to.and_then(|date| first_day(date)).unwrap_or(NaiveDate::MAX);
        let is_same = self.to.is_some() && (self.from, self.to) == (other.from, other.to);
        is_same || (latest_start(self) < earliest_end(other) && latest_start(other) < earliest_end(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(kinds: &[(ObservationKind, &str)]) -> Vec<Observation> {
        kinds
            .iter()
            .map(|(kind, on)| Observation { on: Some((*on).into()), kind: *kind, ..Observation::default() })
            .collect()
    }

    fn at(date: &str) -> AsAt {
        AsAt::new(Some(&date.into()), NaiveDate::MIN)
    }

    #[test]
    fn a_status_never_claims_more_than_the_evidence() {
        use MembershipStatus::{Current, NotKnownSince};
        use ObservationKind::{AbsentFromList, Listed, TookPart};
        let observations = seen(&[(Listed, "2013-12"), (AbsentFromList, "2020"), (TookPart, "2024")]);
        let york = Dates { from: None, to: None, observations: &observations[..2] };
        let back = Dates { observations: &observations, ..york };
        assert!(!york.has_begun(at("2013-11")) && york.has_begun(at("2013-12")) && york.has_begun(at("2013")));
        let statuses = ["2013-12", "2016-12-31", "2017-01-01", "2021"].map(|date| york.status(at(date)));
        assert_eq!(statuses, [Current, Current, NotKnownSince, NotKnownSince], "evidence holds for 36 months");
        let statuses = ["2017", "2021", "2024", "2027", "2028"].map(|date| back.status(at(date)));
        assert_eq!(statuses, [Current, Current, Current, Current, NotKnownSince], "seen later, it was there before");
        assert_eq!(back.last_evidence(at("2021")).map(|date| &**date), Some("2013-12"));
        assert_eq!(back.last_evidence(at("2026")).map(|date| &**date), Some("2024"));
        let early = seen(&[(Listed, "2019"), (AbsentFromList, "2020")]);
        let absent = Dates { observations: &early, ..york };
        assert_eq!(absent.status(at("2020")), NotKnownSince, "never ended by absence alone");
        let within = seen(&[(Listed, "2020"), (AbsentFromList, "2020-03")]);
        assert_eq!(Dates { observations: &within, ..york }.status(at("2020")), Current, "perhaps of a later day");
    }

    #[test]
    fn a_source_without_a_date_shows_a_membership_at_no_date() {
        let observations = [Observation::default()];
        let dates = Dates { from: None, to: None, observations: &observations };
        assert!(!dates.has_begun(at("2026")) && dates.last_evidence(at("2026")).is_none());
        assert_eq!(dates.status(at("2026")), MembershipStatus::NotKnownSince);
        assert!(dates.overlaps(dates), "a member has no second one until it has ended");
    }

    #[test]
    fn what_has_an_end_is_ended_after_it_and_current_until_then() {
        let (from, to) = ("2013-02".into(), "2020".into());
        let dates = Dates { from: Some(&from), to: Some(&to), observations: &[] };
        let statuses = ["2013-02", "2019", "2020-12-31", "2021"].map(|date| dates.status(at(date)));
        assert_eq!(statuses[..3], [MembershipStatus::Current; 3]);
        assert_eq!(statuses[3], MembershipStatus::Ended);
        assert!(!dates.has_begun(at("2013-01")) && dates.has_begun(at("2013-02")));
    }

    #[test]
    fn only_what_certainly_overlaps_does() {
        let overlaps = |a: (&str, &str), b: (&str, &str)| {
            let date = |text: &str| (!text.is_empty()).then(|| PartialDate::from(text));
            let (a, b) = ((date(a.0), date(a.1)), (date(b.0), date(b.1)));
            let one = Dates { from: a.0.as_ref(), to: a.1.as_ref(), observations: &[] };
            let other = Dates { from: b.0.as_ref(), to: b.1.as_ref(), observations: &[] };
            assert_eq!(one.overlaps(other), other.overlaps(one));
            one.overlaps(other)
        };
        assert!(overlaps(("2013", ""), ("2020", "")));
        assert!(overlaps(("2013", "2020"), ("2018", "")));
        assert!(!overlaps(("2013", "2020"), ("2020", "")), "a tier can change within a year");
        assert!(!overlaps(("2013", "2020-06-28"), ("2020-06-28", "")), "or on a day");
        assert!(overlaps(("2013", "2020-06-29"), ("2020-06-28", "")));
        assert!(overlaps(("2020", "2020"), ("2020", "2020")), "entered twice");
        assert!(!overlaps(("2020-03", "2020-09"), ("2020", "2021")));
    }
}
