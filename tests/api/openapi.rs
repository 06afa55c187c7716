//! The OpenAPI document: the committed one is the one that is served, and it says enough to build on.

use std::collections::HashSet;

use ccin_registry::api::routes::document;
use ccin_registry::http::input::with_components;
use jsonschema::Validator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::client::send;

const COMMITTED: &str = include_str!("../../openapi/openapi.json");
const EXAMPLES: &str = include_str!("../../openapi/examples.json");

/// An operation with its method and path.
struct Operation<'a> {
    name: String,
    value: &'a Value,
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, value) in item.as_object().expect("operations") {
            found.push(Operation { name: format!("{method} {path}"), value });
        }
    }
    found
}

impl<'a> Operation<'a> {
    fn id(&self) -> &'a str {
        self.value["operationId"].as_str().unwrap_or_else(|| panic!("{} has no operationId", self.name))
    }

    /// Media types with their schemas and examples: of the request.
    fn request(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.value["requestBody"]["content"].as_object().into_iter().flatten()
    }

    /// The same, of the answers that say yes.
    fn answers(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let responses = ["200", "201"].into_iter().filter_map(|status| self.value["responses"].get(status));
        responses.flat_map(|response| response["content"].as_object().into_iter().flatten())
    }
}

/// A value, or what it refers to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(target) => {
            document.pointer(target.trim_start_matches('#')).unwrap_or_else(|| panic!("{target} leads nowhere"))
        }
        None => value,
    }
}

/// Every value of the document with its pointer.
fn walk<'a>(value: &'a Value, pointer: &str, visit: &mut impl FnMut(&str, &'a Value)) {
    visit(pointer, value);
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                walk(member, &format!("{pointer}/{}", escaped(name)), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{pointer}/{index}"), visit);
            }
        }
        _ => {}
    }
}

/// The validator of a schema of the document.
fn compiled(document: &Value, schema: &Value) -> Validator {
    let schema = with_components(json!({ "allOf": [schema] }), &document["components"]);
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{error}: {}", schema["allOf"][0]))
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let served = &document().text;
    let differs = COMMITTED.lines().zip(served.lines()).position(|(one, other)| one != other);
    assert!(
        COMMITTED == served,
        "openapi/openapi.json is not the document that the service serves (from line {} on): cargo run -- openapi",
        differs.unwrap_or_else(|| COMMITTED.lines().count().min(served.lines().count())) + 1
    );
}

#[test]
fn every_operation_says_what_it_is() {
    let document = &ccin_registry::api::routes::document().value;
    let tags: Vec<&Value> = document["tags"].as_array().unwrap().iter().map(|tag| &tag["name"]).collect();
    assert!(document["tags"].as_array().unwrap().iter().all(|tag| says(&tag["description"])));
    let mut ids = HashSet::new();
    let mut used = HashSet::new();
    for operation in operations(document) {
        let (name, value, id) = (&operation.name, operation.value, operation.id());
        assert!(ids.insert(id), "two operations are {id}");
        assert!(id.contains('_') && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{id}");
        let summary = value["summary"].as_str().unwrap_or_else(|| panic!("{name} has no summary"));
        assert!((3..=60).contains(&summary.len()) && !summary.ends_with('.'), "{name}: {summary}");
        let [tag] = &value["tags"].as_array().unwrap_or_else(|| panic!("{name} has no tag"))[..] else {
            panic!("{name} has several tags");
        };
        assert!(tags.contains(&tag), "{name}: {tag} is explained nowhere");
        used.insert(tag);
        for parameter in value["parameters"].as_array().into_iter().flatten() {
            assert!(says(&parameter["description"]), "{name}: {}", parameter["name"]);
            assert!(parameter["schema"].is_object(), "{name}: {}", parameter["name"]);
        }
        for (status, response) in value["responses"].as_object().unwrap() {
            assert!(says(&resolved(document, response)["description"]), "{name}: {status} is not described");
        }
        for status in ["400", "500", "503"] {
            assert!(value["responses"].get(status).is_some(), "{name} has no answer {status}");
        }
    }
    assert_eq!(used.len(), tags.len(), "a tag without operations");
}

fn says(text: &Value) -> bool {
    text.as_str().is_some_and(|text| text.trim().len() > 2)
}

#[test]
fn every_schema_and_every_member_is_described() {
    let document = &ccin_registry::api::routes::document().value;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(says(&schema["description"]), "{name} is not described");
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            let is_said =
                |schema: &Value| says(&schema["description"]) || says(&resolved(document, schema)["description"]);
            let choices = ["oneOf", "anyOf", "allOf"].into_iter().filter_map(|of| schema[of].as_array()).flatten();
            let is_said = is_said(schema) || choices.into_iter().any(is_said);
            assert!(is_said, "{name}.{member} is not described");
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = &ccin_registry::api::routes::document().value;
    let mut targets = HashSet::new();
    walk(document, "", &mut |pointer, value| {
        if let Some(target) = value.get("$ref").and_then(Value::as_str) {
            assert!(target.starts_with("#/") && document.pointer(&target[1..]).is_some(), "{pointer}: {target}");
            targets.insert(target.to_owned());
        }
    });
    for kind in ["schemas", "responses", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(targets.contains(&format!("#/components/{kind}/{name}")), "nothing refers to {kind}/{name}");
        }
    }
}

