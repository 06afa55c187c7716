//! The finished OpenAPI document: the descriptions of the handlers, and the texts that all operations share.
//!
//! This module adds shared answers (errors, headers), preconditions and merge patch bodies by rule. Handlers therefore
//! cannot forget them. Examples are real answers of the sample registry, from `openapi/examples.json`.

mod answers;
mod bounds;
mod exports;
mod live_examples;
mod rules;
mod schemas;

use serde_json::{Map, Value, json};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;

use crate::error::Problem;
use crate::http::idempotency::IDEMPOTENCY_KEY;
use crate::http::input::IF_MATCH;
use crate::http::limits::identifies;
use crate::http::limits::price::Price;
use crate::http::limits::request_size::MAX_HEADER_BYTES;
use crate::http::list_format::XLSX;

/// Script of the interactive page: shows the document with examples that hold in this registry.
pub const DOCS_SCRIPT: &str = include_str!("docs.js");
const EXAMPLES: &str = include_str!("../../openapi/examples.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "CCIN registry",
        description = "The public record of what UK co-operative councils do: councils, initiatives (case studies) and themes.\n\n\
            The [guide](/docs/guide/) has tutorials, how-to guides and background.\n\n\
            You can read public records without an account. Lists are paged by opaque cursors and share the same \
            filters. Every error is a problem document (RFC 9457). To change a record, send `If-Match` with the ETag \
            of the version that you edited.\n\n\
            Every caller has a quota of units a minute. With an account, it is larger. `RateLimit` shows how much is \
            left. If you use it up, you get 429 with `Retry-After`. Any address can also answer 405, or 408 to a \
            request that arrives too slowly. Both are problem documents too.\n\n\
            Reads show your own writes at once. Every answer below `/v1` has a `Registry-Position`: the state of the \
            registry that it shows. If the service runs as several instances, send it back as \
            `Registry-Min-Position`. The read then waits until that state is available, for one second at most. \
            While the database is unavailable, reads still work: `Last-Synced` gives the time of their data. Writes \
            get 503.\n\n\
            Some rules connect several members of a body. This document gives them in words. For validators, the \
            [strict document](/openapi-strict.json) also gives them as JSON Schema conditions.\n\n\
            The data is available under the Open Government Licence v3.0, unless a record says otherwise.",
        contact(name = "Co-operative Councils' Innovation Network", url = "https://www.councils.coop/"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This service, local or in production")),
    components(schemas(Problem))
)]
struct Base;

/// The finished document.
pub struct Document {
    /// The strict document as JSON, with rules across members as conditions. Request bodies are checked against it.
    pub value: Value,
    /// The published document, for client generators. It is served, and committed to the repository.
    pub text: String,
    /// The strict document as text, for validators.
    pub strict: String,
}

impl Document {
    /// Builds the document. `tags` group the operations, each with its description. `collect` mounts every operation on
    /// the base document. Takes a few milliseconds, once at start.
    pub fn new(tags: &[(&str, &str)], collect: impl FnOnce(OpenApi) -> OpenApi) -> Self {
        let mut base = Base::openapi();
        let tag =
            |(name, description): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*description)).build();
        base.tags = Some(tags.iter().map(tag).collect());
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            // Linters look for the exact word RFC8725.
            .description(Some(
                "Access token (JWT) from `POST /v1/auth/login`, or from an issuer that the registry accepts. The registry checks tokens by the rules of RFC8725.",
            ))
            .build();
        let key = ApiKey::Header(ApiKeyValue::with_description("X-API-Key", "API key from `POST /v1/api-keys`."));
        let components = base.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));

        let mut value = serde_json::to_value(collect(base)).unwrap_or_default();
        finish(&mut value);
        let text = serde_json::to_string_pretty(&value).unwrap_or_default() + "\n";
        rules::add(&mut value);
        let strict = serde_json::to_string_pretty(&value).unwrap_or_default() + "\n";
        Self { value, text, strict }
    }
}

