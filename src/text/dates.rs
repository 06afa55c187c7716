//! Partial dates: the days that they may mean, and their words.

use chrono::{Datelike, Months, NaiveDate};

/// The first day in a partial date.
pub fn first_day(date: &str) -> Option<NaiveDate> {
    let part = |range: std::ops::Range<usize>| date.get(range).and_then(|digits| digits.parse::<u32>().ok());
    NaiveDate::from_ymd_opt(date.get(..4)?.parse().ok()?, part(5..7).unwrap_or(1), part(8..10).unwrap_or(1))
}

/// The last day in a partial date.
pub fn last_day(date: &str) -> Option<NaiveDate> {
    let first = first_day(date)?;
    match date.len() {
        4 => NaiveDate::from_ymd_opt(first.year(), 12, 31),
        7 => first.checked_add_months(Months::new(1))?.pred_opt(),
        _ => Some(first),
    }
}

/// A partial date as people write it: `2013`, `May 2013`, `10 May 2013`.
pub fn in_words(date: &str) -> String {
    let form = match date.len() {
        4 => "%Y",
        7 => "%B %Y",
        _ => "%-d %B %Y",
    };
    first_day(date).map_or_else(|| date.to_owned(), |day| day.format(form).to_string())
}

/// True if a partial date is certainly after a day.
pub fn is_after(date: &str, day: NaiveDate) -> bool {
    first_day(date).is_some_and(|first| first > day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_date_has_a_first_and_a_last_day() {
        let days =
            |date| [first_day(date), last_day(date)].map(|day| day.map(|day| day.to_string()).unwrap_or_default());
        assert_eq!(days("2013"), ["2013-01-01", "2013-12-31"]);
        assert_eq!(days("2012-02"), ["2012-02-01", "2012-02-29"]);
        assert_eq!(days("2013-12"), ["2013-12-01", "2013-12-31"]);
        assert_eq!(days("2013-05-10"), ["2013-05-10", "2013-05-10"]);
        assert_eq!(days("x"), ["", ""]);
    }

    #[test]
    fn a_partial_date_is_written_as_precisely_as_it_is_known() {
        assert_eq!(["2013", "2013-05", "2013-05-10", "x"].map(in_words), ["2013", "May 2013", "10 May 2013", "x"]);
    }
}