#[test]
fn every_schema_compiles() {
    let document = &ccin_registry::api::routes::document().value;
    let mut count = 0;
    walk(document, "", &mut |pointer, value| {
        let is_schema = pointer.ends_with("/schema") && pointer.starts_with("/paths");
        let is_component = pointer.strip_prefix("/components/schemas/").is_some_and(|name| !name.contains('/'));
        if is_schema || is_component {
            compiled(document, value);
            count += 1;
        }
    });
    assert!(count > 100, "only {count} schemas were found");
}

#[test]
fn every_example_of_a_member_parameter_or_header_keeps_to_its_schema() {
    let document = &ccin_registry::api::routes::document().value;
    let mut count = 0;
    walk(document, "", &mut |pointer, value| {
        // An example stands in the schema itself, or beside it in a parameter, a header or a media type.
        let is_schema = value.get("type").is_some() || value.get("$ref").is_some() || value.get("oneOf").is_some();
        let schema = value.get("schema").or_else(|| is_schema.then_some(value));
        let examples = value.get("examples").and_then(Value::as_array).into_iter().flatten();
        for example in value.get("example").into_iter().chain(examples) {
            // Not what merely looks like a schema: a member that is called so.
            let Some(schema) = schema.filter(|_| !pointer.contains("/example")) else { continue };
            let fault = compiled(document, schema).iter_errors(example).map(|error| error.to_string()).next();
            assert_eq!(fault, None, "{pointer}: {example}");
            count += 1;
        }
    });
    assert!(count > 50, "only {count} examples were found");
}

#[test]
fn every_request_and_every_answer_has_an_example_that_is_valid() {
    let document = &ccin_registry::api::routes::document().value;
    let mut faults = Vec::new();
    for operation in operations(document) {
        let requests = operation.request().map(|content| ("request", content));
        let answers = operation.answers().map(|content| ("answer", content));
        for (what, (kind, content)) in requests.chain(answers) {
            let place = format!("{} ({}): {what} {kind}", operation.id(), operation.name);
            match content.get("example") {
                None => faults.push(format!("{place} has no example")),
                Some(example) => faults.extend(
                    compiled(document, &content["schema"])
                        .iter_errors(example)
                        .map(|error| format!("{place}, {}: {error}", error.instance_path())),
                ),
            }
        }
    }
    assert!(faults.is_empty(), "openapi/examples.json:\n{}", faults.join("\n"));
}

#[test]
fn every_example_belongs_to_an_operation() {
    let document = &ccin_registry::api::routes::document().value;
    let known: HashSet<&str> = operations(document).iter().map(Operation::id).collect();
    let examples: Value = serde_json::from_str(EXAMPLES).expect("openapi/examples.json is JSON");
    for (id, parts) in examples.as_object().expect("an object") {
        assert!(known.contains(&**id), "there is no operation {id}");
        for part in parts.as_object().expect("request and response").keys() {
            assert!(["request", "response", "responses"].contains(&&**part), "{id}: {part}");
        }
        // One for each media type, each of which the operation has.
        for media_type in parts["responses"].as_object().into_iter().flatten().map(|(media_type, _)| media_type) {
            let mut of_it = operations(document).into_iter().filter(|operation| operation.id() == id);
            let has = of_it.any(|operation| operation.answers().any(|(known, _)| known == media_type));
            assert!(has, "{id} has no answer {media_type}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_is_said_to_be_taken_exactly_where_it_is() {
    let app = TestApp::with_sample().await;
    let document = &ccin_registry::api::routes::document().value;
    let mut taken = Vec::new();
    for operation in operations(document).iter().filter(|operation| operation.name.starts_with("post ")) {
        let path = operation.name["post ".len()..].replace("{theme}", "housing").replace("{initiative}", "x");
        let path = path.replace("{id}", "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60");
        // Signing out is among them, so everyone begins a session.
        let request = app.admin().await.request(Method::POST, &path).header("Idempotency-Key", "").json(&json!({}));
        let is_taken = send(request).await.text.contains("\"Idempotency-Key\"");
        let said = operation.value["description"].as_str().is_some_and(|said| said.contains("Idempotency-Key"));
        assert_eq!(is_taken, said, "{}: add Idempotency to its params", operation.name);
        taken.extend(is_taken.then(|| operation.id()));
    }
    let takers = [
        "create_council_change",
        "create_council",
        "create_initiative",
        "create_revision",
        "create_membership",
        "create_organisation",
        "merge_organisation",
        "create_pre_election_period",
        "create_recruitment",
        "create_release",
        "create_suggestion",
        "create_theme",
        "merge_theme",
        "create_user",
    ];
    assert_eq!(taken, takers);
}

#[test]
fn every_answer_but_the_good_ones_is_a_shared_one() {
    let document = &ccin_registry::api::routes::document().value;
    for operation in operations(document) {
        for (status, response) in operation.value["responses"].as_object().unwrap() {
            let is_shared = response["$ref"].as_str().is_some_and(|name| name.starts_with("#/components/responses/"));
            assert_eq!(is_shared, !status.starts_with('2'), "{} {status}", operation.name);
        }
    }
    let claim = &document["paths"]["/v1/api-keys/claim"]["post"]["responses"];
    assert_eq!(claim["404"]["$ref"], "#/components/responses/NotFound", "what the handler says itself");
}