fn finish(document: &mut Value) {
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    schemas::finish(document);
    rules::say(document);
    document["servers"][0]["x-internal"] = json!(false);
    document["components"]["responses"] = answers::shared();
    document["components"]["headers"] = json!({
        "ETag": { "description": "Version and digest of the content (RFC 9110).", "schema": { "type": "string" }, "example": "\"1-9f86d081884c7d65\"" },
        "RequestId": { "description": "Id of the request. If you send a valid `X-Request-Id`, you get it back.", "schema": { "type": "string" }, "example": "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60" },
        "AllowOrigin": { "description": "Scripts on any website can read the answer (CORS).", "schema": { "type": "string", "const": "*" }, "example": "*" },
        "RateLimit": { "description": "Units left of your quota (`r`), and seconds until it is full again (`t`) (draft-ietf-httpapi-ratelimit-headers). The value is a list, because another limit can apply too.", "schema": { "type": "string" }, "example": "\"default\";r=298;t=1" },
        "RateLimitPolicy": { "description": "Your quota: units (`q`) in a window of seconds (`w`). A record costs 1 unit, a list 2, a search 5 and an export 10.", "schema": { "type": "string" }, "example": "\"default\";q=300;w=60" },
        "ContentDisposition": { "description": "Name of the file (RFC 6266).", "schema": { "type": "string" }, "example": "attachment; filename=\"councils-2026-11-22.csv\"" },
        "Link": { "description": "Links to the first, next and previous page, or to the codebook (RFC 8288).", "schema": { "type": "string" }, "example": "<http://127.0.0.1:8080/v1/councils>; rel=\"first\"" },
        "Location": { "description": "Address of the new record, or the current address of a record that has moved.", "schema": { "type": "string", "format": "uri-reference" }, "example": "/v1/councils/oldham" }
    });
    let Some(paths) = document.pointer_mut("/paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths.iter_mut() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            finish_operation(path, method, operation, &examples);
        }
    }
    exports::offer_at_lists(paths);
    bounds::add(document);
}

fn finish_operation(path: &str, method: &str, operation: &mut Value, examples: &Value) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let secured = operation.get("security").is_some();
    let body = operation.get("requestBody").is_some();
    let conditional = has_parameter(operation, IF_MATCH);
    let repeatable = has_parameter(operation, IDEMPOTENCY_KEY);

    // The check of the request size (`limits::request_size`) precedes every operation.
    let mut statuses: Vec<&str> = vec!["400", "414", "431", "500", "503"];
    let price = Price::of(operation);
    let limited = !price.is_free();
    if limited {
        statuses.push("429");
        let price = price.words();
        let description = operation["description"].as_str().unwrap_or_default();
        operation["description"] = format!("{description}\n\n{price}").trim().into();
    }
    if identifies(path) {
        // A credential that is not valid is refused everywhere, even where none is needed.
        statuses.push("401");
    }
    if secured {
        statuses.push("403");
    }
    let is_ogc = operation["tags"][0] == "OGC";
    let is_export = exports::is_export(operation);
    if path.contains('{') {
        statuses.push("404");
    }
    if is_export {
        statuses.extend(["403", "406"]);
        exports::finish_parameters(operation);
    }
    if ["theme", "principle", "council", "participant", "steward", "broader", "initiative", "organisation"]
        .iter()
        .any(|name| has_parameter(operation, name))
    {
        statuses.push("404");
    }
    // If a client can choose between media types, it can also ask for one that is not available.
    if operation.pointer("/responses/200/content").and_then(Value::as_object).is_some_and(|content| content.len() > 1) {
        statuses.push("406");
    }
    if body {
        statuses.extend(["408", "413", "415", "422"]);
    }
    if repeatable {
        statuses.push("409");
    }
    if conditional {
        statuses.extend(["409", "412", "428"]);
    }
    let may_be_known = operation["responses"].get("304").is_some();
    if let Some(responses) = operation.pointer_mut("/responses").and_then(Value::as_object_mut) {
        for status in statuses {
            responses.insert(status.into(), Value::Null);
        }
        // A status that only the handler declares, such as 409, also becomes the shared answer.
        for (status, response) in responses.iter_mut().filter(|(status, _)| !status.starts_with('2')) {
            *response = json!({ "$ref": format!("#/components/responses/{}", answers::name(status)) });
        }
        for (status, response) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
            describe_success(status, response, method, may_be_known, &examples[&id]);
            if is_export {
                exports::add_headers(&mut response["headers"]);
            }
            // Clients of the OGC standard navigate by links. Only its OpenAPI document has none.
            if is_ogc && path != "/ogc/api" {
                response["headers"]["Link"] = json!({ "$ref": "#/components/headers/Link" });
            }
            answers::allow_origins(&mut response["headers"]);
            if limited {
                add_rate_limit(&mut response["headers"]);
            }
        }
        sort_members(responses);
    }
    if conditional {
        finish_if_match(operation);
    }
    if repeatable {
        describe_idempotency(operation);
    }
    if method == "patch" {
        use_patch_schema(operation);
    }
    if has_parameter(operation, "fields") {
        answer_with_selection(operation);
    }
    finish_paging(operation);
    unfill(operation);
    live_examples::add(path, method, operation);
    for (_, content) in
        operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut).into_iter().flatten()
    {
        if let Some(example) = examples[&id].get("request") {
            content["example"] = example.clone();
        }
    }
}

