//! One error type for the whole service, and its problem document (RFC 9457) for callers.
//!
//! Every refusal is an [`ApiError`]; `problems.rs` explains each code. A 5xx reveals nothing internal. Its cause is
//! logged once, here only, with the request id that the caller gets.
//!
//! By hand: half of the members are our own, and the schema is part of the OpenAPI document. Libraries' types have no
//! such schema.

pub mod causes;
mod database;
pub mod fault;
pub mod problems;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
pub use database::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::fault::FaultList;
pub use crate::error::fault::{Fault, UNKNOWN};
use crate::error::problems::ProblemKind;

/// Largest body that is read, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

tokio::task_local! {
    /// Id of the current request, so that any error can name it.
    pub static REQUEST_ID: String;
}

/// Id of the current request, or `-` outside a request (command line, start-up).
pub fn request_id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_else(|_| "-".into())
}

/// A problem document (RFC 9457, `application/problem+json`).
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// Address of a page that explains this kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid", format = "uri-reference")]
    pub kind: String,
    /// Short title of this kind of problem.
    #[schema(example = "The body breaks a rule")]
    pub title: String,
    /// The HTTP status code.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time, and what you can do about it.
    #[schema(example = "2 members of the body are not valid.")]
    pub detail: String,
    /// Id of the request, as in `X-Request-Id`. Quote it when you ask for help.
    #[schema(example = "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60")]
    pub instance: String,
    /// Stable, machine-readable code of the problem.
    #[schema(example = "invalid")]
    pub code: String,
    /// Each fault in the request, if it has a place. Lists the first 50; the detail counts the rest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 50)]
    pub errors: Vec<Fault>,
}

/// An error that is sent to the caller.
#[derive(Debug)]
pub struct ApiError {
    kind: &'static ProblemKind,
    detail: String,
    faults: FaultList,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Cause of a 5xx, for the log only.
    cause: Option<String>,
    /// Reason why the database refuses writes, if that caused the error.
    refusal: Option<Refusal>,
}

