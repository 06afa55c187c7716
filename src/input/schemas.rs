//! The schemas of bodies and query strings, taken from the OpenAPI document and compiled once each.

use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::faults::explain;
use crate::error::Fault;

/// Compiled schemas of everything that is read, shared by all workers.
pub struct Schemas {
    components: Value,
    bodies: RwLock<HashMap<String, Arc<Compiled>>>,
    queries: RwLock<HashMap<TypeId, Arc<Compiled>>>,
}

/// A schema, ready to be used.
pub(super) struct Compiled {
    pub schema: Value,
    validator: Validator,
}

impl Compiled {
    fn new(schema: Value) -> Self {
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(true)
            .build(&schema)
            .expect("the document's own schemas are valid; the drift test compiles every one");
        Self { schema, validator }
    }

    /// Everything that is wrong with `value`.
    pub fn faults(&self, value: &Value) -> Vec<Fault> {
        self.validator.iter_errors(value).flat_map(|error| explain(&error, &self.schema)).collect()
    }
}

impl Schemas {
    /// From the finished OpenAPI document.
    pub fn new(document: &Value) -> Self {
        Self { components: document["components"].clone(), bodies: RwLock::default(), queries: RwLock::default() }
    }

    /// The schema of a body type, by its name in the document.
    pub(super) fn body<T: ToSchema>(&self) -> Arc<Compiled> {
        let name = T::name().into_owned();
        cached(
            &self.bodies,
            &name,
            || json!({ "$ref": format!("#/components/schemas/{name}"), "components": self.components }),
        )
    }

    /// The schema of a query string as an object, from the parameters that its type declares.
    pub(super) fn query<T: IntoParams + 'static>(&self) -> Arc<Compiled> {
        cached(&self.queries, &TypeId::of::<T>(), || {
            let mut properties = Map::new();
            for parameter in T::into_params(|| Some(ParameterIn::Query)) {
                properties.insert(parameter.name.clone(), describe(&parameter));
            }
            json!({ "type": "object", "properties": properties, "additionalProperties": false, "components": self.components })
        })
    }
}

fn describe(parameter: &Parameter) -> Value {
    let mut schema =
        parameter.schema.as_ref().and_then(|schema| serde_json::to_value(schema).ok()).unwrap_or(json!({}));
    if let Some(schema) = schema.as_object_mut() {
        // `explode: false` lets one parameter carry several values, joined by commas.
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
