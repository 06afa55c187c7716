//! A record's JSON, serialised once, with the offset of every member. Responses copy bytes instead of serialising.

use serde::Serialize;

use crate::error::ApiError;

/// Members that a request adds (`embedded`, `distance_km`, `highlight`, `initiative_count`) follow this one in every
/// record.
const ADDED_AFTER: &str = "html";

/// The JSON object of a record.
#[derive(Debug)]
pub struct RecordJson {
    text: Box<str>,
    /// Offset of each member: of the quotation mark before its name.
    starts: Box<[u32]>,
}

/// The shape of a record in one response.
#[derive(Clone, Debug, Default)]
pub struct Shape<'a> {
    /// Only these members; all if `None`.
    pub fields: Option<&'a [String]>,
    /// Without this member.
    pub without: Option<&'a str>,
    /// Members with replaced values, as JSON.
    pub replaced: Vec<(&'static str, String)>,
    /// Members to add, with their values as JSON. `fields` does not exclude them.
    pub added: Vec<(&'static str, String)>,
}

impl Shape<'_> {
    /// True if the record is unchanged.
    pub fn is_whole(&self) -> bool {
        self.fields.is_none() && self.without.is_none() && self.replaced.is_empty() && self.added.is_empty()
    }

    fn shows(&self, name: &str) -> bool {
        self.without != Some(name) && self.fields.is_none_or(|fields| fields.iter().any(|field| field == name))
    }
}

impl RecordJson {
    /// Serialise a record. Fails unless it is a JSON object.
    pub fn new(record: &impl Serialize) -> Result<Self, ApiError> {
        let text = serde_json::to_string(record).map_err(ApiError::internal)?;
        let starts = member_starts(&text);
        Ok(Self { text: text.into_boxed_str(), starts: starts.into_boxed_slice() })
    }

    /// The whole object.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Size in memory, in bytes.
    pub fn size(&self) -> usize {
        self.text.len() + self.starts.len() * size_of::<u32>()
    }

    /// The value of a member, as JSON.
    pub fn value(&self, name: &str) -> Option<&str> {
        (0..self.starts.len()).map(|at| self.member(at)).find(|(known, ..)| *known == name).map(|(_, value, _)| value)
    }

    /// Write the object in this shape.
    pub fn write(&self, shape: &Shape<'_>, out: &mut Vec<u8>) {
        if shape.is_whole() {
            out.extend_from_slice(self.text.as_bytes());
            return;
        }
        out.push(b'{');
        let first = out.len();
        for (name, value, whole) in (0..self.starts.len()).map(|at| self.member(at)) {
            if shape.shows(name) {
                separate(out, first);
                match shape.replaced.iter().find(|(replaced, _)| *replaced == name) {
                    Some((_, other)) => {
                        out.extend_from_slice(&whole.as_bytes()[..whole.len() - value.len()]);
                        out.extend_from_slice(other.as_bytes());
                    }
                    None => out.extend_from_slice(whole.as_bytes()),
                }
            }
            if name == ADDED_AFTER {
                for (name, value) in &shape.added {
                    separate(out, first);
                    out.extend_from_slice(format!("\"{name}\":{value}").as_bytes());
                }
            }
        }
        out.push(b'}');
    }

    /// A member: its name, its value, and the text of both.
    fn member(&self, at: usize) -> (&str, &str, &str) {
        let start = self.starts[at] as usize;
        // A comma precedes the next member, and a brace follows the last one.
        let end = self.starts.get(at + 1).map_or(self.text.len(), |next| *next as usize) - 1;
        let whole = &self.text[start..end];
        let name = whole[1..].split('"').next().unwrap_or_default();
        (name, &whole[name.len() + 3..], whole)
    }
}

fn separate(out: &mut Vec<u8>, first: usize) {
    if out.len() > first {
        out.push(b',');
    }
}

/// The offsets of an object's members, in JSON without whitespace.
fn member_starts(text: &str) -> Vec<u32> {
    let (mut starts, mut depth, mut is_text, mut is_escaped) = (Vec::new(), 0, false, false);
    let mut may_begin = false;
    for (at, byte) in text.bytes().enumerate() {
        if is_text {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => is_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => {
                if may_begin {
                    starts.push(u32::try_from(at).unwrap_or(u32::MAX));
                }
                is_text = true;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        may_begin = depth == 1 && matches!(byte, b'{' | b',');
    }
    starts
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn shown(record: &RecordJson, shape: &Shape<'_>) -> String {
        let mut out = Vec::new();
        record.write(shape, &mut out);
        let text = String::from_utf8(out).unwrap();
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
        text
    }

    #[test]
    fn members_are_picked_replaced_and_added_in_the_order_of_the_record() {
        let value = json!({ "id": 1, "text": "a \"b\", {c} [\\", "list": [{ "x": "," }, 2], "html": { "body": null }, "version": 3 });
        let record = RecordJson::new(&value).unwrap();
        assert_eq!(shown(&record, &Shape::default()), value.to_string());
        assert_eq!(record.value("list"), Some("[{\"x\":\",\"},2]"));
        assert_eq!(record.value("none"), None);
        let fields = ["version".to_owned(), "text".to_owned()];
        let picked = Shape { fields: Some(&fields), ..Shape::default() };
        assert_eq!(shown(&record, &picked), r#"{"text":"a \"b\", {c} [\\","version":3}"#);
        let added = Shape { added: vec![("distance_km", "1.5".into())], ..picked };
        assert_eq!(shown(&record, &added), r#"{"text":"a \"b\", {c} [\\","distance_km":1.5,"version":3}"#);
        let changed = Shape { without: Some("html"), replaced: vec![("list", "[]".into())], ..Shape::default() };
        assert_eq!(shown(&record, &changed), r#"{"id":1,"text":"a \"b\", {c} [\\","list":[],"version":3}"#);
        let none: [String; 0] = [];
        assert_eq!(shown(&record, &Shape { fields: Some(&none), ..Shape::default() }), "{}");
    }
}