impl ApiError {
    /// An error of a kind, with a detail about this request.
    pub fn new(kind: &'static ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            faults: FaultList::default(),
            headers: Vec::new(),
            cause: None,
            refusal: None,
        }
    }

    /// Adds a header to the answer, such as `Allow` or `Retry-After`.
    pub fn with_header(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.headers.push((name, value));
        }
        self
    }

    /// Replaces the detail.
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// 400: the request cannot be read.
    pub fn unreadable(detail: impl Into<String>) -> Self {
        Self::new(&problems::UNREADABLE, detail)
    }

    /// 400: the query string breaks a rule. Reports every fault at once.
    ///
    /// It is a 404 when the only faults are references to records that do not exist or that the caller may not see. The
    /// OpenAPI document cannot list current records, so a caller who follows it must not get a 400.
    pub fn bad_query(faults: impl Into<FaultList>) -> Self {
        let faults = faults.into();
        let absent = faults.reported().iter().all(|fault| fault.code == UNKNOWN);
        let kind = if absent { &problems::NOT_FOUND } else { &problems::BAD_QUERY };
        Self { detail: faults.count("query parameter"), faults, ..Self::new(kind, "") }
    }

    /// 401: the request needs credentials and has none.
    pub fn unauthenticated() -> Self {
        Self::new(&problems::UNAUTHENTICATED, "Sign in first: POST /v1/auth/login, then send Authorization: Bearer ….")
            .with_header(header::WWW_AUTHENTICATE, r#"Bearer realm="ccin-registry""#)
    }

    /// 401: the request exceeds what callers without an account may do.
    pub fn needs_key(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..Self::unauthenticated() }
    }

    /// 401: invalid credentials. Never treated as anonymous.
    pub fn bad_credentials(detail: impl Into<String>) -> Self {
        Self::new(&problems::BAD_CREDENTIALS, detail)
            .with_header(header::WWW_AUTHENTICATE, r#"Bearer realm="ccin-registry", error="invalid_token""#)
    }

    /// 403: the caller is known, but lacks permission.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(&problems::FORBIDDEN, detail)
    }

    /// 404: the record does not exist, or the caller may not see it. Both look the same.
    pub fn not_found(what: &str) -> Self {
        Self::new(&problems::NOT_FOUND, format!("There is no {what} here that you can see."))
    }

    /// 405, with the allowed methods.
    pub fn method_not_allowed(allow: &str) -> Self {
        Self::new(&problems::METHOD_NOT_ALLOWED, format!("This address accepts {allow}."))
            .with_header(header::ALLOW, allow)
    }

    /// 406, with the available media types.
    pub fn not_acceptable<'a>(offers: impl IntoIterator<Item = &'a str>) -> Self {
        let offers: Vec<&str> = offers.into_iter().collect();
        Self::new(&problems::NOT_ACCEPTABLE, format!("This address answers with {}.", offers.join(", ")))
    }

    /// 409: the request conflicts with the registry's data.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(&problems::CONFLICT, detail)
    }

    /// 404: withdrawn, with the public reason.
    pub fn withdrawn(what: &str, on: chrono::DateTime<chrono::Utc>, reason: Option<&str>) -> Self {
        let reason = reason.unwrap_or("no reason was given");
        Self::new(&problems::WITHDRAWN, format!("This {what} was withdrawn on {}: {reason}", on.format("%-d %B %Y")))
    }

    /// True for a 404 about a withdrawn record.
    pub fn is_withdrawn(&self) -> bool {
        std::ptr::eq(self.kind, &problems::WITHDRAWN)
    }

    /// 412: the record has changed since the caller read it. Carries the current ETag.
    pub fn stale(etag: &str) -> Self {
        Self::new(&problems::STALE, "The record has changed since you read it. Read it again, then repeat your change.")
            .with_header(header::ETAG, etag)
    }

    /// 413: the body is larger than the limit, in bytes.
    pub fn too_large(limit: usize) -> Self {
        Self::new(&problems::TOO_LARGE, format!("The body is larger than {limit} bytes, the limit for this address."))
    }

    /// 408: the body did not arrive within this many seconds, or arrived too slowly.
    pub fn too_slow(seconds: u16) -> Self {
        let detail =
            format!("The body did not arrive within {seconds} seconds, or arrived more slowly than 1 KiB a second.");
        Self::new(&problems::TIMED_OUT, detail)
    }

    /// 414: path and query are longer than the limit, in bytes.
    pub fn address_too_long(limit: usize) -> Self {
        Self::new(&problems::ADDRESS_TOO_LONG, format!("The address is longer than {limit} bytes."))
    }

    /// 431: more than `count` headers, or more than `bytes` bytes of headers.
    pub fn headers_too_large(count: usize, bytes: usize) -> Self {
        let detail = format!("The request has more than {count} headers, or more than {bytes} bytes of headers.");
        Self::new(&problems::HEADERS_TOO_LARGE, detail)
    }

    /// 415: this operation does not read the body's media type.
    pub fn unsupported_media_type(accepted: &str) -> Self {
        Self::new(&problems::UNSUPPORTED_MEDIA_TYPE, format!("Send the body as {accepted}."))
    }

    /// 409: the body is valid, but conflicts with the registry's current data. Reports every fault at once.
    pub fn unfit(faults: impl Into<FaultList>) -> Self {
        let faults = faults.into();
        let detail = faults.count("member");
        Self { faults, ..Self::new(&problems::CONFLICT, detail) }
    }

    /// 422: the body breaks a rule. Reports every fault at once.
    pub fn invalid(faults: impl Into<FaultList>) -> Self {
        let faults = faults.into();
        let detail = faults.count("member");
        Self { faults, ..Self::new(&problems::INVALID, detail) }
    }

    /// 422: the `Idempotency-Key` was used for a different request.
    pub fn key_reused() -> Self {
        let detail = "You used this Idempotency-Key for another request. Use a new key for each new request.";
        Self::new(&problems::KEY_REUSED, detail)
    }

    /// 428: a change without `If-Match`.
    pub fn precondition_required() -> Self {
        Self::new(&problems::PRECONDITION_REQUIRED, "Send If-Match with the ETag of the record as you last read it.")
    }

    /// 429, with the seconds to wait.
    pub fn too_many(detail: impl Into<String>, retry_after: u64) -> Self {
        Self::new(&problems::TOO_MANY, detail).with_header(header::RETRY_AFTER, retry_after.to_string())
    }

    /// 500: an error of ours. The cause is logged, never sent.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let detail = "This is our fault, and we have logged it. If you ask for help, quote the request id.";
        Self { cause: Some(cause.to_string()), ..Self::new(&problems::INTERNAL, detail) }
    }

    /// 503: the database is unreachable. The cause is logged, never sent.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        let detail = "The registry cannot reach its database at the moment. Try again in a few seconds.";
        Self { cause: Some(cause.to_string()), ..Self::new(&problems::UNAVAILABLE, detail) }
            .with_header(header::RETRY_AFTER, "2")
    }

    /// 503: the token issuer's keys are unavailable. Retry after this many seconds. The cause is logged, never sent.
    pub fn issuer_away(cause: impl std::fmt::Display, retry_after: u64) -> Self {
        Self {
            cause: Some(cause.to_string()),
            ..Self::new(
                &problems::UNAVAILABLE,
                "The keys of the service that issued your token are not available, so the registry cannot check the \
                 token. Try again later.",
            )
        }
        .with_header(header::RETRY_AFTER, retry_after.to_string())
    }

    /// 503: the limit of concurrent requests, or of the given kind of work, is reached. Retry after this many seconds.
    pub fn overloaded(work: &str, retry_after: u8) -> Self {
        let detail = format!("The registry cannot take more {work} at the moment. Try again in {retry_after} seconds.");
        Self::new(&problems::OVERLOADED, detail).with_header(header::RETRY_AFTER, retry_after.to_string())
    }

    /// 503: records are still being read into memory. `percent` of them are there.
    pub fn still_loading(percent: u64) -> Self {
        let detail =
            format!("The registry has just started and has read {percent}% of its records. Try again in a second.");
        Self::new(&problems::UNAVAILABLE, detail).with_header(header::RETRY_AFTER, "1")
    }

    /// The nearest problem for a status set by the framework.
    pub fn for_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::not_found("page"),
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large(MAX_BODY),
            StatusCode::METHOD_NOT_ALLOWED => Self::method_not_allowed("GET"),
            StatusCode::REQUEST_TIMEOUT => Self::new(&problems::TIMED_OUT, "The request did not arrive in time."),
            status if status.is_client_error() => Self::unreadable("The request could not be read."),
            status => Self::internal(format!("the framework answered {status}")),
        }
    }

    /// What happened, for people. Of a 5xx it says nothing about the cause.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The kind of error in a few words.
    pub fn title(&self) -> &'static str {
        self.kind.title
    }

    /// The reported faults.
    pub fn faults(&self) -> &[Fault] {
        self.faults.reported()
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.kind.code, self.cause.as_ref().unwrap_or(&self.detail))?;
        for fault in self.faults() {
            let place = fault.pointer.as_ref().or(fault.parameter.as_ref()).map_or("", |p| p.as_str());
            write!(f, "\n  {place} {}", fault.detail)?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let instance = request_id();
        if let Some(cause) = &self.cause {
            log::error!(request_id = instance.as_str(), status = self.kind.status; "{cause}");
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(refusal) = self.refusal {
            response.extensions_mut().insert(refusal);
        }
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.content_type("application/problem+json").insert_header((header::CACHE_CONTROL, "no-store")).json(
            Problem {
                kind: format!("/problems/{}", self.kind.code.replace('_', "-")),
                title: self.kind.title.into(),
                status: self.kind.status,
                detail: self.detail.clone(),
                instance,
                code: self.kind.code.into(),
                errors: self.faults().to_vec(),
            },
        )
    }
}
