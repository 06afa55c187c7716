//! How large a request may be, but for its body, which has a limit where it is read.
//!
//! actix itself takes no head above 128 KiB or of more than 96 headers: it answers 431 without a body and closes.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, ResponseError};

use crate::error::{ApiError, Fault};

/// Longest path and query together, in bytes. RFC 9110 (section 4.1) recommends to take 8,000.
pub const MAX_ADDRESS: usize = 8192;
/// Most headers. Browsers send some 20, proxies add some 10.
pub const MAX_HEADERS: usize = 64;
/// Most bytes of all headers together, as they are sent. Common servers take 8 to 32 KiB.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;
/// Most parameters of a query: each filter of the grammar several times.
pub const MAX_PARAMETERS: usize = 100;

/// Refuse what is too large.
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
    // ": " and the end of the line are sent as well.
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if headers.len() > MAX_HEADERS || bytes > MAX_HEADER_BYTES {
        return Err(ApiError::headers_too_large(MAX_HEADERS, MAX_HEADER_BYTES));
    }
    if form_urlencoded::parse(request.query_string().as_bytes()).nth(MAX_PARAMETERS).is_some() {
        // The name is not repeated: nobody has looked yet whether it is a secret.
        let place = format!("number {}", MAX_PARAMETERS + 1);
        let detail = format!("is one too many: at most {MAX_PARAMETERS} parameters are allowed");
        return Err(ApiError::bad_query(vec![Fault::parameter(place, "too_many", detail)]));
    }
    Ok(())
}