/// Adds the schema and example of the header, which a derive cannot express.
fn finish_if_match(operation: &mut Value) {
    for header in operation["parameters"].as_array_mut().into_iter().flatten().filter(|one| one["name"] == IF_MATCH) {
        header["schema"] = json!({ "type": "string", "maxLength": MAX_HEADER_BYTES });
        header["example"] = json!("\"1-9f86d081884c7d65\"");
    }
}

/// Each key is valid for one request, but a schema cannot express that. A client that fills in every declared header
/// from its schema would repeat keys and be refused. So the header is described in words instead of as a parameter.
const IDEMPOTENCY: &str = "You can send an `Idempotency-Key` header: 1 to 255 printable ASCII characters of your \
    choice. If you repeat the request with the same key and body within 24 hours, you get the first answer. The request \
    is not carried out again. The same key with another body gets 422.";

fn describe_idempotency(operation: &mut Value) {
    if let Some(list) = operation["parameters"].as_array_mut() {
        list.retain(|parameter| parameter["name"] != IDEMPOTENCY_KEY);
    }
    if let Some(operation) = operation.as_object_mut().filter(|operation| operation["parameters"] == json!([])) {
        operation.shift_remove("parameters");
    }
    let description = match operation["description"].as_str() {
        Some(said) => format!("{said}\n\n{IDEMPOTENCY}"),
        None => IDEMPOTENCY.to_owned(),
    };
    operation["description"] = description.into();
}

fn has_parameter(operation: &Value, name: &str) -> bool {
    operation["parameters"].as_array().is_some_and(|list| list.iter().any(|parameter| parameter["name"] == name))
}

/// Removes cursors (`since` in the list of changes) from the parameters. Callers cannot make a cursor: they follow the
/// whole `next` or `prev` address.
fn finish_paging(operation: &mut Value) {
    if let Some(list) = operation.pointer_mut("/parameters").and_then(Value::as_array_mut) {
        list.retain(|parameter| parameter["name"] != "cursor" && parameter["name"] != "since");
        // To choose nothing, leave the parameter out. An empty one is refused.
        for chosen in list.iter_mut().filter(|one| one["explode"] == false && one["schema"]["type"] == "array") {
            if chosen["schema"].get("minItems").is_none() {
                chosen["schema"]["minItems"] = json!(1);
            }
        }
        // Limits of any size are clamped. The format `int64` would mean that larger numbers are refused.
        for limit in list.iter_mut().filter(|parameter| parameter["name"] == "limit") {
            limit["schema"].as_object_mut().map(|schema| schema.remove("format"));
        }
    }
}

