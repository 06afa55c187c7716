//! `Idempotency-Key`: a repeated POST, sent because its response was lost, has no further effect.
//!
//! The first response is stored for 24 hours per caller, in the same transaction as the new record. An advisory lock
//! protects the key: a concurrent request with it gets 409 at once. A crash leaves neither the response nor the record.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, web};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::join;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use uuid::Uuid;

use super::response::Written;
use crate::access::keys::Keys;
use crate::db::prepared::all_done;
use crate::db::schema::idempotency_keys;
use crate::error::{ApiError, Fault};

/// Name of the header.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// The key of a request, if it has one. Operations that accept it list it in their `params`.
pub struct Idempotency {
    key: Option<String>,
    keys: web::Data<Keys>,
}

/// A stored first response.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
struct Kept {
    fingerprint: Vec<u8>,
    status: i16,
    location: Option<String>,
    etag: Option<String>,
    body: String,
}

diesel::define_sql_function! {
    /// Takes a lock until the end of the transaction, if it is free.
    fn pg_try_advisory_xact_lock(key: BigInt) -> Bool;
}

impl Idempotency {
    /// The first response to this request, if there was one. Call this first in the transaction that creates the
    /// record.
    pub async fn first_answer(
        &self,
        conn: &mut AsyncPgConnection,
        caller: Uuid,
        fingerprint: &[u8],
    ) -> Result<Option<Written>, ApiError> {
        let Some(key) = &self.key else { return Ok(None) };
        let lock = self.keys.mac("idempotency-lock", format!("{caller} {key}").as_bytes());
        let lock = i64::from_be_bytes(lock[..8].try_into().map_err(ApiError::internal)?);
        if !diesel::select(pg_try_advisory_xact_lock(lock)).get_result::<bool>(conn).await? {
            return Err(ApiError::conflict(
                "Another request with this Idempotency-Key is in progress. Try again in a moment.",
            ));
        }
        let kept: Option<Kept> = idempotency_keys::table
            .filter(idempotency_keys::caller.eq(caller))
            .filter(idempotency_keys::key.eq(key))
            .filter(idempotency_keys::created_at.gt(too_old()))
            .select(Kept::as_select())
            .first(conn)
            .await
            .optional()?;
        match kept {
            None => Ok(None),
            Some(kept) if kept.fingerprint != self.keys.mac("idempotency", fingerprint) => Err(ApiError::key_reused()),
            Some(Kept { status, location, etag, body, .. }) => {
                let status = StatusCode::from_u16(status.unsigned_abs()).map_err(ApiError::internal)?;
                Ok(Some(Written { status, location, etag, body }))
            }
        }
    }

    /// Stores the response, in the transaction that created the record.
    pub async fn keep(
        &self,
        conn: &mut AsyncPgConnection,
        caller: Uuid,
        fingerprint: &[u8],
        answer: &Written,
    ) -> Result<(), ApiError> {
        let Some(key) = &self.key else { return Ok(()) };
        let conn: &AsyncPgConnection = conn;
        let (mut first, mut second) = (conn, conn);
        let swept = diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.le(too_old())));
        let kept = diesel::insert_into(idempotency_keys::table).values((
            idempotency_keys::caller.eq(caller),
            idempotency_keys::key.eq(key),
            idempotency_keys::fingerprint.eq(self.keys.mac("idempotency", fingerprint)),
            idempotency_keys::status.eq(answer.status.as_u16().cast_signed()),
            idempotency_keys::location.eq(&answer.location),
            idempotency_keys::etag.eq(&answer.etag),
            idempotency_keys::body.eq(&answer.body),
        ));
        all_done(<[_; 2]>::from(join!(swept.execute(&mut first), kept.execute(&mut second))))?;
        Ok(())
    }
}

/// Responses older than this expire. Uses the clock of the database, which dated them: the clock of this machine may
/// differ.
fn too_old() -> SqlLiteral<Timestamptz> {
    sql("(now() - interval '24 hours')")
}

impl IntoParams for Idempotency {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![ParameterBuilder::new().name(IDEMPOTENCY_KEY).parameter_in(ParameterIn::Header).build()]
    }
}

impl FromRequest for Idempotency {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(keys) = request.app_data::<web::Data<Keys>>().cloned() else {
            return ready(Err(ApiError::internal("the keys are not mounted")));
        };
        let Some(sent) = request.headers().get(IDEMPOTENCY_KEY) else { return ready(Ok(Self { key: None, keys })) };
        let key = sent.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
        ready(match key {
            Some(key) => Ok(Self { key: Some(key.to_owned()), keys }),
            None => Err(ApiError::bad_query(vec![Fault::parameter(
                IDEMPOTENCY_KEY,
                "malformed",
                "is not 1 to 255 printable ASCII characters",
            )])),
        })
    }
}
