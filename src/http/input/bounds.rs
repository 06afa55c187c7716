//! Bounds for what has none of its own: no string, number or array of the document is without an end.
//!
//! Models say the bounds that mean something. What is left gets one here: parameters a narrow one, by which query strings are
//! checked as well, answers one so wide that it holds whatever the registry has. Generated clients check answers by them, and
//! programs know how much to allow for.

use serde_json::{Value, json};

/// Largest integer that every reader of JSON takes exactly (RFC 8259, section 6).
const INTEGER: i64 = 9_007_199_254_740_991;
/// Half of the circumference of the Earth in kilometres, rounded up: nothing is further away.
const FURTHEST: f64 = 20_100.0;

/// How much what has no bound may hold.
#[derive(Clone, Copy)]
struct Room {
    /// Characters of a string.
    text: u64,
    /// Characters of an address.
    address: u64,
    /// Items of an array.
    items: u64,
    /// Either end of a number whose name says nothing.
    number: f64,
}

/// Of a parameter. No query has more than a hundred (`limits::request_size`), and no record a longer name.
const PARAMETER: Room = Room { text: 200, address: 2_000, items: 100, number: 1_000_000.0 };
/// Of an answer. An address may be as long as a request's, percent-encoded, with a cursor. Every string of an answer is made of
/// one body (`MAX_BODY`), or written out for a frame or a page. Numbers without a bound are degrees.
const ANSWER: Room = Room { text: 10_000_000, address: 100_000, items: 10_000_000, number: 180.0 };

/// Bound a parameter. `limit` has no largest value: a larger wish is no fault, but taken for the largest. A cursor is sealed, and
/// no parameter that anybody fills in.
pub fn bound_parameter(name: &str, schema: &mut Value) {
    if !["limit", "cursor", "since"].contains(&name) {
        bound(name, schema, &PARAMETER);
    }
}

/// Bound what an answer is made of: a schema, with all that lies in it.
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
        // Versions, years, counts and places in a list: none is below zero.
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
