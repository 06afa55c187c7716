//! Middleware around every request. It sets the request id and serves HEAD as GET. It turns errors of the framework
//! into problem documents, marks ETags with their encoding, and writes one log line.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, Accept, Header, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::still_true_page;
use crate::accounts::api_keys::key::holds_secret;
use crate::config::ServeSettings;
use crate::error::{ApiError, REQUEST_ID};
use crate::formats::web::errors::nothing_here;
use crate::http::negotiate::wants_page;
use crate::http::response::HeadOnly;
use crate::http::security_headers::secure;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Encodings and their suffixes in an ETag. A strong tag identifies one sequence of bytes (RFC 9110, section 8.8.3.3).
const ENCODINGS: [(&str, &str); 2] = [("gzip", "-gzip\""), ("br", "-br\"")];

/// Serves a request.
pub async fn frame(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let began = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let path = request.path().to_owned();
    if method == Method::HEAD {
        // The connection itself sends no body for HEAD, so routing can treat it as GET.
        request.head_mut().method = Method::GET;
        request.extensions_mut().insert(HeadOnly);
    }
    let settings = request.app_data::<web::Data<ServeSettings>>().cloned();
    let asked = plain_etags(request.headers_mut());

    let served = REQUEST_ID.scope(id.clone(), async { next.call(request).await.map(as_problem) }).await;
    let mut response = match served {
        Ok(response) => response,
        // An inner layer returned an error instead of an answer. Make it an answer, with the request id.
        Err(error) => {
            let mut answer = REQUEST_ID.sync_scope(id.clone(), || problem_of(&error));
            name_request(answer.headers_mut(), &id);
            secure(answer.headers_mut(), &path, settings.as_ref().map(|settings| settings.get_ref()));
            return Err(actix_web::error::InternalError::from_response(error.to_string(), answer).into());
        }
    };
    mark_encoding(response.headers_mut(), asked);
    // Set it without an `Origin` header too: a cache can give this answer to a browser later.
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    lighten(response.headers_mut());
    name_request(response.headers_mut(), &id);
    secure(response.headers_mut(), &path, settings.as_ref().map(|settings| settings.get_ref()));
    // Callers can put a credential in the address by mistake. Keep it out of the log.
    let path = if holds_secret(&percent_decode_str(&path).decode_utf8_lossy()) {
        "(an address with a secret in it)"
    } else {
        path.as_str()
    };
    log::info!(
        request_id = id.as_str(), method = method.as_str(), path = path,
        status = response.status().as_u16(), milliseconds = began.elapsed().as_millis() as u64;
        "{method} {path} {}", response.status().as_u16()
    );
    Ok(response)
}

/// The `X-Request-Id` of the request if it is valid; otherwise a new id.
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(&X_REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        })
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

fn name_request(headers: &mut HeaderMap, id: &str) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
}

/// Leaves out headers that say nothing: a page waits for every byte of them on a slow connection. Scripts of other sites
/// read data, not pages. `Compress` names `Accept-Encoding` in `Vary` once more.
fn lighten(headers: &mut HeaderMap) {
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        headers.remove(header::ACCESS_CONTROL_EXPOSE_HEADERS);
    }
    let mut names: Vec<&str> = Vec::new();
    for name in headers.get_all(header::VARY).filter_map(|value| value.to_str().ok()).flat_map(|names| names.split(','))
    {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name.trim())) {
            names.push(name.trim());
        }
    }
    if let Some(vary) = HeaderValue::from_str(&names.join(", ")).ok().filter(|vary| !vary.is_empty()) {
        headers.insert(header::VARY, vary);
    }
}

/// Turns an error into a problem document, unless it already is one or is a page.
fn as_problem(response: ServiceResponse<impl MessageBody + 'static>) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    // A page explains in its own words that a record does not exist.
    let is_said = [&b"application/problem+json"[..], b"text/html"].iter().any(|said| kind.starts_with(said));
    if is_said || !(status.is_client_error() || status.is_server_error()) {
        return response.map_into_boxed_body();
    }
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, ApiError::for_status(status).error_response())
}

