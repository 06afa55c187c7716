//! Maximum size of a request without its body. The body's limit applies where it is read.
//!
//! actix itself refuses heads above 128 KiB or with more than 96 headers: it answers 431 without a body and closes.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, ResponseError};

use crate::error::{ApiError, Fault};

/// Maximum length of path and query together, in bytes. RFC 9110 (section 4.1) recommends at least 8,000.
pub const MAX_ADDRESS: usize = 8192;
/// Maximum number of headers. Browsers send some 20; proxies add some 10.
pub const MAX_HEADERS: usize = 64;
/// Maximum total size of the headers as sent, in bytes. Common servers accept 8 to 32 KiB.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;
/// Maximum number of query parameters: enough for each filter several times.
pub const MAX_PARAMETERS: usize = 100;

/// Refuses requests that are too large.
pub async fn bounds(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match check(request.request()) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(refusal) => Ok(request.into_response(refusal.error_response())),
    }
}

fn check(request: &HttpRequest) -> Result<(), ApiError> {
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address > MAX_ADDRESS {
        return Err(ApiError::address_too_long(MAX_ADDRESS));
    }
    let headers = request.headers();
    // Each header also has ": " and a line ending.
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers.len() > MAX_HEADERS || bytes > MAX_HEADER_BYTES {
        return Err(ApiError::headers_too_large(MAX_HEADERS, MAX_HEADER_BYTES));
    }
    if form_urlencoded::parse(request.query_string().as_bytes()).nth(MAX_PARAMETERS).is_some() {
        // Do not repeat the name: it could be a secret.
        let place = format!("number {}", MAX_PARAMETERS + 1);
        let detail = format!("is one too many: at most {MAX_PARAMETERS} parameters are allowed");
        return Err(ApiError::bad_query(vec![Fault::parameter(place, "too_many", detail)]));
    }
    Ok(())
}
