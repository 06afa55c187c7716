//! Dates, numbers and claims in words, as the page's own script writes them (`web/src/format.ts`).

use super::words;
use crate::read_model::outcomes::OutcomeRecord;
use crate::registry::initiatives::evidence::{Bound, Cost, CostBound, Direction, Outcome, OutcomeKind, Unit};
use crate::text::Quantity;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A claim of one initiative, or of many.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// What is measured.
    pub measure: &'a str,
    /// Kind of claim.
    pub kind: OutcomeKind,
    /// How its value bounds the true one.
    pub bound: Bound,
    /// The value.
    pub value: Option<Quantity>,
    /// Upper end of a range.
    pub value_high: Option<Quantity>,
    /// Direction of change.
    pub direction: Option<Direction>,
    /// Unit of the value.
    pub unit: Option<Unit>,
    /// Value before the change.
    pub baseline: Option<Quantity>,
    /// Start of the period.
    pub period_from: Option<&'a str>,
    /// End of the period.
    pub period_to: Option<&'a str>,
    /// When it was true.
    pub as_at: Option<&'a str>,
    /// How it is measured.
    pub definition: Option<&'a str>,
    /// What to know before using it.
    pub caveat: Option<&'a str>,
    /// Evidence level.
    pub evidence_level: i16,
}

/// An outcome alone and an outcome in a list have the same members.
macro_rules! claim_from {
    ($outcome:ty) => {
        impl<'a> From<&'a $outcome> for Claim<'a> {
            fn from(one: &'a $outcome) -> Self {
                Self {
                    measure: &one.measure,
                    kind: one.kind,
                    bound: one.bound,
                    value: one.value,
                    value_high: one.value_high,
                    direction: one.direction,
                    unit: one.unit,
                    baseline: one.baseline,
                    period_from: one.period_from.as_deref(),
                    period_to: one.period_to.as_deref(),
                    as_at: one.as_at.as_deref(),
                    definition: one.definition.as_deref(),
                    caveat: one.caveat.as_deref(),
                    evidence_level: one.evidence_level,
                }
            }
        }
    };
}

claim_from!(Outcome);
claim_from!(OutcomeRecord);

/// 1,234.5. At most four decimals.
pub fn number(value: f64) -> String {
    let rounded = format!("{:.4}", value.abs());
    let (whole, decimals) = rounded.split_once('.').unwrap_or((&rounded, ""));
    let decimals = decimals.trim_end_matches('0');
    let mut digits = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            digits.push(',');
        }
        digits.push(digit);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    if decimals.is_empty() { format!("{sign}{digits}") } else { format!("{sign}{digits}.{decimals}") }
}

/// `1 initiative`, `12 initiatives`.
pub fn count(value: i64, one: &str) -> String {
    several(value as f64, one, &format!("{one}s"))
}

/// A number with its noun: `1 child`, `12 children`.
pub fn several(value: f64, one: &str, many: &str) -> String {
    format!("{} {}", number(value), if value == 1.0 { one } else { many })
}

/// A date with its own precision: `2013`, `May 2013`, `10 May 2013`. Other text stays as it is.
pub fn date(partial: &str) -> String {
    let day = partial.get(..10).unwrap_or(partial);
    let parts: Vec<Option<u32>> = day.split('-').map(|part| part.parse().ok()).collect();
    let month = |month: u32| MONTHS.get((month as usize).wrapping_sub(1));
    match parts[..] {
        [Some(year), Some(of), Some(day)] if month(of).is_some() => {
            format!("{day} {} {year}", month(of).copied().unwrap_or_default())
        }
        [Some(year), Some(of)] if month(of).is_some() => format!("{} {year}", month(of).copied().unwrap_or_default()),
        _ => partial.to_owned(),
    }
}

/// `May 2013 to 2015`, `from May 2013`, `until 2015`; empty without both.
pub fn period(from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from == to => date(from),
        (Some(from), Some(to)) => format!("{} to {}", date(from), date(to)),
        (Some(from), None) => format!("from {}", date(from)),
        (None, Some(to)) => format!("until {}", date(to)),
        (None, None) => String::new(),
    }
}

/// Pounds, with pence if not zero.
pub fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    let whole = number((pence.unsigned_abs() / 100) as f64);
    match pence.unsigned_abs() % 100 {
        0 => format!("{sign}£{whole}"),
        rest => format!("{sign}£{whole}.{rest:02}"),
    }
}

/// A value with its unit: `399 people`, `£1,000`, `5.3%`, `1st`.
pub fn quantity(value: Quantity, unit: Option<Unit>) -> String {
    let value = value.get();
    match unit {
        Some(Unit::Percent) => format!("{}%", number(value)),
        Some(Unit::Gbp) => pounds((value * 100.0).round() as i64),
        Some(Unit::Rank) => format!("{}{}", number(value), ordinal(value)),
        Some(Unit::Count) | None => number(value),
        Some(unit) => match words::unit(unit) {
            Some([one, many]) => several(value, one, many),
            None => number(value),
        },
    }
}