fn problem_of(error: &actix_web::Error) -> HttpResponse {
    match error.as_error::<ApiError>() {
        Some(ours) => ours.error_response(),
        None => ApiError::for_status(error.as_response_error().status_code()).error_response(),
    }
}

/// Removes the suffix of an encoding from the caller's ETags. Returns the suffix.
fn plain_etags(headers: &mut HeaderMap) -> Option<&'static str> {
    let tags = headers.get(header::IF_NONE_MATCH)?.to_str().ok()?.to_owned();
    let (_, mark) = ENCODINGS.into_iter().find(|(_, mark)| tags.contains(mark))?;
    headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(&tags.replace(mark, "\"")).ok()?);
    Some(mark)
}

/// Adds the suffix of the encoding to the ETag. A 304 gets the suffix of the ETag that it confirms.
fn mark_encoding(headers: &mut HeaderMap, confirmed: Option<&'static str>) {
    // It keeps a body from being compressed. For callers it is no encoding (RFC 9110, section 8.4.1).
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "identity") {
        headers.remove(header::CONTENT_ENCODING);
    }
    let encoding = headers.get(header::CONTENT_ENCODING).and_then(|value| value.to_str().ok());
    let chosen = ENCODINGS.into_iter().find(|(name, _)| Some(*name) == encoding).map(|(_, mark)| mark);
    let unsent = !headers.contains_key(header::CONTENT_TYPE);
    let Some(mark) = chosen.or(confirmed.filter(|_| unsent)) else { return };
    let marked = headers
        .get(header::ETAG)
        .and_then(|tag| tag.to_str().ok()?.strip_suffix('"').map(|tag| format!("{tag}{mark}")))
        .and_then(|tag| HeaderValue::from_str(&tag).ok());
    if let Some(marked) = marked {
        headers.insert(header::ETAG, marked);
    }
}

/// Methods of each address, from the OpenAPI document. Used for 405 and OPTIONS.
pub struct Methods(Vec<(ResourceDef, String)>);

impl Methods {
    /// Methods from the finished document, plus GET for these addresses of pages and files.
    pub fn new(document: &Value, pages: impl Iterator<Item = &'static str>) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let mut known: Vec<_> = paths
            .map(|(path, operations)| {
                let mut methods: Vec<String> = operations
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(method, _)| method.to_uppercase())
                    .filter(|method| ["GET", "PUT", "POST", "DELETE", "PATCH"].contains(&method.as_str()))
                    .collect();
                if methods.iter().any(|method| method == "GET") {
                    methods.push("HEAD".into());
                }
                methods.push("OPTIONS".into());
                (ResourceDef::new(path.as_str()), methods.join(", "))
            })
            .collect();
        for path in ["/openapi.json", "/openapi-strict.json", "/docs"].into_iter().chain(pages) {
            known.push((ResourceDef::new(path), "GET, HEAD, OPTIONS".into()));
        }
        known.push((ResourceDef::new(still_true_page::PAGE), "GET, HEAD, POST, OPTIONS".into()));
        Self(known)
    }

    fn of(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(resource, _)| resource.is_match(path)).map(|(_, methods)| methods.as_str())
    }
}

/// True for a browser at an address outside the API.
fn is_for_people(request: &HttpRequest) -> bool {
    let is_api = request.path().starts_with("/v1/");
    !is_api && request.method() == Method::GET && wants_page(Accept::parse(request).ok().as_ref())
}

/// Answers requests that match no operation: an unsupported method or an unknown address.
pub async fn fallback(request: HttpRequest, methods: web::Data<Methods>) -> Result<HttpResponse, ApiError> {
    match methods.of(request.path()) {
        Some(allow) if request.method() == Method::OPTIONS => {
            Ok(HttpResponse::build(StatusCode::NO_CONTENT).insert_header((header::ALLOW, allow)).finish())
        }
        Some(allow) => Err(ApiError::method_not_allowed(allow)),
        None if is_for_people(&request) => Ok(nothing_here()),
        None => Err(ApiError::not_found("page")),
    }
}
