//! The finished OpenAPI document: what the handlers say, and what is said once for all of them.
//!
//! Shared answers (errors, headers), preconditions and merge patch bodies follow from what an operation is: one place for
//! the rule, no annotation to forget. Examples are real answers of the sample registry, in `openapi/examples.json`.

mod answers;
mod bounds;
mod exports;
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

const EXAMPLES: &str = include_str!("../../openapi/examples.json");

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "CCIN registry",
        description = "The public record of what UK co-operative councils do: councils, initiatives (case studies) and themes.\n\n\
            The [guide](/docs/guide/) has tutorials, how-to guides and background.\n\n\
            Reading needs no account. Lists are paged by opaque cursors and share one filter grammar; every error is a problem \
            document (RFC 9457); changes need `If-Match` with the ETag of the record as last read.\n\n\
            Every caller has a quota of units a minute, larger with an account: `RateLimit` says what is left, a 429 with \
            `Retry-After` that nothing is. Any address may also answer 405, with a problem document like all others, and 408 to a \
            request that arrives too slowly.\n\n\
            Reads show what you have written at once. Every answer below `/v1` names in `Registry-Position` the state that it \
            shows. With several instances of the service, send it back as `Registry-Min-Position`: the read waits, for a second \
            at most, until that state is there. While the database is away, reads go on and say in `Last-Synced` as of when \
            they are; writes get 503.\n\n\
            Rules that tie members of a body together are said in words here. The [strict document](/openapi-strict.json) is the same \
            for validators, with these rules as conditions of JSON Schema as well.\n\n\
            Data: Open Government Licence v3.0 unless a record says otherwise.",
        contact(name = "Co-operative Councils' Innovation Network", url = "https://www.councils.coop/"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "This service, local or in production")),
    components(schemas(Problem))
)]
struct Base;

/// The finished document.
pub struct Document {
    /// As JSON, with the rules across members as conditions: the strict document, by which bodies are checked.
    pub value: Value,
    /// The published document, which generators of clients take: what is served and committed.
    pub text: String,
    /// The strict document, as it is served to validators.
    pub strict: String,
}

impl Document {
    /// Finish what is collected. `collect` mounts every operation on the document that it is given. Costs a few
    /// milliseconds; made once at start.
    pub fn new(collect: impl FnOnce(OpenApi) -> OpenApi) -> Self {
        let mut base = Base::openapi();
        base.tags = Some(
            [
                ("councils", "Local authorities as legal bodies, and their membership of the network."),
                ("initiatives", "Pieces of co-operative practice with outcomes, costs, sources and partners."),
                ("themes", "Areas of practice, as SKOS-like concepts."),
                ("map", "Everything with a place, as points for a map, counts by region and nation, and boundaries."),
                ("search", "Everything that has these words, and what may be meant while they are typed."),
                ("changes", "What changed, to keep a copy by, and as Atom feeds."),
                ("outcomes", "What came of initiatives: claims with their evidence, across initiatives."),
                ("exports", "Whole lists as CSV, NDJSON and GeoJSON, and their codebook."),
                ("OGC", "Councils and initiatives for geographic information systems: OGC API – Features 1.0."),
                ("vocabularies", "Principles and values, each in its named scheme."),
                ("sign in", "Signing in and oneself."),
                ("API keys", "Keys for programs, and researchers who ask for one."),
                ("users", "People who sign in; for network officers."),
                ("audit", "Who did what; for network admins and, of their own council, council editors."),
                ("service", "The service about itself."),
            ]
            .into_iter()
            .map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build())
            .collect(),
        );
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "Access token (JWT) from `POST /v1/auth/login`, or of an issuer that the registry has registered; checked by the rules of RFC8725.",
            ))
            .build();
        let key = ApiKey::Header(ApiKeyValue::with_description("X-API-Key", "From `POST /v1/api-keys`."));
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
        "ETag": { "description": "Version and digest of what was sent (RFC 9110).", "schema": { "type": "string" }, "example": "\"1-9f86d081884c7d65\"" },
        "RequestId": { "description": "Id of the request; a sane incoming X-Request-Id is kept.", "schema": { "type": "string" }, "example": "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60" },
        "AllowOrigin": { "description": "Scripts of every site may read the answer (CORS).", "schema": { "type": "string", "const": "*" }, "example": "*" },
        "RateLimit": { "description": "What is left of your quota, and in how many seconds the whole is there again (draft-ietf-httpapi-ratelimit-headers). A list, as another limit may have a say as well.", "schema": { "type": "string" }, "example": "\"default\";r=298;t=1" },
        "RateLimitPolicy": { "description": "Your quota, in units a window of seconds: a record costs 1, a list 2, a search 5, an export 10.", "schema": { "type": "string" }, "example": "\"default\";q=300;w=60" },
        "ContentDisposition": { "description": "Name of the file (RFC 6266).", "schema": { "type": "string" }, "example": "attachment; filename=\"councils-2026-11-22.csv\"" },
        "Link": { "description": "First, next and previous page, or the codebook (RFC 8288).", "schema": { "type": "string" }, "example": "<http://127.0.0.1:8080/v1/councils>; rel=\"first\"" },
        "Location": { "description": "Address of the new record.", "schema": { "type": "string", "format": "uri-reference" }, "example": "/v1/councils/oldham" }
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

    // How large a request may be is looked at in front of every operation (`limits::request_size`).
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
        // A credential that does not hold is refused everywhere, also where none is needed.
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
    if ["theme", "principle", "council", "participant", "broader", "initiative"]
        .iter()
        .any(|name| has_parameter(operation, name))
    {
        statuses.push("404");
    }
    // Who may choose between media types may also ask for one that is not among them.
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
        // What a handler says itself besides, such as a 409, is the shared answer as well.
        for (status, response) in responses.iter_mut().filter(|(status, _)| !status.starts_with('2')) {
            *response = json!({ "$ref": format!("#/components/responses/{}", answers::name(status)) });
        }
        for (status, response) in responses.iter_mut().filter(|(status, _)| status.starts_with('2')) {
            describe_success(status, response, method, may_be_known, &examples[&id]);
            if is_export {
                exports::add_headers(&mut response["headers"]);
            }
            // Clients of the standard find their way by links; its own document has none.
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
    for (_, content) in
        operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut).into_iter().flatten()
    {
        if let Some(example) = examples[&id].get("request") {
            content["example"] = example.clone();
        }
    }
}

