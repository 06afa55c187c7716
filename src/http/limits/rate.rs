//! The quota of each caller, and the limit on invalid credentials per address.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{Accept, Header, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, ResponseError, web};
use sha2::{Digest, Sha256};

use super::price::Prices;
use super::{Limits, identifies};
use crate::access::account::{Account, Identified};
use crate::error::ApiError;
use crate::http::client_address::{client_address, network};
use crate::http::list_format::Format;

type Served = Result<ServiceResponse<BoxBody>, actix_web::Error>;

/// For `/v1`, `/id` and `/ogc`, before the caller is identified: counts invalid credentials against the address. After
/// too many, further credentials are refused unchecked. Those that were valid a moment ago are exempt, because people
/// in an office share an address.
pub async fn limit_bad_credentials(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Served {
    let presented = presented(request.headers());
    let limits = request.app_data::<web::Data<Limits>>().cloned();
    let Some((limits, presented)) = limits.zip(presented) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let address = network(client_address(request.request()));
    let detail = "Too many requests from your address had an invalid token or key. Wait, then try again.";
    if !limits.good_credentials.contains_key(&presented)
        && let Err(refusal) = limits.bad_credentials.peek(address).check("credentials", detail)
    {
        return Ok(request.into_response(refusal.error_response()));
    }
    let response = next.call(request).await?.map_into_boxed_body();
    let found = response.request().extensions().get::<Held>().copied();
    if response.status() == StatusCode::UNAUTHORIZED {
        limits.good_credentials.invalidate(&presented);
        limits.bad_credentials.take(address, 1);
    } else if found.is_some() {
        limits.good_credentials.insert(presented, ());
    }
    Ok(response)
}

/// Digest that identifies credentials, so that they are not stored.
fn presented(headers: &HeaderMap) -> Option<[u8; 32]> {
    let mut digest = Sha256::new();
    let mut is_there = false;
    for name in ["authorization", "x-api-key"] {
        for value in headers.get_all(name) {
            is_there = true;
            digest.update(name);
            digest.update(value.as_bytes());
        }
    }
    is_there.then(|| digest.finalize().into())
}

/// Marks a request whose credentials are valid.
#[derive(Clone, Copy)]
struct Held;

/// For `/v1`, `/id` and `/ogc`, once the caller is identified: by account, otherwise by address.
pub async fn limit(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Served {
    let account = request.extensions().get::<Identified>().and_then(|found| found.as_ref().ok().copied().flatten());
    if account.is_some() {
        request.extensions_mut().insert(Held);
    }
    let accept = Accept::parse(&request).ok();
    let wants_whole = !matches!(Format::negotiated(accept.as_ref(), Format::OF_PLACES), Ok(None));
    let prices = request.app_data::<web::Data<Prices>>();
    let cost = prices.map_or(1, |prices| prices.units(&request, wants_whole));
    count(request, next, account.as_ref(), cost).await
}

/// For all other paths, where callers are not identified: by address. Health checks have no limit.
pub async fn limit_pages(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Served {
    if identifies(request.path()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let cost = request.app_data::<web::Data<Prices>>().map_or(1, |prices| prices.units(&request, false));
    if cost == 0 {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    count(request, next, None, cost).await
}

async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    account: Option<&Account>,
    cost: u32,
) -> Served {
    let Some(limits) = request.app_data::<web::Data<Limits>>() else {
        return Ok(request.into_response(ApiError::internal("the limits are not mounted").error_response()));
    };
    let standing = limits.take(account, client_address(request.request()), cost);
    let detail = match account {
        Some(_) => "You have used up your requests for now. Wait, then try again.",
        None => "Your address has used up its requests for now. Wait, or sign in for more.",
    };
    if let Err(refusal) = standing.check("default", detail) {
        return Ok(request.into_response(refusal.error_response()));
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    for (name, value) in standing.header_values("default") {
        // Append: another limit, such as that of sign-in, may have added its own. Both headers are lists.
        response.headers_mut().append(name, value);
    }
    Ok(response)
}
