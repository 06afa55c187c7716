//! Security headers of every response, and the contact for security reports.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, get, web};
use chrono::{Days, Utc};

use crate::config::ServeSettings;
use crate::error::ApiError;

/// For data, which are not pages: a browser loads nothing, runs nothing and shows them in no frame.
const STRICT: &str = "default-src 'none'; frame-ancestors 'none'";
/// For the interactive API reference: its own scripts, styles and images, and the responses of this service. Swagger UI
/// sets inline styles and has small images as data.
const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// Two years, as the preload lists of browsers require. Subdomains are not included, because others may run them.
const HSTS: &str = "max-age=63072000";
/// Validity of security.txt, in days. RFC 9116 (section 2.5.5) recommends less than a year.
const GOOD_FOR: Days = Days::new(180);

/// Adds the headers to a response for this path. A response with its own policy keeps it.
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
    // Browsers ignore this header over plain HTTP. A developer's machine must not send it.
    if settings.is_some_and(ServeSettings::is_https) {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
}

/// Forbids shared caches to store responses with links, because links depend on the caller's Host header. Immutable
/// responses have no links.
fn unshare(headers: &mut HeaderMap) {
    let rule = headers.get(header::CACHE_CONTROL).and_then(|rule| rule.to_str().ok());
    let private = rule.filter(|rule| !rule.contains("immutable")).and_then(|rule| rule.strip_prefix("public"));
    if let Some(private) = private.and_then(|rest| HeaderValue::from_str(&format!("private{rest}")).ok()) {
        headers.insert(header::CACHE_CONTROL, private);
    }
}

/// Contact for security reports
///
/// The format is RFC 9116.
#[utoipa::path(tag = "service", responses((status = 200, description = "Contact for security reports", content_type = "text/plain", body = String)))]
#[get("/.well-known/security.txt")]
pub async fn find_security_txt(settings: web::Data<ServeSettings>) -> Result<HttpResponse, ApiError> {
    // Precise to the day, so that every response of a day is the same.
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
