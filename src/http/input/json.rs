//! Strict JSON (RFC 8259): nothing is lost silently, so duplicate members are refused. Text is normalised.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use unicode_normalization::UnicodeNormalization;

/// Maximum number of values in a body; each member and item counts. The largest record has a sixth of it. A value takes
/// some eighty bytes in memory, and a megabyte of text can have half a million values.
const MOST_VALUES: usize = 20_000;

/// Reads a body. Errors state the position and the cause in plain English.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    if let Some(encoding) = other_encoding(bytes) {
        return Err(format!(
            "The body is {encoding}. Send it as UTF-8 without a byte order mark (RFC 8259, section 8.1)."
        ));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| format!("The body is not UTF-8: byte {} is not valid.", error.valid_up_to()))?;
    if text.trim().is_empty() {
        return Err("The body is empty; send a JSON object.".into());
    }
    let left = Cell::new(MOST_VALUES);
    let mut source = serde_json::Deserializer::from_str(text);
    let value = Strict(&left).deserialize(&mut source).and_then(|value| source.end().map(|()| value));
    value.map_err(|error| format!("The body is not valid JSON: {error}."))
}

/// The encoding of a body that begins otherwise than JSON in UTF-8 does. Editors and shells of Windows write these.
///
/// JSON begins with an ASCII character, so zeros around it tell UTF-16 and UTF-32 (RFC 4627, section 3).
fn other_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xef, 0xbb, 0xbf, ..] => Some("UTF-8 with a byte order mark (BOM)"),
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, _, ..] | [_, 0, 0, 0, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// Unicode NFC, line endings as `\n`.
fn normalise(text: &str) -> String {
    let composed: String = text.nfc().collect();
    if composed.contains('\r') { composed.replace("\r\n", "\n") } else { composed }
}

/// Reads one value, and counts it against the number left.
#[derive(Clone, Copy)]
struct Strict<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.0.get().checked_sub(1);
        self.0.set(left.ok_or_else(|| D::Error::custom(format!("it has more than {MOST_VALUES} values")))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
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
        // JSON Schema treats 2013.0 as an integer. Below 2^53, it is exactly that integer.
        if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
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
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(self)?;
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
    use serde_json::json;

    use super::*;

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
        let utf_16 =
            |mark: &[u8]| [mark, &"{}".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()].concat();
        for (bytes, said) in [
            (b"\xef\xbb\xbf{}".to_vec(), "byte order mark"),
            (utf_16(b"\xff\xfe"), "UTF-16"),
            (utf_16(b""), "UTF-16"),
            (b"\0{\0}".to_vec(), "UTF-16"),
            (b"{\0\0\0}\0\0\0".to_vec(), "UTF-32"),
        ] {
            assert!(parse(&bytes).unwrap_err().contains(said), "{bytes:?}");
        }
        assert!(parse(br#"{"a": "\ud800"}"#).is_err());
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
        assert!(parse(b"{} {}").is_err());
        let list = |items: usize| format!("[{}0]", "0,".repeat(items - 1));
        assert!(parse(list(MOST_VALUES - 1).as_bytes()).is_ok());
        assert!(parse(list(MOST_VALUES).as_bytes()).unwrap_err().contains("more than 20000 values"));
    }
}
