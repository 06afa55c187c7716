//! Converts database errors to answers for callers.

use actix_web::http::header;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};

use super::{ApiError, Fault, problems};

/// Reason why a reachable database refuses writes. Attached to the answer inside the service, so that the readiness
/// check sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Read-only by a setting, or a standby (SQLSTATE 25006).
    ReadOnly,
    /// The disk is full (SQLSTATE 53100).
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

/// Constraint violations become client errors. A lost connection or a database that refuses writes becomes a 503. The
/// rest are errors of ours.
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
        (DatabaseErrorKind::UniqueViolation, Some("organisations_org_id_key")) => taken("/org_id", "identifier"),
        (DatabaseErrorKind::UniqueViolation, Some("users_email_key")) => taken("/email", "e-mail address"),
        (DatabaseErrorKind::UniqueViolation, Some("external_identities_pkey")) => taken("/identities", "identity"),
        (DatabaseErrorKind::ForeignKeyViolation, _) => ApiError::conflict(
            "Another record refers to this one, or a record that it refers to has just been deleted.",
        ),
        // The driver uses the second kind when nothing came back at all.
        (
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::SerializationFailure,
            _,
        ) => ApiError::unavailable(info.message()),
        (DatabaseErrorKind::ReadOnlyTransaction, _) => no_writes(Refusal::ReadOnly, info.message()),
        // The driver does not expose the code, so match the message.
        _ if info.message().contains("No space left on device") => no_writes(Refusal::DiskFull, info.message()),
        // Messages for a server that is stopping, gone, too slow or short of memory.
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

/// 503: the database answers, but refuses writes.
fn no_writes(refusal: Refusal, cause: &str) -> ApiError {
    let why = match refusal {
        Refusal::ReadOnly => "its database is read-only",
        Refusal::DiskFull => "its database has no disk space left",
    };
    let detail = format!(
        "The registry cannot save changes at the moment: {why}. Nothing was changed. You can still read. \
         Try again later."
    );
    ApiError { cause: Some(cause.to_owned()), refusal: Some(refusal), ..ApiError::new(&problems::UNAVAILABLE, detail) }
        .with_header(header::RETRY_AFTER, "10")
}

impl From<diesel_async::pooled_connection::deadpool::PoolError> for ApiError {
    fn from(error: diesel_async::pooled_connection::deadpool::PoolError) -> Self {
        Self::unavailable(error)
    }
}
