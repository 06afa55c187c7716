//! The catalogue of problems: what each code means and what to do about it. `GET /problems/{code}` answers from here.

/// One kind of problem.
#[derive(Debug)]
pub struct Kind {
    /// Stable, machine readable.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// In a few words.
    pub title: &'static str,
    /// What it means and what to do, for people.
    pub help: &'static str,
}

/// 400.
pub static UNREADABLE: Kind = Kind {
    code: "unreadable",
    status: 400,
    title: "The request cannot be read",
    help: "The body is not JSON as RFC 8259 has it, is not UTF-8, names a member twice, or a header cannot be understood. The detail says where. Nothing was changed.",
};
/// 400.
pub static BAD_QUERY: Kind = Kind {
    code: "bad_query",
    status: 400,
    title: "The query string breaks a rule",
    help: "A parameter is unknown, is given twice where one value is meant, or has a value that is not allowed. `errors` names every such parameter and, where there is one, the nearest valid name.",
};
/// 401.
pub static UNAUTHENTICATED: Kind = Kind {
    code: "unauthenticated",
    status: 401,
    title: "Sign in first",
    help: "This operation is for people with an account. Sign in with POST /v1/auth/login and send the access token as Authorization: Bearer ….",
};
/// 401.
pub static BAD_CREDENTIALS: Kind = Kind {
    code: "bad_credentials",
    status: 401,
    title: "The credentials do not hold",
    help: "The token is malformed, expired, of an ended session, or the e-mail address and password do not match. A request with bad credentials is never served as if it had none.",
};
/// 403.
pub static FORBIDDEN: Kind = Kind {
    code: "forbidden",
    status: 403,
    title: "You may not do this",
    help: "You are known, but your role does not allow this operation.",
};
/// 404.
pub static NOT_FOUND: Kind = Kind {
    code: "not_found",
    status: 404,
    title: "Nothing here",
    help: "There is nothing at this address, or nothing that you may see: the two are answered alike. The same goes for a record that a filter names; `errors` gives the nearest name then.",
};
/// 404, not 410: to a client without our catalogue the record is simply no longer there (RFC 9110 leaves the choice open).
pub static WITHDRAWN: Kind = Kind {
    code: "withdrawn",
    status: 404,
    title: "The record was withdrawn",
    help: "It was public once. The detail gives the date and the public reason; the address will not be used again.",
};
/// 405.
pub static METHOD_NOT_ALLOWED: Kind = Kind {
    code: "method_not_allowed",
    status: 405,
    title: "This address does not take that method",
    help: "The `Allow` header lists the methods that it takes.",
};
/// 406.
pub static NOT_ACCEPTABLE: Kind = Kind {
    code: "not_acceptable",
    status: 406,
    title: "Not in that media type",
    help: "What is here can be had in other media types than `Accept` names; the detail lists them. Without `Accept` it is JSON.",
};
/// 409.
pub static CONFLICT: Kind = Kind {
    code: "conflict",
    status: 409,
    title: "Conflict with what the registry holds",
    help: "The request is well formed, but another record stands in its way: a slug or code is taken, a theme is in use, the same Idempotency-Key is being served, or the body names a record that is not here; `errors` points at it and gives the nearest name.",
};
/// 412.
pub static STALE: Kind = Kind {
    code: "stale",
    status: 412,
    title: "The record has changed",
    help: "Somebody changed the record after you read it. The `ETag` header of this answer is the current one. Read the record again and repeat your change.",
};
/// 413.
pub static TOO_LARGE: Kind = Kind {
    code: "too_large",
    status: 413,
    title: "The body is too large",
    help: "Send a smaller body; the detail gives the limit.",
};
/// 414.
pub static ADDRESS_TOO_LONG: Kind = Kind {
    code: "address_too_long",
    status: 414,
    title: "The address is too long",
    help: "Path and query together are longer than is read here; the detail gives the limit. Ask for less at a time.",
};
/// 415.
pub static UNSUPPORTED_MEDIA_TYPE: Kind = Kind {
    code: "unsupported_media_type",
    status: 415,
    title: "That media type is not read here",
    help: "Send JSON. A PATCH takes application/merge-patch+json (RFC 7396), as `Accept-Patch` says.",
};
/// 422.
pub static INVALID: Kind = Kind {
    code: "invalid",
    status: 422,
    title: "The body breaks a rule",
    help: "`errors` points at every member that is not valid, with what would be right. Nothing was changed.",
};
/// 422.
pub static KEY_REUSED: Kind = Kind {
    code: "key_reused",
    status: 422,
    title: "The Idempotency-Key was used before",
    help: "The key belongs to another request of yours within the last 24 hours.",
};
/// 428.
pub static PRECONDITION_REQUIRED: Kind = Kind {
    code: "precondition_required",
    status: 428,
    title: "If-Match is needed",
    help: "Changes need the ETag of the record as you last read it, so that two people never overwrite each other unseen.",
};
/// 431.
pub static HEADERS_TOO_LARGE: Kind = Kind {
    code: "headers_too_large",
    status: 431,
    title: "The headers are too large",
    help: "Send fewer or shorter headers; the detail gives the limits.",
};
/// 429.
pub static TOO_MANY: Kind = Kind {
    code: "too_many",
    status: 429,
    title: "Too many requests",
    help: "Wait for as many seconds as `Retry-After` says. Every answer says in `RateLimit` how much is left and in how many seconds the whole quota is there again, and in `RateLimit-Policy` how large it is. Who signs in has a larger one. Signing in, and tokens or keys that do not hold, have limits of their own.",
};
/// 408.
pub static TIMED_OUT: Kind = Kind {
    code: "timed_out",
    status: 408,
    title: "The request took too long to arrive",
    help: "Send it again over a better connection.",
};
/// 500.
pub static INTERNAL: Kind = Kind {
    code: "internal",
    status: 500,
    title: "Something went wrong on our side",
    help: "The fault is ours and is in our log under the request id.",
};
/// 503.
pub static OVERLOADED: Kind = Kind {
    code: "overloaded",
    status: 503,
    title: "Too much work at once",
    help: "As many requests are in work as the service can take. This one was not begun; try it again after `Retry-After` seconds.",
};
/// 503.
pub static UNAVAILABLE: Kind = Kind {
    code: "unavailable",
    status: 503,
    title: "The registry cannot do its work just now",
    help: "The store cannot be reached or takes no changes just now, or the service that issued your token cannot be reached. The service recovers by itself; try again after `Retry-After` seconds. When the store went away just as a change was being kept, nobody can tell whether it was: read the record before you repeat a change, or send creations with an Idempotency-Key.",
};

/// Every kind, in the order of their status.
pub static ALL: &[&Kind] = &[
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
