//! Maximum sizes that a schema permits: the length of arrays, and the bytes of a body.

use serde_json::Value;

use super::schemas::Compiled;
use crate::error::fault::{Fault, FaultList};

/// Maximum size of one character in a JSON text: a pair of surrogates, each escaped (RFC 8259, section 7).
const BYTES_OF_CHARACTER: u64 = 12;
/// Maximum size of a number, a date, an id or an enum value.
const BYTES_OF_WORD: u64 = 100;
/// Room for white space in a body, and for unknown members, which get faults of their own.
const ROOM: u64 = 4096;
/// Maximum depth: deeper than any schema of the OpenAPI document.
const DEEPEST: usize = 20;

impl Compiled {
    /// Truncates arrays that are too long, and adds a fault for each. Validating 90,000 empty items would take seconds
    /// and help nobody.
    pub(super) fn shorten(&self, value: &mut Value) -> FaultList {
        let mut faults = FaultList::default();
        shorten(&self.schema, &self.schema, value, "", &mut faults);
        faults
    }

    /// Maximum size of a valid body in bytes, however its texts are escaped.
    pub(super) fn most_bytes(&self) -> usize {
        usize::try_from(most_bytes(&self.schema, &self.schema, 0).saturating_add(ROOM)).unwrap_or(usize::MAX)
    }
}

/// The schema itself, or the one that it references.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().map(|name| name.trim_start_matches('#'));
    name.and_then(|name| root.pointer(name)).unwrap_or(schema)
}

/// The subschemas: one of them must match, or all.
fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
    ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|name| schema[name].as_array()).flatten()
}

fn is_text(schema: &Value) -> bool {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|kind| kind == "string"),
        kind => kind == "string",
    }
}

fn shorten(root: &Value, schema: &Value, value: &mut Value, place: &str, faults: &mut FaultList) {
    let schema = resolve(root, schema);
    if let (Value::Array(list), Some(most)) = (&mut *value, schema["maxItems"].as_u64())
        && list.len() as u64 > most
    {
        list.truncate(most as usize);
        faults.push(Fault::at(place, "too_many", format!("has too many items; at most {most} are allowed")));
    }
    for part in parts(schema) {
        shorten(root, part, value, place, faults);
    }
    match value {
        Value::Array(list) => {
            if let Some(items) = schema.get("items") {
                for (at, item) in list.iter_mut().enumerate() {
                    shorten(root, items, item, &format!("{place}/{at}"), faults);
                }
            }
        }
        Value::Object(members) => {
            for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                if let Some(member) = members.get_mut(name) {
                    shorten(root, schema, member, &format!("{place}/{name}"), faults);
                }
            }
        }
        _ => {}
    }
}

/// A text or an array without a maximum counts as unlimited.
fn most_bytes(root: &Value, schema: &Value, depth: usize) -> u64 {
    if depth > DEEPEST {
        return u64::MAX;
    }
    let schema = resolve(root, schema);
    let inner = |schema: &Value| most_bytes(root, schema, depth + 1);
    let members = schema["properties"].as_object().into_iter().flatten();
    let object =
        members.map(|(name, schema)| inner(schema).saturating_add(name.len() as u64 + 4)).fold(0, u64::saturating_add);
    let array = schema.get("items").map_or(0, |items| {
        inner(items).saturating_add(2).saturating_mul(schema["maxItems"].as_u64().unwrap_or(u64::MAX))
    });
    let is_word = ["enum", "const", "format"].iter().any(|rule| schema.get(rule).is_some());
    let text = match schema["maxLength"].as_u64() {
        Some(most) => most.saturating_mul(BYTES_OF_CHARACTER),
        None if is_text(schema) && !is_word => u64::MAX,
        None => BYTES_OF_WORD,
    };
    let choice = parts(schema).map(inner).max().unwrap_or_default();
    [object, array, text, choice].into_iter().max().unwrap_or_default().saturating_add(2)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_array_that_is_too_long_is_cut_and_told_once_wherever_it_is() {
        let schema = json!({
            "$ref": "#/components/schemas/Thing",
            "components": { "schemas": { "Thing": {
                "type": "object",
                "properties": { "list": { "anyOf": [{ "type": "null" }, { "type": "array", "maxItems": 2, "items": {
                    "properties": { "inner": { "type": "array", "maxItems": 1 } } } }] } }
            } } }
        });
        let mut value = json!({"list": [{"inner": [1, 2, 3]}, {}, {}, {}], "other": [1, 2, 3, 4]});
        let faults = Compiled::new(schema).shorten(&mut value);
        assert_eq!(value, json!({"list": [{"inner": [1]}, {}], "other": [1, 2, 3, 4]}));
        let places: Vec<_> = faults.reported().iter().map(|fault| fault.pointer.as_deref().unwrap()).collect();
        assert_eq!(places, ["/list", "/list/0/inner"]);
    }

    #[test]
    fn the_most_bytes_are_those_of_the_longest_texts_fully_escaped() {
        let bytes = |schema: Value| Compiled::new(schema).most_bytes();
        let text = json!({ "type": "string", "maxLength": 1000 });
        assert_eq!(bytes(text.clone()), 12_000 + 2 + ROOM as usize);
        assert_eq!(bytes(json!({ "type": "array", "maxItems": 3, "items": text })), 3 * 12_004 + 2 + ROOM as usize);
        assert_eq!(bytes(json!({ "type": "string" })), usize::MAX);
        assert!(bytes(json!({ "type": "string", "format": "uuid" })) < 5000);
    }
}
