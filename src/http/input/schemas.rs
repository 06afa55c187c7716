//! The schemas of bodies and query strings, read from the OpenAPI document and compiled once each.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::bounds::bound_parameter;
use super::faults::{explain, follow};
use crate::error::fault::FaultList;
use crate::geography::notation::FORMATS;
use crate::text::markdown;

/// Where the document keeps the schemas that others refer to.
const COMPONENTS: &str = "#/components/schemas/";

/// Compiled schemas of all inputs, shared by all workers.
pub struct Schemas {
    components: Value,
    bodies: RwLock<HashMap<String, Arc<Compiled>>>,
    queries: RwLock<HashMap<TypeId, Arc<Compiled>>>,
}

/// A compiled schema.
pub(super) struct Compiled {
    pub schema: Value,
    validator: Validator,
}

impl Compiled {
    pub(super) fn new(schema: Value) -> Self {
        let options = jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
        let formats = FORMATS.into_iter().chain([(markdown::FORMAT, markdown::is_flat_enough as fn(&str) -> bool)]);
        let validator = formats
            .fold(options, |options, (name, is_valid)| options.with_format(name, is_valid))
            .build(&schema)
            .expect("the document's own schemas are valid; the drift test compiles every one");
        Self { schema, validator }
    }

    /// All faults of `value`. A rule across members is skipped if one of its members has a fault itself, to avoid
    /// consequential faults. Only the permitted number of items is checked in an array that is too long.
    pub fn faults(&self, value: &mut Value) -> FaultList {
        let mut faults = self.shorten(value);
        let mut by_rule = Vec::new();
        for error in self.validator.iter_errors(value) {
            let found = explain(&error, &self.schema);
            match self.looks_at(&error.schema_path().to_string()) {
                None => faults.append(found),
                Some(looks_at) => by_rule.push((found, looks_at)),
            }
        }
        let at_fault: HashSet<String> = faults.reported().iter().filter_map(|fault| fault.pointer.clone()).collect();
        for (found, looks_at) in by_rule {
            for fault in found.reported() {
                let place = fault.pointer.as_deref().unwrap_or_default();
                let object = place.rsplit_once('/').map_or("", |(object, _)| object);
                let is_spoilt = looks_at.iter().any(|member| at_fault.contains(&format!("{object}/{member}")));
                if !is_spoilt && !at_fault.contains(place) {
                    faults.push(fault.clone());
                }
            }
        }
        faults
    }

    /// The members that the violated rule refers to; `None` for rules about one member.
    fn looks_at(&self, schema_path: &str) -> Option<Vec<String>> {
        let (above, below) = schema_path.split_once("/allOf/")?;
        let rule = follow(&self.schema, &format!("{above}/allOf/{}", below.split('/').next().unwrap_or_default()))?;
        let mut members = Vec::new();
        collect_members(rule.get("if").unwrap_or(&Value::Null), &mut members);
        Some(members)
    }
}

fn collect_members(condition: &Value, members: &mut Vec<String>) {
    match condition {
        Value::Object(object) => {
            members
                .extend(object.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys).cloned());
            object.values().for_each(|inner| collect_members(inner, members));
        }
        Value::Array(list) => list.iter().for_each(|inner| collect_members(inner, members)),
        _ => {}
    }
}

impl Schemas {
    /// Compiled from the finished OpenAPI document.
    pub fn new(document: &Value) -> Self {
        Self { components: document["components"].clone(), bodies: RwLock::default(), queries: RwLock::default() }
    }

    /// The schema of a body type, by its name in the OpenAPI document.
    pub(super) fn body<T: ToSchema>(&self) -> Arc<Compiled> {
        let name = T::name().into_owned();
        cached(&self.bodies, &name, || {
            with_components(json!({ "$ref": format!("{COMPONENTS}{name}") }), &self.components)
        })
    }

    /// The schema of a query string as an object, from the parameters that its type declares.
    pub(super) fn query<T: IntoParams + 'static>(&self) -> Arc<Compiled> {
        cached(&self.queries, &TypeId::of::<T>(), || {
            let parameters = T::into_params(|| Some(ParameterIn::Query));
            let required = parameters.iter().filter(|parameter| parameter.required == Required::True);
            let required: Vec<&str> = required.map(|parameter| parameter.name.as_str()).collect();
            let properties: Map<_, _> =
                parameters.iter().map(|parameter| (parameter.name.clone(), describe(parameter))).collect();
            let schema = json!({
                "type": "object", "properties": properties, "required": required, "additionalProperties": false
            });
            with_components(schema, &self.components)
        })
    }
}

/// A schema together with the components of the document that it refers to, itself or through others. With all of them,
/// every compiled schema would be as large as the document.
pub fn with_components(mut schema: Value, components: &Value) -> Value {
    let mut ahead = Vec::new();
    collect_references(&schema, &mut ahead);
    let mut needed = Map::new();
    while let Some(name) = ahead.pop() {
        // A reference that leads nowhere is told when the schema is compiled.
        if let Some(component) = components["schemas"].get(name).filter(|_| !needed.contains_key(name)) {
            collect_references(component, &mut ahead);
            needed.insert(name.to_owned(), component.clone());
        }
    }
    schema["components"] = json!({ "schemas": needed });
    schema
}

fn collect_references<'a>(schema: &'a Value, names: &mut Vec<&'a str>) {
    match schema {
        Value::Object(object) => {
            let target = object.get("$ref").and_then(Value::as_str);
            names.extend(target.and_then(|target| target.strip_prefix(COMPONENTS)));
            object.values().for_each(|inner| collect_references(inner, names));
        }
        Value::Array(list) => list.iter().for_each(|inner| collect_references(inner, names)),
        _ => {}
    }
}

fn describe(parameter: &Parameter) -> Value {
    let mut schema =
        parameter.schema.as_ref().and_then(|schema| serde_json::to_value(schema).ok()).unwrap_or(json!({}));
    // As in the OpenAPI document.
    bound_parameter(&parameter.name, &mut schema);
    if let Some(schema) = schema.as_object_mut() {
        // With `explode: false`, one parameter can have several values, separated by commas.
        schema.insert("x-commas".into(), Value::Bool(parameter.explode == Some(false)));
    }
    schema
}

fn cached<K: Clone + Eq + std::hash::Hash>(
    cache: &RwLock<HashMap<K, Arc<Compiled>>>,
    key: &K,
    schema: impl FnOnce() -> Value,
) -> Arc<Compiled> {
    if let Some(found) = cache.read().unwrap_or_else(PoisonError::into_inner).get(key) {
        return Arc::clone(found);
    }
    let made = Arc::new(Compiled::new(schema()));
    cache.write().unwrap_or_else(PoisonError::into_inner).insert(key.clone(), Arc::clone(&made));
    made
}
