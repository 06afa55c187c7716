//! The extractor that gives a handler its records: one snapshot per request.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::follower::ReadModel;
use super::snapshot::Snapshot;
use crate::error::ApiError;

/// The snapshot of a request. It stays the same from the first use to the last byte of the response.
#[derive(Clone, Debug)]
pub struct CurrentSnapshot(pub Arc<Snapshot>);

impl Deref for CurrentSnapshot {
    type Target = Snapshot;
    fn deref(&self) -> &Snapshot {
        &self.0
    }
}

impl FromRequest for CurrentSnapshot {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Some(held) = request.extensions().get::<Self>() {
            return ready(Ok(held.clone()));
        }
        let Some(model) = request.app_data::<web::Data<ReadModel>>() else {
            return ready(Err(ApiError::internal("the read model is not mounted")));
        };
        ready(model.snapshot().map_or_else(
            || Err(model.still_loading()),
            |snapshot| {
                let held = Self(snapshot);
                request.extensions_mut().insert(held.clone());
                Ok(held)
            },
        ))
    }
}
