//! Limits concurrent work. Above the limit, requests get 503 at once, so that the others stay fast.
//!
//! A request has its [`Permit`] from its head to the last byte of its response, except while its body arrives. Slow
//! senders wait in a place for uploads.

use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, ResponseError, web};

use super::Limits;
use super::shares::Share;
use crate::error::ApiError;
use crate::http::client_address::{client_address, network};

/// Maximum size of a small response, in bytes. It fits in the buffer of its connection and is not counted.
pub const SMALL: usize = 32 * 1024;

/// Resources of a request until its response is sent: its place, and the bytes of a long response.
#[derive(Clone, Default)]
pub struct Permit(Rc<RefCell<Held>>);

#[derive(Default)]
struct Held {
    in_work: Option<Share>,
    answer: Option<Share>,
}

impl Permit {
    fn enter(&self, limits: &Limits, address: IpAddr) -> Result<(), ApiError> {
        let share = limits.in_work.take(address, 1).ok_or_else(|| ApiError::overloaded("requests", 1))?;
        self.0.borrow_mut().in_work = Some(share);
        Ok(())
    }

    fn hold_answer(&self, limits: &Limits, address: IpAddr, bytes: usize) -> Result<(), ApiError> {
        let share = limits.answers.take(address, bytes).ok_or_else(|| ApiError::overloaded("unread answers", 5))?;
        self.0.borrow_mut().answer = Some(share);
        Ok(())
    }
}

/// Refuses requests above the limit. Health checks are exempt: otherwise a supervisor would stop the service when it is
/// needed most.
pub async fn shed(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let limits = request.app_data::<web::Data<Limits>>().filter(|_| !request.path().starts_with("/health")).cloned();
    let Some(limits) = limits else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let address = network(client_address(request.request()));
    let place = Permit::default();
    if let Err(refusal) = place.enter(&limits, address) {
        return Ok(request.into_response(refusal.error_response()));
    }
    request.extensions_mut().insert(place.clone());
    let response = next.call(request).await?;
    match response.response().body().size() {
        BodySize::Sized(bytes) if bytes > SMALL as u64 => match place.hold_answer(&limits, address, bytes as usize) {
            Ok(()) => Ok(response.map_into_boxed_body()),
            Err(refusal) => Ok(response.into_response(refusal.error_response())),
        },
        _ => Ok(response.map_into_boxed_body()),
    }
}

/// Waits for the body of a request. Meanwhile the request gives up its place and takes one for uploads.
pub async fn outside<T>(
    request: &HttpRequest,
    arriving: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    let limits =
        request.app_data::<web::Data<Limits>>().ok_or_else(|| ApiError::internal("the limits are not mounted"))?;
    let address = network(client_address(request));
    let place = request.extensions().get::<Permit>().cloned().unwrap_or_default();
    let _upload = limits.uploads.take(address, 1).ok_or_else(|| ApiError::overloaded("uploads", 1))?;
    place.0.borrow_mut().in_work = None;
    let arrived = arriving.await?;
    place.enter(limits, address)?;
    Ok(arrived)
}
