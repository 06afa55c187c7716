//! Moments in query strings.

use chrono::DateTime;

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
    fn only_a_moment_that_a_plus_makes_whole_has_lost_one() {
        assert!(lost_plus("2026-01-31T09:00:00 01:00"));
        for text in ["2026-01-31T09:00:00+01:00", "2026-01-31 09:00:00", "2026-01-31 01:00", "x 01:00", " ", ""] {
            assert!(!lost_plus(text), "{text}");
        }
    }
}
