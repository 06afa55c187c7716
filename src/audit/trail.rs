//! What a handler needs to leave an event.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::model::Action;
use super::store;
use super::subject::{Actor, Subject};
use crate::access::keys::Keys;
use crate::error::ApiError;

/// The way into the audit trail, with the keys that seal it.
pub struct Trail(web::Data<Keys>);

impl Trail {
    /// Leave an event. The last thing in the transaction of what it tells of, see [`store::record`].
    pub async fn record(
        &self,
        conn: &mut AsyncPgConnection,
        actor: impl Into<Actor>,
        action: Action,
        subject: Subject<'_>,
    ) -> Result<(), ApiError> {
        store::record(conn, &self.0, &actor.into(), action, subject).await
    }

    /// Leave an event for every record whose version has changed because of those that events tell of already.
    pub async fn record_besides(
        &self,
        conn: &mut AsyncPgConnection,
        actor: impl Into<Actor>,
        told: &[Uuid],
    ) -> Result<(), ApiError> {
        store::record_besides(conn, &self.0, &actor.into(), told).await
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
