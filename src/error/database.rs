//! What callers are told when the database refuses.

use actix_web::http::header;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

use super::{ApiError, Fault, problems};

/// Why a database that answers takes no writes. It goes along with the answer, inside the service, so that the service's
/// readiness learns of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// By a setting, or because it is a standby (SQLSTATE 25006).
    ReadOnly,
    /// There is no room for more (SQLSTATE 53100).
    DiskFull,
}

impl From<DieselError> for ApiError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::not_found("record"),
            DieselError::DatabaseError(kind, info) => from_database(kind, info.as_ref()),
            DieselError::BrokenTransactionManager => Self::unavailable("the connection broke within a transaction"),
            DieselError::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            other => Self::internal(other),
        }
    }
}

/// Constraint names become client errors; a lost connection or a database that takes no writes becomes a 503; the rest is
/// ours.
fn from_database(kind: DatabaseErrorKind, info: &dyn DatabaseErrorInformation) -> ApiError {
    let taken = |pointer: &str, what: &str| {
        let mut error = ApiError::conflict(format!("This {what} belongs to another record."));
        error.faults = vec![Fault::at(pointer, "taken", format!("this {what} belongs to another record"))].into();
        error
    };
    match (kind, info.constraint_name()) {
        (DatabaseErrorKind::UniqueViolation, Some("slugs_pkey")) => taken("/slug", "slug (present or former)"),
        (DatabaseErrorKind::UniqueViolation, Some("councils_gss_code")) => taken("/gss_code", "GSS code"),
        (DatabaseErrorKind::UniqueViolation, Some("councils_code")) => taken("/code", "code"),
        (DatabaseErrorKind::UniqueViolation, Some("users_email_key")) => taken("/email", "e-mail address"),
        (DatabaseErrorKind::UniqueViolation, Some("external_identities_pkey")) => taken("/identities", "identity"),
        (DatabaseErrorKind::ForeignKeyViolation, _) => {
            ApiError::conflict("Another record refers to this one, or one that it refers to has just gone.")
        }
        // By the second the driver says that nothing came back at all.
        (
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure,
            _,
        ) => ApiError::unavailable(info.message()),
        (DatabaseErrorKind::ReadOnlyTransaction, _) => no_writes(Refusal::ReadOnly, info.message()),
        // The driver keeps the code to itself, so the words must do.
        _ if info.message().contains("No space left on device") => no_writes(Refusal::DiskFull, info.message()),
        // Messages by which the server or the driver says that the server is going, gone, took too long or has too little.
        _ if [
            "terminating connection",
            "statement timeout",
            "starting up",
            "shutting down",
            "deadlock",
            "out of memory",
            "out of shared memory",
        ]
        .iter()
        .any(|sign| info.message().contains(sign)) =>
        {
            ApiError::unavailable(info.message())
        }
        _ => ApiError::internal(format!("{kind:?}: {}", info.message())),
    }
}

/// 503: the database answers, and takes no writes.
fn no_writes(refusal: Refusal, cause: &str) -> ApiError {
    let why = match refusal {
        Refusal::ReadOnly => "its store is read-only",
        Refusal::DiskFull => "the disk of its store is full",
    };
    let detail = format!(
        "The registry takes no changes just now: {why}. Nothing was changed, and reads go on. Try again later."
    );
    ApiError { cause: Some(cause.to_owned()), refusal: Some(refusal), ..ApiError::new(&problems::UNAVAILABLE, detail) }
        .with_header(header::RETRY_AFTER, "10")
}

impl From<diesel_async::pooled_connection::deadpool::PoolError> for ApiError {
    fn from(error: diesel_async::pooled_connection::deadpool::PoolError) -> Self {
        Self::unavailable(error)
    }
}
