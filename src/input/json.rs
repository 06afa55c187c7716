//! JSON as RFC 8259 wants it: nothing is lost unsaid, so a member named twice is refused. Text comes out normalised.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use unicode_normalization::UnicodeNormalization;

/// Read a body. The error says where and what, in plain English.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("The body is not UTF-8: the byte at {} does not belong.", error.valid_up_to()))?;
    if text.trim().is_empty() {
        return Err("The body is empty; a JSON object is needed.".into());
    }
    serde_json::from_str::<Strict>(text)
        .map(|strict| strict.0)
        .map_err(|error| format!("The body is not JSON that can be read: {error}."))
}

/// Unicode NFC, line ends as `\n`.
fn normalise(text: &str) -> String {
    let composed: String = text.nfc().collect();
    if composed.contains('\r') { composed.replace("\r\n", "\n") } else { composed }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // JSON Schema and JSON know one kind of number: 5.0 is the whole number 5.
        if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0 {
            return Ok((value as i64).into());
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number is too large"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(normalise(value)))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let Strict(value) = members.next_value()?;
            if object.contains_key(&name) {
                return Err(A::Error::custom(format!("the member {name:?} is given twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_normalised_and_nothing_is_lost() {
        assert_eq!(
            parse("{\"a\": \"Cafe\u{301}\\r\\nx\", \"n\": 1.5}".as_bytes()),
            Ok(json!({"a": "Café\nx", "n": 1.5}))
        );
        assert_eq!(parse(b"[5.0, 1e3, -0.0, 0.5, 1e30]"), Ok(json!([5, 1000, 0, 0.5, 1e30])));
        assert!(parse(br#"{"a": 1, "a": 2}"#).unwrap_err().contains("twice"));
        assert!(parse(b"{\"a\": \"\xff\"}").unwrap_err().contains("UTF-8"));
        assert!(parse(br#"{"a": 1e999}"#).is_err());
        assert!(parse(br#"{"a": "\ud800"}"#).is_err());
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }
}
