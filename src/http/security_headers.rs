//! What every answer tells a browser to be strict about, and where to report what was overlooked.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, get, web};
use chrono::{Days, Utc};

use super::input::{NoParams, Query};
use crate::config::ServeSettings;
use crate::error::ApiError;

/// Data are no pages: whatever a browser takes them for, it loads nothing, runs nothing and shows them in no frame.
const STRICT: &str = "default-src 'none'; frame-ancestors 'none'";
/// The interactive page of the document: its own scripts, styles and images and this service's answers. Swagger UI sets
/// styles in place, and brings small images as data.
const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Two years, as browsers' own lists of such sites ask for. Other names below this one are not ours to promise for.
const HSTS: &str = "max-age=63072000";
/// How long security.txt is good for, in days. RFC 9116 (section 2.5.5) recommends less than a year.
const GOOD_FOR: Days = Days::new(180);

/// Put the headers on an answer. `path` is the one that was asked for. An answer that brings a policy of its own keeps it.
pub fn secure(headers: &mut HeaderMap, path: &str, settings: Option<&ServeSettings>) {
    let policy = if path == "/docs" || path.starts_with("/docs/") { DOCS } else { STRICT };
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if settings.is_some_and(ServeSettings::follows_host) {
        unshare(headers);
    }
    // Over plain HTTP browsers ignore it, and a developer's machine must not be told.
    if settings.is_some_and(ServeSettings::is_https) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
}

/// Links in an answer follow the Host header, which is the caller's own say: no cache may hand it to others. What is the same
/// for ever has no links.
fn unshare(headers: &mut HeaderMap) {
    let rule = headers.get(header::CACHE_CONTROL).and_then(|rule| rule.to_str().ok());
    let private = rule.filter(|rule| !rule.contains("immutable")).and_then(|rule| rule.strip_prefix("public"));
    if let Some(private) = private.and_then(|rest| HeaderValue::from_str(&format!("private{rest}")).ok()) {
        headers.insert(header::CACHE_CONTROL, private);
    }
}

/// Where to report a weakness
///
/// As RFC 9116 has it.
#[utoipa::path(tag = "service", responses((status = 200, description = "Whom to tell", content_type = "text/plain", body = String)))]
#[get("/.well-known/security.txt")]
pub async fn find_security_txt(
    settings: web::Data<ServeSettings>,
    _: Query<NoParams>,
) -> Result<HttpResponse, ApiError> {
    // To the day, so that the answer of a day is the same everywhere.
    let expires = Utc::now().date_naive() + GOOD_FOR;
    let mut text =
        format!("Contact: {}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: en\n", settings.security_contact);
    if let Some(url) = &settings.public_url {
        text.push_str(&format!("Canonical: {}/.well-known/security.txt\n", url.trim_end_matches('/')));
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("Cache-Control", "public, max-age=86400"))
        .body(text))
}
