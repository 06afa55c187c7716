//! In which media type a caller wants the answer (RFC 9110, section 12.5.1).

use actix_web::http::header::{Accept, Quality};

/// The media type among those offered that the caller likes best: of equals the first. Without the header, or with one that
/// cannot be read, the first of all; `None` when the header names none of them.
pub fn preferred<'a>(accept: Option<&Accept>, offered: &[&'a str]) -> Option<&'a str> {
    let Some(accept) = accept.filter(|accept| !accept.is_empty()) else { return offered.first().copied() };
    let liked = offered.iter().map(|media_type| (quality(accept, media_type), *media_type));
    // `max_by` takes the last of equals.
    let best = liked.rev().max_by(|(one, _), (other, _)| one.cmp(other));
    best.filter(|(quality, _)| *quality > Quality::ZERO).map(|(_, media_type)| media_type)
}

/// How much a media type is liked: what the most specific range that it is in says. Parameters of a range are not looked
/// at: `text/csv; header=present` means CSV.
fn quality(accept: &Accept, media_type: &str) -> Quality {
    let ranges = accept.iter().filter_map(|range| {
        let named = range.item.essence_str();
        let specific = match named.strip_suffix("/*") {
            _ if named.eq_ignore_ascii_case(media_type) => 2,
            Some("*") => 0,
            Some(kind) if media_type.split('/').next().is_some_and(|ours| ours.eq_ignore_ascii_case(kind)) => 1,
            _ => return None,
        };
        Some((specific, range.quality))
    });
    ranges.max().map_or(Quality::ZERO, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::Header;
    use actix_web::test::TestRequest;

    use super::*;

    fn wanted(accept: &str) -> Option<&'static str> {
        let request = TestRequest::default().insert_header(("Accept", accept)).to_request();
        preferred(Accept::parse(&request).ok().as_ref(), &["application/json", "text/csv", "application/geo+json"])
    }

    #[test]
    fn the_type_with_the_highest_quality_wins_and_of_equals_the_first() {
        assert_eq!(wanted(""), Some("application/json"));
        assert_eq!(wanted("*/*"), Some("application/json"));
        assert_eq!(wanted("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), Some("application/json"));
        assert_eq!(wanted("text/csv"), Some("text/csv"));
        assert_eq!(wanted("TEXT/CSV; header=present"), Some("text/csv"));
        assert_eq!(wanted("text/*"), Some("text/csv"));
        assert_eq!(wanted("text/csv;q=0.5, application/json;q=0.4"), Some("text/csv"));
        assert_eq!(wanted("text/csv, application/geo+json"), Some("text/csv"));
        assert_eq!(wanted("text/csv;q=0.1, application/*;q=0.3"), Some("application/json"));
        assert_eq!(wanted("application/*, application/json;q=0.2"), Some("application/geo+json"));
        assert_eq!(wanted("*/*, application/json;q=0"), Some("text/csv"));
        assert_eq!(wanted("no media type"), Some("application/json"));
    }

    #[test]
    fn what_is_not_offered_is_not_made_up() {
        assert_eq!(wanted("text/html"), None);
        assert_eq!(wanted("application/json;q=0"), None);
        assert_eq!(wanted("image/*"), None);
    }
}
