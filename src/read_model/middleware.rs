//! Middleware for requests under `/v1`, `/id` and `/ogc`. A write is visible to the next read, and a caller who moves
//! between instances can ask for the state of the first one.

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
use crate::access::keys::Keys;
use crate::error::{ApiError, Fault};

/// The state of the registry in a response, as an opaque text.
pub const REGISTRY_POSITION: HeaderName = HeaderName::from_static("registry-position");
/// The minimum state for the response.
pub const REGISTRY_MIN_POSITION: HeaderName = HeaderName::from_static("registry-min-position");
/// When the snapshot was last known to be up to date. Sent only while the database cannot be reached.
const LAST_SYNCED: HeaderName = HeaderName::from_static("last-synced");

/// How long a request waits for the position that it asks for.
const MAX_WAIT: Duration = Duration::from_secs(1);
const PURPOSE: &str = "position";

/// Before the handler, wait for the requested position; after a write, wait until the snapshot includes it.
pub async fn read_your_writes(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let (Some(model), Some(keys)) =
        (request.app_data::<web::Data<ReadModel>>().cloned(), request.app_data::<web::Data<Keys>>().cloned())
    else {
        return Ok(request.into_response(ApiError::internal("the read model is not mounted").error_response()));
    };
    if let Some(wanted) = request.headers().get(REGISTRY_MIN_POSITION) {
        let Some((epoch, position)) = open(&keys, wanted) else {
            let detail = "is not a position that this service issued; start again without it";
            return Ok(request.into_response(refusal("malformed", detail).error_response()));
        };
        if model.snapshot().is_some_and(|snapshot| snapshot.epoch != epoch) {
            let detail = "is from before the database was restored; start again without it";
            return Ok(request.into_response(refusal("bad_cursor", detail).error_response()));
        }
        // Continue after a timeout too: stale data are better than no response.
        let _ = model.reach(position, MAX_WAIT).await;
    }
    let is_read = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let is_known = request.headers().contains_key("authorization") || request.headers().contains_key("x-api-key");
    let mut response = next.call(request).await?.map_into_boxed_body();
    if !is_read && response.status().is_success() && !model.settle().await {
        log::warn!("a write is not in the read model of this instance yet; responding anyway");
    }
    let held = response.request().extensions().get::<CurrentSnapshot>().map(|held| held.0.clone());
    if let Some(snapshot) = held.filter(|_| is_read).or_else(|| model.snapshot()) {
        // Anonymous callers get the public position, so that it does not reveal the number of hidden changes.
        let position = if is_known { snapshot.position } else { snapshot.public_position };
        let sealed = keys.seal(PURPOSE, &[snapshot.epoch.to_be_bytes(), position.to_be_bytes()].concat());
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

/// The epoch and position in a sealed text.
fn open(keys: &Keys, sealed: &HeaderValue) -> Option<(i64, i64)> {
    let opened = keys.open(PURPOSE, sealed.to_str().ok()?)?;
    let (epoch, position) = opened.split_first_chunk()?;
    Some((i64::from_be_bytes(*epoch), i64::from_be_bytes(position.try_into().ok()?)))
}

fn refusal(code: &str, detail: &str) -> ApiError {
    ApiError::bad_query(vec![Fault::parameter(REGISTRY_MIN_POSITION.as_str(), code, detail)])
}
