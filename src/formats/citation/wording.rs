//! Outcomes and costs in words. A number always has its bound and unit.

use serde::Serialize;

use crate::db::enum_text::text;
use crate::registry::initiatives::evidence::{Bound, Cost, CostBound, EVIDENCE_LEVELS, Outcome, OutcomeKind, Unit};
use crate::text::Quantity;

/// A vocabulary word as people write it: `case study` for `case_study`.
pub fn word<T: Serialize>(value: &T) -> String {
    text(value).replace('_', " ")
}

/// An outcome in words, with bound, unit and direction: `at least 1,600 bags`, `£10 to £20`, `down`. Empty for an award
/// without a value.
pub fn claim(outcome: &Outcome) -> String {
    let amount = |value: Quantity| amount(value, outcome.unit);
    let value = match (outcome.bound, outcome.value, outcome.value_high) {
        (Bound::Range, Some(low), Some(high)) => format!("{} to {}", amount(low), amount(high)),
        (Bound::AtLeast | Bound::AtMost | Bound::About, Some(value), _) => {
            format!("{} {}", word(&outcome.bound), amount(value))
        }
        (_, Some(value), _) => amount(value),
        (_, None, _) => String::new(),
    };
    let direction = outcome.direction.map(|direction| word(&direction)).unwrap_or_default();
    if value.is_empty() || direction.is_empty() { value + &direction } else { format!("{value}, {direction}") }
}

/// A value with its unit.
pub fn amount(value: Quantity, unit: Option<Unit>) -> String {
    let number = grouped(&value.get().to_string());
    match unit {
        Some(Unit::Gbp) => match number.strip_prefix('-') {
            Some(number) => format!("-£{number}"),
            None => format!("£{number}"),
        },
        Some(Unit::Percent) => format!("{number}%"),
        Some(Unit::Rank) => format!("rank {number}"),
        Some(Unit::Count) | None => number,
        Some(unit) => format!("{number} {}", word(&unit)),
    }
}

/// A cost in words: `about £1,000,000`, `£12.50`.
pub fn cost(cost: &Cost) -> String {
    let (pounds, pence) = (cost.amount_pence / 100, cost.amount_pence % 100);
    let amount = match pence {
        0 => format!("£{}", grouped(&pounds.to_string())),
        pence => format!("£{}.{pence:02}", grouped(&pounds.to_string())),
    };
    if cost.bound == CostBound::Exact { amount } else { format!("{} {amount}", word(&cost.bound)) }
}

/// Date of a claim, or the period it covers.
pub fn when(outcome: &Outcome) -> String {
    let day = |date: &Option<crate::text::PartialDate>| date.as_deref().map(str::to_owned);
    let period = match (day(&outcome.period_from), day(&outcome.period_to)) {
        (Some(from), Some(to)) if from != to => Some(format!("{from} to {to}")),
        (Some(from), None) => Some(format!("from {from}")),
        (None, Some(to)) if matches!(outcome.kind, OutcomeKind::Target | OutcomeKind::Projection) => {
            Some(format!("by {to}"))
        }
        (None, Some(to)) => Some(format!("until {to}")),
        (Some(same), Some(_)) => Some(same),
        (None, None) => None,
    };
    match (period, day(&outcome.as_at)) {
        (Some(period), Some(as_at)) if period != as_at => format!("{period}, as at {as_at}"),
        (Some(period), _) => period,
        (None, Some(as_at)) => format!("as at {as_at}"),
        (None, None) => String::new(),
    }
}

/// An evidence level and its meaning: `2, monitored`.
pub fn evidence(level: i16) -> String {
    let name = usize::try_from(level).ok().and_then(|level| EVIDENCE_LEVELS.get(level));
    name.map_or_else(|| level.to_string(), |name| format!("{level}, {name}"))
}

/// Groups digits before the decimal point in threes.
fn grouped(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut digits = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            digits.push(',');
        }
        digits.push(digit);
    }
    format!("{sign}{digits}{rest}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn outcome(members: serde_json::Value) -> Outcome {
        serde_json::from_value(members).expect("an outcome")
    }

    #[test]
    fn a_claim_has_its_bound_and_unit() {
        for (members, wanted) in [
            (json!({ "bound": "at_least", "value": 1600, "unit": "bags" }), "at least 1,600 bags"),
            (json!({ "bound": "at_most", "value": 0.5, "unit": "percent" }), "at most 0.5%"),
            (json!({ "bound": "about", "value": -1234567.25, "unit": "gbp" }), "about -£1,234,567.25"),
            (
                json!({ "bound": "range", "value": 12.5, "value_high": 99999999.9999, "unit": "people" }),
                "12.5 people to 99,999,999.9999 people",
            ),
            (json!({ "bound": "exact", "value": 3, "unit": "rank" }), "rank 3"),
            (json!({ "bound": "exact", "value": 100, "unit": "count", "direction": "up" }), "100, up"),
            (json!({ "bound": "direction", "direction": "down" }), "down"),
            (json!({ "bound": "exact", "kind": "award" }), ""),
        ] {
            assert_eq!(claim(&outcome(members)), wanted);
        }
    }

    #[test]
    fn a_cost_is_in_pounds() {
        for (pence, bound, wanted) in [
            (100_000_000, "exact", "£1,000,000"),
            (1_250, "about", "about £12.50"),
            (5, "at_most", "at most £0.05"),
            (0, "exact", "£0"),
        ] {
            let line: Cost = serde_json::from_value(json!({ "amount_pence": pence, "bound": bound })).expect("a cost");
            assert_eq!(cost(&line), wanted);
        }
    }

    #[test]
    fn a_date_is_as_precise_as_it_is_known() {
        for (members, wanted) in [
            (json!({ "period_from": "2013-05", "period_to": "2013-05", "as_at": "2013-05" }), "2013-05"),
            (
                json!({ "period_from": "2013", "period_to": "2014-02-01", "as_at": "2015" }),
                "2013 to 2014-02-01, as at 2015",
            ),
            (json!({ "period_to": "2014" }), "until 2014"),
            (json!({ "period_to": "2015", "kind": "target", "as_at": "2013" }), "by 2015, as at 2013"),
            (json!({ "as_at": "2014-10" }), "as at 2014-10"),
            (json!({}), ""),
        ] {
            assert_eq!(when(&outcome(members)), wanted);
        }
    }
}
