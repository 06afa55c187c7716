//! The catalogue of problems. `GET /problems/{code}` serves it.

/// One kind of problem.
#[derive(Debug)]
pub struct ProblemKind {
    /// Stable, machine-readable code.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Short title.
    pub title: &'static str,
    /// Meaning and advice for people.
    pub help: &'static str,
}

/// 400.
pub static UNREADABLE: ProblemKind = ProblemKind {
    code: "unreadable",
    status: 400,
    title: "The request cannot be read",
    help: "The body is not valid JSON (RFC 8259), is not UTF-8 or has the same member twice, or a header is not \
           valid. The detail says where. Nothing was changed.",
};
/// 400.
pub static BAD_QUERY: ProblemKind = ProblemKind {
    code: "bad_query",
    status: 400,
    title: "The query string breaks a rule",
    help: "A parameter is unknown, has a value that is not allowed, or is given twice although it takes one value. \
           `errors` lists each of these parameters, with the nearest valid name if there is one.",
};
/// 401.
pub static UNAUTHENTICATED: ProblemKind = ProblemKind {
    code: "unauthenticated",
    status: 401,
    title: "Sign in first",
    help: "You need an account for this operation. Sign in with POST /v1/auth/login, then send the access token as \
           Authorization: Bearer ….",
};
/// 401.
pub static BAD_CREDENTIALS: ProblemKind = ProblemKind {
    code: "bad_credentials",
    status: 401,
    title: "The credentials are not valid",
    help: "The token or key is malformed or expired, the session has ended, or the e-mail address and password do \
           not match. Correct the credentials, or leave them out: a request with bad credentials is never treated \
           as anonymous.",
};
/// 403.
pub static FORBIDDEN: ProblemKind = ProblemKind {
    code: "forbidden",
    status: 403,
    title: "You do not have permission",
    help: "You are signed in, but your role does not allow this operation.",
};
/// 404.
pub static NOT_FOUND: ProblemKind = ProblemKind {
    code: "not_found",
    status: 404,
    title: "Not found",
    help: "There is nothing at this address, or you do not have permission to see it. Both get the same answer. You \
           also get it if a filter names such a record: `errors` then gives the nearest name.",
};
/// 404, not 410: for a client without our catalogue the record simply does not exist any more (RFC 9110 allows both).
pub static WITHDRAWN: ProblemKind = ProblemKind {
    code: "withdrawn",
    status: 404,
    title: "The record was withdrawn",
    help: "The record was public before. The detail gives the date and the public reason. The address will not be \
           used again.",
};
/// 405.
pub static METHOD_NOT_ALLOWED: ProblemKind = ProblemKind {
    code: "method_not_allowed",
    status: 405,
    title: "Method not allowed",
    help: "This address does not support the request method. The `Allow` header lists the methods that you can use.",
};
/// 406.
pub static NOT_ACCEPTABLE: ProblemKind = ProblemKind {
    code: "not_acceptable",
    status: 406,
    title: "Media type not available",
    help: "The registry cannot answer in a media type that your `Accept` header names. The detail lists the media \
           types that you can use. Without `Accept` you get JSON.",
};
/// 409.
pub static CONFLICT: ProblemKind = ProblemKind {
    code: "conflict",
    status: 409,
    title: "Conflict with existing data",
    help: "The request is well formed, but conflicts with the registry's current data. For example, a slug or code \
           is taken, a theme is in use, or another request with the same Idempotency-Key is still being served. If \
           the body names a record that does not exist, `errors` points at it and gives the nearest name.",
};
/// 412.
pub static STALE: ProblemKind = ProblemKind {
    code: "stale",
    status: 412,
    title: "The ETag does not match",
    help: "Somebody changed the record after you read it, or `If-Match` has no ETag that can match: a weak one (`W/`) \
           never does. The detail says which. The `ETag` header of this answer is the current one. Read the record \
           again and repeat your change.",
};
/// 413.
pub static TOO_LARGE: ProblemKind = ProblemKind {
    code: "too_large",
    status: 413,
    title: "The body is too large",
    help: "Send a smaller body. The detail gives the limit.",
};
/// 414.
pub static ADDRESS_TOO_LONG: ProblemKind = ProblemKind {
    code: "address_too_long",
    status: 414,
    title: "The address is too long",
    help: "The path and query together are longer than the limit in the detail. Split the request into smaller ones.",
};
/// 415.
pub static UNSUPPORTED_MEDIA_TYPE: ProblemKind = ProblemKind {
    code: "unsupported_media_type",
    status: 415,
    title: "Media type not supported",
    help: "Send JSON. For PATCH, send application/merge-patch+json (RFC 7396), as `Accept-Patch` says.",
};
/// 422.
pub static INVALID: ProblemKind = ProblemKind {
    code: "invalid",
    status: 422,
    title: "The body breaks a rule",
    help: "`errors` points at each member that is not valid and says how to correct it. Nothing was changed.",
};
/// 422.
pub static KEY_REUSED: ProblemKind = ProblemKind {
    code: "key_reused",
    status: 422,
    title: "The Idempotency-Key was used before",
    help: "You used this key for another request in the last 24 hours. Use a new key for each new request.",
};
/// 428.
pub static PRECONDITION_REQUIRED: ProblemKind = ProblemKind {
    code: "precondition_required",
    status: 428,
    title: "If-Match is required",
    help: "Send `If-Match` with the ETag of the version that you edited. This stops people overwriting each other's \
           changes without noticing.",
};
/// 431.
pub static HEADERS_TOO_LARGE: ProblemKind = ProblemKind {
    code: "headers_too_large",
    status: 431,
    title: "The headers are too large",
    help: "Send fewer or shorter headers. The detail gives the limits.",
};
/// 429.
pub static TOO_MANY: ProblemKind = ProblemKind {
    code: "too_many",
    status: 429,
    title: "Too many requests",
    help: "Wait for the number of seconds in `Retry-After`. In every answer, `RateLimit` says how much of your \
           quota is left and in how many seconds it is full again. `RateLimit-Policy` says how large the quota is. \
           If you sign in, you get a larger quota. Sign-in attempts and invalid tokens or keys have their own \
           limits.",
};
/// 408.
pub static TIMED_OUT: ProblemKind = ProblemKind {
    code: "timed_out",
    status: 408,
    title: "The request took too long to arrive",
    help: "The body did not arrive in time. Send it again over a faster connection.",
};
/// 500.
pub static INTERNAL: ProblemKind = ProblemKind {
    code: "internal",
    status: 500,
    title: "Something went wrong on our side",
    help: "This is our fault, and we have logged it. If you ask for help, quote the request id (`instance`).",
};
/// 503.
pub static OVERLOADED: ProblemKind = ProblemKind {
    code: "overloaded",
    status: 503,
    title: "The registry is overloaded",
    help: "The service cannot take more requests at the moment. It did not start yours. Try again after \
           `Retry-After` seconds.",
};
/// 503.
pub static UNAVAILABLE: ProblemKind = ProblemKind {
    code: "unavailable",
    status: 503,
    title: "The registry is temporarily unavailable",
    help: "The database cannot be reached or cannot save changes, or the service that issued your token cannot be \
           reached. The registry recovers without help. Try again after `Retry-After` seconds. If the database \
           became unavailable during a change, the change may or may not have been saved. Read the record before \
           you repeat a change. Send an Idempotency-Key when you create a record.",
};

/// Every kind, in the order of status codes.
pub static ALL: &[&ProblemKind] = &[
    &UNREADABLE,
    &BAD_QUERY,
    &UNAUTHENTICATED,
    &BAD_CREDENTIALS,
    &FORBIDDEN,
    &NOT_FOUND,
    &WITHDRAWN,
    &METHOD_NOT_ALLOWED,
    &NOT_ACCEPTABLE,
    &TIMED_OUT,
    &CONFLICT,
    &STALE,
    &TOO_LARGE,
    &ADDRESS_TOO_LONG,
    &UNSUPPORTED_MEDIA_TYPE,
    &INVALID,
    &KEY_REUSED,
    &PRECONDITION_REQUIRED,
    &TOO_MANY,
    &HEADERS_TOO_LARGE,
    &INTERNAL,
    &OVERLOADED,
    &UNAVAILABLE,
];