/// Moves the examples of optional query parameters into their schemas.
///
/// "Try it out" of the interactive page fills in the `example` of every parameter. Each of these narrows a list, and
/// together they match nothing. Required parameters and those of the path stay filled in.
fn unfill(operation: &mut Value) {
    let parameters = operation.pointer_mut("/parameters").and_then(Value::as_array_mut).into_iter().flatten();
    for parameter in parameters.filter(|one| one["in"] == "query" && one["required"] != true) {
        if let Some(example) = parameter.as_object_mut().and_then(|members| members.shift_remove("example")) {
            parameter["schema"]["examples"] = json!([example]);
        }
    }
}

/// With `fields`, an answer has only the chosen members.
fn answer_with_selection(operation: &mut Value) {
    if let Some(schema) = operation.pointer_mut("/responses/200/content/application~1json/schema") {
        let whole = schema["$ref"].as_str().unwrap_or_default().to_owned();
        match whole.strip_suffix("Page") {
            Some(record) => schema["$ref"] = json!(format!("{record}SelectionPage")),
            None => *schema = json!({ "anyOf": [{ "$ref": whole }, { "$ref": format!("{whole}Selection") }] }),
        }
    }
}

/// `may_be_known`: the answer has validators for any media type. Examples are one for all media types (`response`), or
/// one for each (`responses`).
fn describe_success(status: &str, response: &mut Value, method: &str, may_be_known: bool, examples: &Value) {
    let mut headers = Map::new();
    headers.insert("X-Request-Id".into(), json!({ "$ref": "#/components/headers/RequestId" }));
    if may_be_known || status != "204" && response["content"].get("application/json").is_some() {
        headers.insert("ETag".into(), json!({ "$ref": "#/components/headers/ETag" }));
    }
    if status == "201" {
        headers.insert("Location".into(), json!({ "$ref": "#/components/headers/Location" }));
    }
    let list =
        response["content"]["application/json"]["schema"]["$ref"].as_str().is_some_and(|name| name.ends_with("Page"));
    if list && method == "get" {
        headers.insert("Link".into(), json!({ "$ref": "#/components/headers/Link" }));
    }
    response["headers"] = Value::Object(headers);
    for (media_type, content) in response.pointer_mut("/content").and_then(Value::as_object_mut).into_iter().flatten() {
        let own = examples.get("responses").and_then(|examples| examples.get(media_type));
        if let Some(example) = own.or_else(|| examples.get("response")) {
            content["example"] = example.clone();
        }
        if media_type == "application/vnd.mapbox-vector-tile" || media_type == XLSX {
            // Generators must treat it as bytes, not as text.
            content["schema"]["format"] = json!("binary");
        }
    }
}

fn add_rate_limit(headers: &mut Value) {
    headers["RateLimit"] = json!({ "$ref": "#/components/headers/RateLimit" });
    headers["RateLimit-Policy"] = json!({ "$ref": "#/components/headers/RateLimitPolicy" });
}

/// Publishes the schema under one media type. For two, generators make two bodies of the same type, which clients
/// cannot tell apart.
fn use_patch_schema(operation: &mut Value) {
    let Some(content) = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut) else { return };
    for media in content.values_mut() {
        if let Some(whole) = media["schema"]["$ref"].as_str() {
            let patch = whole.replace("/New", "/").replace("Update", "");
            media["schema"]["$ref"] = json!(format!("{patch}Patch"));
        }
    }
    operation["requestBody"]["description"] =
        json!("A merge patch (RFC 7396). You can also send it as `application/json`.");
}

fn sort_members(members: &mut Map<String, Value>) {
    let mut sorted: Vec<_> = std::mem::take(members).into_iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    members.extend(sorted);
}
