//! What every request below `/v1`, `/id` and `/ogc` has of the read model: a write is seen by the next read, and a caller who
//! goes from one instance to another can ask for the state that the first one had.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, ResponseError, web};

use chrono::SecondsFormat;

use super::extractor::CurrentSnapshot;
use super::follower::{ReadModel, Status};
use crate::auth::keys::Keys;
use crate::error::{ApiError, Fault};

/// The state of the registry that an answer shows: a text that only the service can read.
pub const REGISTRY_POSITION: HeaderName = HeaderName::from_static("registry-position");
/// The state that an answer must show at least.
pub const REGISTRY_MIN_POSITION: HeaderName = HeaderName::from_static("registry-min-position");
/// When the state was last known to be that of the database; only where that is away.
const LAST_SYNCED: HeaderName = HeaderName::from_static("last-synced");

/// How long a request waits for the position that it asks for.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
const PURPOSE: &str = "position";

/// Wait for the position that a reader asks for; after a write, until the read model of this instance has it.
pub async fn keep_in_step(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (Some(model), Some(keys)) =
        (request.app_data::<web::Data<ReadModel>>().cloned(), request.app_data::<web::Data<Keys>>().cloned())
    else {
        return Ok(request.into_response(ApiError::internal("the read model is not mounted").error_response()));
    };
    if let Some(wanted) = request.headers().get(REGISTRY_MIN_POSITION) {
        match open(&keys, wanted) {
            Some(position) => drop(model.reach(position, LONGEST_WAIT).await),
            None => return Ok(request.into_response(refusal().error_response())),
        }
    }
    let is_read = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let is_known = request.headers().contains_key("authorization") || request.headers().contains_key("x-api-key");
    let mut response = next.call(request).await?.map_into_boxed_body();
    if !is_read && response.status().is_success() && !model.settle().await {
        log::warn!("a write is not in the read model of this instance yet; the answer goes out all the same");
    }
    let held = response.request().extensions().get::<CurrentSnapshot>().map(|held| held.0.clone());
    if let Some(snapshot) = held.filter(|_| is_read).or_else(|| model.snapshot()) {
        // To strangers a position says no more than what they could notice: how much is written that they do not see is not
        // theirs to know.
        let position = if is_known { snapshot.position } else { snapshot.public_position };
        let sealed = keys.seal(PURPOSE, &position.to_be_bytes());
        if let Ok(value) = HeaderValue::from_str(&sealed) {
            response.headers_mut().insert(REGISTRY_POSITION, value);
        }
    }
    if let (Status::Degraded { .. }, Some(at)) = (model.status(), model.synced_at())
        && let Ok(at) = HeaderValue::from_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
    {
        response.headers_mut().insert(LAST_SYNCED, at);
    }
    Ok(response)
}

fn open(keys: &Keys, sealed: &HeaderValue) -> Option<i64> {
    let opened = keys.open(PURPOSE, sealed.to_str().ok()?)?;
    Some(i64::from_be_bytes(opened.as_slice().try_into().ok()?))
}

fn refusal() -> ApiError {
    let detail = "is no position that this service gave out; leave it out, or send the last Registry-Position";
    ApiError::bad_query(vec![Fault::parameter(REGISTRY_MIN_POSITION.as_str(), "malformed", detail)])
}
