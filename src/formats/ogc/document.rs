//! The document of the API for geographic information systems: OpenAPI 3.0, derived from the service's own 3.1
//! document.
//!
//! It has only the operations below `/ogc`, with paths relative to that server, and the components they refer to. JSON
//! Schema 2020-12 in 3.1 becomes the 3.0 form (<https://spec.openapis.org/oas/v3.0.3>, "Schema Object"), as far as
//! these operations need it. That covers nulls, single values, several examples, and references with siblings.

use serde_json::{Map, Value, json};

use super::query::{DEFAULT_LIMIT, MAX_LIMIT};

/// Address of the operations within the service.
const ROOT: &str = "/ogc";

/// Description of the API.
const ABOUT: &str = "The public record of what UK co-operative councils do, for geographic information systems: OGC API – \
    Features 1.0 (OGC 17-069r4; Core, GeoJSON, OpenAPI 3.0). You can read it without an account. Every error is a \
    problem document (RFC 9457). Each caller has a quota of units a minute. A page of up to 200 features costs 2 \
    units, a larger page 10, any other request 1.\n\n\
    Data: Open Government Licence v3.0 unless a record says otherwise.";

/// The document for a server, which is the address of the landing page.
pub fn derive(whole: &Value, server: &str) -> Value {
    let paths = whole["paths"].as_object().into_iter().flatten();
    let paths: Map<String, Value> = paths
        .filter_map(|(path, item)| {
            let rest = path.strip_prefix(ROOT)?;
            (rest.is_empty() || rest.starts_with('/')).then(|| {
                let path = if rest.is_empty() { "/" } else { rest };
                (path.to_owned(), item.clone())
            })
        })
        .collect();
    let mut info = whole["info"].clone();
    info["description"] = json!(ABOUT);
    info["license"] = json!({ "name": whole["info"]["license"]["name"] });
    let tags = whole["tags"].as_array().into_iter().flatten();
    let tags: Vec<&Value> = tags.filter(|tag| paths.values().any(|item| is_tagged(item, &tag["name"]))).collect();
    let mut document = json!({
        "openapi": "3.0.3",
        "info": info,
        "servers": [{ "url": server, "description": "This service" }],
        "tags": tags,
        "paths": paths,
        // Credentials are optional. Callers who send them see more.
        "security": [{}, { "bearer": [] }, { "api_key": [] }],
    });
    let mut components = referred(&document, &whole["components"]);
    components.insert("securitySchemes".into(), whole["components"]["securitySchemes"].clone());
    document["components"] = Value::Object(components);
    declare_limits(&mut document);
    convert(&mut document);
    document
}

fn is_tagged(item: &Value, name: &Value) -> bool {
    let mut operations = item.as_object().into_iter().flatten();
    operations.any(|(_, operation)| operation["tags"].as_array().is_some_and(|tags| tags.contains(name)))
}

/// The components that a document refers to, directly or through other components.
fn referred(document: &Value, components: &Value) -> Map<String, Value> {
    let mut wanted = Vec::new();
    targets(document, &mut wanted);
    let mut found: Map<String, Value> = Map::new();
    let mut next = 0;
    while next < wanted.len() {
        if let Some((kind, name)) = wanted[next].clone().split_once('/') {
            let component = &components[kind][name];
            targets(component, &mut wanted);
            found.entry(kind).or_insert_with(|| json!({}))[name] = component.clone();
        }
        next += 1;
    }
    found
}

/// Notes each component that a value refers to once, as `schemas/Council`.
fn targets(value: &Value, wanted: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str);
            if let Some(name) = target.and_then(|target| target.strip_prefix("#/components/"))
                && !wanted.iter().any(|known| known == name)
            {
                wanted.push(name.to_owned());
            }
            members.values().for_each(|member| targets(member, wanted));
        }
        Value::Array(items) => items.iter().for_each(|item| targets(item, wanted)),
        _ => {}
    }
}

/// Declares maximums of `limit`. The standard treats a larger limit as the maximum. Our own document declares no
/// maximum, because its readers would treat a larger limit as a fault.
fn declare_limits(document: &mut Value) {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    for (_, item) in items {
        let parameters = item["get"]["parameters"].as_array_mut().into_iter().flatten();
        for parameter in parameters {
            if parameter["name"] == "limit" {
                parameter["schema"]["maximum"] = json!(MAX_LIMIT);
                parameter["schema"]["default"] = json!(DEFAULT_LIMIT);
            }
            // The standard prescribes this schema word for word (`/req/core/fc-time-definition`).
            if parameter["name"] == "datetime" {
                parameter["schema"] = json!({ "type": "string" });
            }
        }
    }
}

/// Converts 3.1 schemas to 3.0, everywhere except in examples.
fn convert(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(convert),
        Value::Object(members) => {
            for (_, member) in members.iter_mut().filter(|(name, _)| !name.starts_with("example")) {
                convert(member);
            }
            convert_schema(members);
        }
        _ => {}
    }
}

fn convert_schema(members: &mut Map<String, Value>) {
    if let Some(types) = members.get("type").and_then(Value::as_array).cloned() {
        let types: Vec<Value> = types.into_iter().filter(|kind| kind != "null").collect();
        members.insert("type".into(), types.first().cloned().unwrap_or(json!("string")));
        members.insert("nullable".into(), json!(true));
        // In 3.0, a null is allowed by an enumeration only if it is listed.
        if let Some(words) = members.get_mut("enum").and_then(Value::as_array_mut).filter(|w| !w.contains(&Value::Null))
        {
            words.push(Value::Null);
        }
    }
    for choice in ["oneOf", "anyOf"] {
        let Some(branches) = members.get_mut(choice).and_then(Value::as_array_mut) else { continue };
        let count = branches.len();
        branches.retain(|branch| branch["type"] != "null");
        if branches.len() == count {
            continue;
        }
        if let [Value::Object(only)] = branches.as_slice() {
            let only = only.clone();
            members.shift_remove(choice);
            members.extend(only);
        }
        members.insert("nullable".into(), json!(true));
    }
    // 3.0 ignores siblings of a reference.
    if members.len() > 1
        && let Some(target) = members.shift_remove("$ref")
    {
        members.insert("allOf".into(), json!([{ "$ref": target }]));
    }
    if let Some(only) = members.shift_remove("const") {
        members.insert("enum".into(), json!([only]));
    }
    // In a media type or a parameter, `examples` is an object and stays.
    if members.get("examples").is_some_and(Value::is_array)
        && let Some(example) = members.shift_remove("examples").and_then(|examples| examples.get(0).cloned())
    {
        members.insert("example".into(), example);
    }
}