fn ordinal(value: f64) -> &'static str {
    match (value as i64 % 100, value as i64 % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

/// The value of a claim, and what stands before it: `at least` `399 people`, `between` `10 and 15 years`.
pub fn claimed(claim: &Claim<'_>) -> (&'static str, String) {
    let value = match claim.value {
        Some(value) if claim.bound != Bound::Direction => value,
        _ => {
            let said = match (claim.direction, claim.kind) {
                (Some(Direction::Up), _) => "Went up",
                (Some(Direction::Down), _) => "Went down",
                (Some(Direction::Flat), _) => "Stayed the same",
                (None, OutcomeKind::Award) => "Awarded",
                (None, _) => "",
            };
            return ("", said.into());
        }
    };
    if let (Bound::Range, Some(high)) = (claim.bound, claim.value_high) {
        let low = match claim.unit {
            Some(Unit::Gbp | Unit::Percent | Unit::Rank) => quantity(value, claim.unit),
            _ => number(value.get()),
        };
        return ("between", format!("{low} and {}", quantity(high, claim.unit)));
    }
    let before = match claim.bound {
        Bound::AtLeast => "at least",
        Bound::AtMost => "up to",
        Bound::About => "about",
        Bound::Exact | Bound::Range | Bound::Direction => "",
    };
    (before, quantity(value, claim.unit))
}

/// Dates of a claim: `by 2015`, `May 2013 to 2015`, `as at December 2013`.
pub fn when(claim: &Claim<'_>) -> String {
    let span = match (claim.kind, claim.period_from, claim.period_to) {
        (OutcomeKind::Target | OutcomeKind::Projection, None, Some(to)) => format!("by {}", date(to)),
        (_, from, to) => period(from, to),
    };
    let at = claim.as_at.map(|at| format!("as at {}", date(at))).unwrap_or_default();
    [span, at].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The amount of a cost, with its bound.
pub fn cost(cost: &Cost) -> String {
    let before = match cost.bound {
        CostBound::Exact => "",
        CostBound::AtLeast => "at least ",
        CostBound::AtMost => "up to ",
        CostBound::About => "about ",
    };
    format!("{before}{}", pounds(cost.amount_pence))
}

/// Host name of an address: `example.org`.
pub fn site(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(members: serde_json::Value) -> Outcome {
        serde_json::from_value(members).expect("an outcome")
    }

    #[test]
    fn dates_are_as_precise_as_they_are_known() {
        for (written, wanted) in [
            ("2013", "2013"),
            ("2013-05", "May 2013"),
            ("2013-05-01", "1 May 2013"),
            ("soon", "soon"),
            ("2013-13", "2013-13"),
        ] {
            assert_eq!(date(written), wanted);
        }
        assert_eq!(date("2026-11-23T01:50:00Z"), "23 November 2026");
        assert_eq!(period(Some("2013"), Some("2015-03")), "2013 to March 2015");
        assert_eq!(period(Some("2015"), Some("2015")), "2015");
        assert_eq!(period(None, None), "");
    }

    #[test]
    fn quantities_say_what_they_count() {
        let of = |value: f64, unit| {
            let one = outcome(json!({ "value": value, "unit": unit }));
            quantity(one.value.expect("a value"), one.unit)
        };
        for (value, unit, wanted) in [
            (399.0, "people", "399 people"),
            (1.0, "people", "1 person"),
            (5.3, "percent", "5.3%"),
            (1_250_000.5, "gbp", "£1,250,000.50"),
            (12.0, "rank", "12th"),
            (22.0, "rank", "22nd"),
            (0.0001, "count", "0.0001"),
        ] {
            assert_eq!(of(value, unit), wanted);
        }
        assert_eq!(pounds(100), "£1");
        assert_eq!(count(1, "initiative"), "1 initiative");
        assert_eq!(count(1234, "initiative"), "1,234 initiatives");
    }

    #[test]
    fn a_claim_keeps_its_bound_and_date() {
        for (members, before, value) in [
            (json!({ "value": 20, "unit": "jobs", "bound": "at_least" }), "at least", "20 jobs"),
            (json!({ "value": 10, "value_high": 15, "unit": "years", "bound": "range" }), "between", "10 and 15 years"),
            (json!({ "value": 10, "value_high": 15, "unit": "gbp", "bound": "range" }), "between", "£10 and £15"),
            (json!({ "bound": "direction", "direction": "down" }), "", "Went down"),
            (json!({ "kind": "award" }), "", "Awarded"),
            (json!({ "value": 0, "unit": "bags" }), "", "0 bags"),
        ] {
            let one = outcome(members);
            assert_eq!(claimed(&Claim::from(&one)), (before, value.to_owned()));
        }
        let target = outcome(json!({ "kind": "target", "period_to": "2015", "as_at": "2013-12" }));
        assert_eq!(when(&Claim::from(&target)), "by 2015, as at December 2013");
    }

    #[test]
    fn a_site_is_its_host() {
        assert_eq!(site("https://www.oldham.gov.uk/page"), "oldham.gov.uk");
        assert_eq!(site("https://example.org:8080?x"), "example.org");
    }
}
