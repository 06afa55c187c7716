//! The answers that operations share. Each is described once and referred to by its name.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::add_rate_limit;
use crate::error::Problem;

pub(super) fn name(status: &str) -> &'static str {
    match status {
        "304" => "NotModified",
        "308" => "Moved",
        "400" => "BadRequest",
        "401" => "Unauthenticated",
        "403" => "Forbidden",
        "404" => "NotFound",
        "406" => "NotAcceptable",
        "408" => "TimedOut",
        "409" => "Conflict",
        "412" => "Stale",
        "413" => "TooLarge",
        "414" => "AddressTooLong",
        "415" => "UnsupportedMediaType",
        "422" => "Invalid",
        "428" => "PreconditionRequired",
        "429" => "TooMany",
        "431" => "HeadersTooLarge",
        "503" => "Unavailable",
        _ => "Internal",
    }
}

/// Describes each shared answer once.
pub(super) fn shared() -> Value {
    let mut answers = Map::new();
    answers.insert("NotModified".into(), json!({ "description": "Your copy is still current (`If-None-Match`)." }));
    answers.insert(
        "Moved".into(),
        json!({ "description": "The record has a new slug, or was merged into another record.",
                "headers": { "Location": { "$ref": "#/components/headers/Location" } } }),
    );
    for kind in crate::error::problems::ALL.iter().filter(|kind| {
        !matches!(
            kind.code,
            "key_reused" | "withdrawn" | "bad_query" | "bad_credentials" | "method_not_allowed" | "overloaded"
        )
    }) {
        let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } });
        if matches!(kind.status, 429 | 503) {
            headers["Retry-After"] =
                json!({ "description": "Seconds to wait.", "schema": { "type": "integer" }, "example": 2 });
        }
        // The check of the request size comes before the rate limit.
        if kind.status < 500 && !matches!(kind.status, 414 | 431) {
            add_rate_limit(&mut headers);
        }
        if kind.status == 401 {
            headers["WWW-Authenticate"] = json!({ "description": "How to authenticate.", "schema": { "type": "string" }, "example": "Bearer realm=\"ccin-registry\"" });
        }
        let example = json!({
            "type": format!("/problems/{}", kind.code.replace('_', "-")), "title": kind.title, "status": kind.status,
            "detail": kind.help, "instance": "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60", "code": kind.code
        });
        answers.insert(
            name(&kind.status.to_string()).into(),
            json!({
                "description": kind.title, "headers": headers,
                "content": { "application/problem+json": {
                    "schema": { "$ref": format!("#/components/schemas/{}", Problem::name()) }, "example": example } }
            }),
        );
    }
    for answer in answers.values_mut() {
        allow_origins(&mut answer["headers"]);
    }
    Value::Object(answers)
}

/// Scripts on any website can read every answer. The middleware sends this header with all of them.
pub(super) fn allow_origins(headers: &mut Value) {
    headers["Access-Control-Allow-Origin"] = json!({ "$ref": "#/components/headers/AllowOrigin" });
}
