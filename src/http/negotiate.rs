//! Chooses the representation for a caller, by the `Accept` header (RFC 9110, section 12.5.1).
//!
//! The first one on offer is the default. It goes to callers without a preference, and to browsers that show whatever
//! they get. A type named by the caller ranks above one that only matches a wildcard. So `text/markdown, */*` is a
//! request for Markdown. Parameters of a media range, such as `charset` and `profile`, are ignored: each type has one
//! form only.

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header, Quality};

use crate::error::ApiError;

/// The `Accept` header of a browser when somebody types an address. It gets the default.
const BROWSER: &str = "text/html";

/// The best of the representations on offer, each with its media type (lower case, without parameters).
///
/// 406 with the media types on offer if the caller accepts none of them.
pub fn choose<T: Copy>(request: &HttpRequest, offers: &[(T, &str)]) -> Result<T, ApiError> {
    preferred(Accept::parse(request).ok().as_ref(), offers)
        .ok_or_else(|| ApiError::not_acceptable(offers.iter().map(|(_, media_type)| *media_type)))
}

/// The same for a parsed header; `None` if the caller accepts nothing on offer.
pub fn preferred<T: Copy>(accept: Option<&Accept>, offers: &[(T, &str)]) -> Option<T> {
    let best = best(&wishes(accept), offers.iter().map(|(_, media_type)| *media_type));
    best.and_then(|index| offers.get(index)).map(|(offer, _)| *offer)
}

/// True when the caller prefers a page to data, as browsers do.
pub fn wants_page(accept: Option<&Accept>) -> bool {
    preferred(accept, &[(false, "application/json"), (true, BROWSER)]) == Some(true)
}

/// The media ranges that the caller accepts, with their quality. Empty means everything. The header is missing, or is
/// invalid and can be ignored under the standard.
fn wishes(accept: Option<&Accept>) -> Vec<(String, Quality)> {
    let wishes = accept.into_iter().flat_map(|accept| accept.iter());
    wishes.map(|wish| (wish.item.essence_str().to_lowercase(), wish.quality)).collect()
}

fn best<'a>(wishes: &[(String, Quality)], offers: impl Iterator<Item = &'a str>) -> Option<usize> {
    if wishes.is_empty() {
        return Some(0);
    }
    let mut best: Option<(usize, Quality, u8)> = None;
    for (index, offer) in offers.enumerate() {
        let Some((precision, quality)) = wishes.iter().filter_map(|wish| fit(wish, offer)).max() else { continue };
        let better = best.is_none_or(|(_, quality_before, before)| (quality, precision) > (quality_before, before));
        if quality > Quality::ZERO && better {
            best = Some((index, quality, precision));
        }
    }
    let is_browser = || wishes.iter().any(|(range, quality)| range == BROWSER && *quality > Quality::ZERO);
    best.map(|(index, ..)| index).or_else(|| is_browser().then_some(0))
}

/// How precisely a range matches a media type, and its quality. The most precise range counts.
fn fit((range, quality): &(String, Quality), offer: &str) -> Option<(u8, Quality)> {
    let precision = match range.strip_suffix("/*") {
        None if range == offer => 2,
        Some("*") => 0,
        Some(kind) if offer.split('/').next() == Some(kind) => 1,
        _ => return None,
    };
    Some((precision, *quality))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header;
    use actix_web::test::TestRequest;

    use super::*;

    const OFFERS: [(u8, &str); 4] =
        [(0, "application/json"), (1, "text/csv"), (2, "application/geo+json"), (3, "text/markdown")];

    fn chosen(accept: &str) -> Option<u8> {
        choose(&TestRequest::get().insert_header((header::ACCEPT, accept)).to_http_request(), &OFFERS).ok()
    }

    #[test]
    fn the_first_is_the_default() {
        assert_eq!(choose(&TestRequest::get().to_http_request(), &OFFERS).ok(), Some(0));
        for accept in ["", ",", "*/*", "application/*", "*/*;q=0.1", "application/json", "APPLICATION/JSON", "nonsense"]
        {
            assert_eq!(chosen(accept), Some(0), "{accept:?}");
        }
    }

    #[test]
    fn a_browser_gets_the_default() {
        let firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8,\
                      application/signed-exchange;v=b3;q=0.7";
        for accept in [firefox, chrome, "text/html", "text/html, application/xhtml+xml"] {
            assert_eq!(chosen(accept), Some(0), "{accept:?}");
        }
        assert_eq!(chosen("text/html;q=0"), None);
        assert_eq!(chosen("text/html, text/csv;q=0.1"), Some(1));
    }

    #[test]
    fn quality_decides_then_precision_then_the_order_of_the_offers() {
        for (accept, wanted) in [
            ("text/csv", 1),
            ("Text/CSV; header=present", 1),
            ("text/csv;charset=utf-8;q=0.2", 1),
            ("application/json;q=0.5, text/csv", 1),
            ("text/csv;q=0.5, application/json;q=0.4", 1),
            ("application/geo+json, application/json", 0),
            ("application/geo+json, application/*;q=0.9", 2),
            ("text/*", 1),
            ("text/*, text/csv;q=0.1", 3),
            ("text/markdown, */*", 3),
            ("*/*, text/markdown", 3),
            ("*/*;q=0.9, application/*;q=0.8, text/*;q=0.1", 0),
            ("application/*;q=0.1, */*", 1),
            ("application/json;q=0, */*", 1),
            ("application/json, text/plain, */*", 0),
        ] {
            assert_eq!(chosen(accept), Some(wanted), "{accept:?}");
        }
    }

    #[test]
    fn nothing_that_fits_is_a_406_that_names_what_is_on_offer() {
        for accept in ["application/pdf", "image/*", "*/*;q=0", "text/csv;q=0", "application/problem+json", "text/cs"] {
            assert_eq!(chosen(accept), None, "{accept:?}");
        }
        let request = TestRequest::get().insert_header((header::ACCEPT, "image/png")).to_http_request();
        let refusal = choose(&request, &OFFERS).expect_err("a refusal").to_string();
        assert!(OFFERS.iter().all(|(_, media_type)| refusal.contains(media_type)), "{refusal}");
    }

    #[test]
    fn several_headers_are_one_list() {
        let request = TestRequest::get()
            .append_header((header::ACCEPT, "application/json;q=0.3"))
            .append_header((header::ACCEPT, "text/csv"))
            .to_http_request();
        assert_eq!(choose(&request, &OFFERS).ok(), Some(1));
    }
}
