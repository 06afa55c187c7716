//! Bounds for strings, numbers and arrays of the OpenAPI document that have none of their own.
//!
//! Models declare the bounds that mean something. The rest get theirs here. Parameters get narrow bounds, which also
//! validate query strings. Responses get bounds wide enough for anything in the registry. Generated clients validate
//! responses by them, and programs know how much memory to allow.

use serde_json::{Value, json};

/// Largest integer that every JSON reader represents exactly (RFC 8259, section 6).
const INTEGER: i64 = 9_007_199_254_740_991;
/// Half the circumference of the Earth in kilometres, rounded up: the largest distance between two points.
const FURTHEST: f64 = 20_100.0;

/// Bounds to apply.
#[derive(Clone, Copy)]
struct Room {
    /// Maximum length of a string, in characters.
    text: u64,
    /// Maximum length of a URL, in characters.
    address: u64,
    /// Maximum number of items in an array.
    items: u64,
    /// Minimum and maximum of a number, unless its name suggests others.
    number: f64,
}

/// For parameters. No query has more than a hundred (`limits::request_size`), and no record has a longer name.
const PARAMETER: Room = Room { text: 200, address: 2_000, items: 100, number: 1_000_000.0 };
/// For responses. A URL can be as long as a request's, percent-encoded, with a cursor. Every other string comes from
/// one body (`MAX_BODY`), or is HTML made from one. Numbers without a bound are degrees.
const ANSWER: Room = Room { text: 10_000_000, address: 100_000, items: 10_000_000, number: 180.0 };

/// Adds bounds to a parameter. `limit` has no maximum, because higher values count as the maximum. A cursor is sealed,
/// and nobody types one.
pub fn bound_parameter(name: &str, schema: &mut Value) {
    if !["limit", "cursor", "since"].contains(&name) {
        bound(name, schema, &PARAMETER);
    }
}

/// Adds bounds to a schema of a response, and to everything in it.
pub fn bound_answer(name: &str, schema: &mut Value) {
    bound(name, schema, &ANSWER);
}

fn bound(name: &str, schema: &mut Value, room: &Room) {
    let is = |kind: &str| match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(|one| one == kind),
        one => one == kind,
    };
    let (text, array, integer, number) = (is("string"), is("array"), is("integer"), is("number"));
    let Some(members) = schema.as_object_mut() else { return };
    let is_closed = ["enum", "const", "maxLength"].iter().any(|word| members.contains_key(*word));
    if text && !is_closed {
        let most = match members.get("format").and_then(Value::as_str) {
            Some("uuid") => 36,
            Some("date") => 10,
            Some("date-time") => 64,
            Some("uri" | "uri-reference") => room.address,
            _ => room.text,
        };
        members.insert("maxLength".into(), json!(most));
    }
    if array && !members.contains_key("maxItems") {
        members.insert("maxItems".into(), json!(room.items));
    }
    if integer {
        let most =
            if members.get("format").is_some_and(|format| format == "int32") { i32::MAX.into() } else { INTEGER };
        members.entry("format").or_insert(json!("int64"));
        // Versions, years, counts and positions in a list are never negative.
        members.entry("minimum").or_insert(json!(0));
        members.entry("maximum").or_insert(json!(most));
    }
    if number {
        let (least, most) = match name {
            "latitude" => (-90.0, 90.0),
            "distance_km" => (0.0, FURTHEST),
            _ => (-room.number, room.number),
        };
        members.entry("minimum").or_insert(json!(least));
        members.entry("maximum").or_insert(json!(most));
    }
    for word in ["properties", "patternProperties"] {
        for (member, inner) in members.get_mut(word).and_then(Value::as_object_mut).into_iter().flatten() {
            bound(member, inner, room);
        }
    }
    for word in ["items", "additionalProperties"] {
        if let Some(inner) = members.get_mut(word) {
            bound(name, inner, room);
        }
    }
    for word in ["oneOf", "anyOf", "allOf", "prefixItems"] {
        members
            .get_mut(word)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
            .for_each(|one| bound(name, one, room));
    }
}
