//! The extractor with which handlers write audit events.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::action::Action;
use super::store;
use super::subject::{Actor, Subject};
use crate::access::keys::Keys;
use crate::error::ApiError;

/// Writes events to the audit trail, with the keys that seal it.
pub struct Trail(web::Data<Keys>);

impl Trail {
    /// Adds an event. Call it at the end of the transaction, see [`store::record`].
    pub async fn record(
        &self,
        conn: &mut AsyncPgConnection,
        actor: impl Into<Actor>,
        action: Action,
        subject: Subject<'_>,
    ) -> Result<(), ApiError> {
        store::record(conn, &self.0, &actor.into(), action, subject).await
    }

    /// Adds an event for each further record that this transaction changed. `recorded` has the ids of those that
    /// already have an event.
    pub async fn record_side_effects(
        &self,
        conn: &mut AsyncPgConnection,
        actor: impl Into<Actor>,
        recorded: &[Uuid],
    ) -> Result<(), ApiError> {
        store::record_side_effects(conn, &self.0, &actor.into(), recorded).await
    }
}

impl FromRequest for Trail {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let keys = request.app_data::<web::Data<Keys>>().cloned();
        ready(keys.map(Self).ok_or_else(|| ApiError::internal("the keys are not mounted")))
    }
}