/// What no derive can say of the header.
fn finish_if_match(operation: &mut Value) {
    for header in operation["parameters"].as_array_mut().into_iter().flatten().filter(|one| one["name"] == IF_MATCH) {
        header["schema"] = json!({ "type": "string", "maxLength": MAX_HEADER_BYTES });
        header["example"] = json!("\"1-9f86d081884c7d65\"");
    }
}

/// A key is good for one request, which no schema can say: a client that fills in every declared header from its schema
/// would repeat keys and be refused. So the header is described in words, and is no parameter.
const IDEMPOTENCY: &str = "May carry an `Idempotency-Key` header, 1 to 255 printable ASCII characters of your own: sent \
    again with the same key and body within 24 hours, the request is not carried out again and gets the first answer; \
    the same key with another body is a 422.";

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

/// A cursor (`since`, in the feed of changes) is only ever part of a `next` or `prev` address, which is followed whole: no caller can make one, so the
/// contract does not offer it as a parameter to fill in.
fn finish_paging(operation: &mut Value) {
    if let Some(list) = operation.pointer_mut("/parameters").and_then(Value::as_array_mut) {
        list.retain(|parameter| parameter["name"] != "cursor" && parameter["name"] != "since");
        // Nothing chosen is a parameter left out: an empty one is refused.
        for chosen in list.iter_mut().filter(|one| one["explode"] == false && one["schema"]["type"] == "array") {
            if chosen["schema"].get("minItems").is_none() {
                chosen["schema"]["minItems"] = json!(1);
            }
        }
        // However large a limit is, it is clamped: `int64` would say that larger numbers are refused.
        for limit in list.iter_mut().filter(|parameter| parameter["name"] == "limit") {
            limit["schema"].as_object_mut().map(|schema| schema.remove("format"));
        }
    }
}

/// With `fields` an answer has only the members that were picked.
fn answer_with_selection(operation: &mut Value) {
    if let Some(schema) = operation.pointer_mut("/responses/200/content/application~1json/schema") {
        let whole = schema["$ref"].as_str().unwrap_or_default().to_owned();
        match whole.strip_suffix("Page") {
            Some(record) => schema["$ref"] = json!(format!("{record}SelectionPage")),
            None => *schema = json!({ "anyOf": [{ "$ref": whole }, { "$ref": format!("{whole}Selection") }] }),
        }
    }
}

/// `may_be_known`: the answer has validators, whatever its media type. An example may be one for every media type
/// (`response`), or one for each (`responses`).
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
        if media_type == "application/vnd.mapbox-vector-tile" {
            // Bytes, not text, to generators as well.
            content["schema"]["format"] = json!("binary");
        }
    }
}

fn add_rate_limit(headers: &mut Value) {
    headers["RateLimit"] = json!({ "$ref": "#/components/headers/RateLimit" });
    headers["RateLimit-Policy"] = json!({ "$ref": "#/components/headers/RateLimitPolicy" });
}

/// One schema is published under one media type: under two, generators make two bodies of one type, which clients cannot
/// tell apart.
fn use_patch_schema(operation: &mut Value) {
    let Some(content) = operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut) else { return };
    for media in content.values_mut() {
        if let Some(whole) = media["schema"]["$ref"].as_str() {
            let patch = whole.replace("/New", "/").replace("Update", "");
            media["schema"]["$ref"] = json!(format!("{patch}Patch"));
        }
    }
    operation["requestBody"]["description"] =
        json!("A merge patch (RFC 7396). The service takes it as `application/json` as well.");
}

fn sort_members(members: &mut Map<String, Value>) {
    let mut sorted: Vec<_> = std::mem::take(members).into_iter().collect();
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    members.extend(sorted);
}
