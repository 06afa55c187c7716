//! Operations of a JSON Patch (RFC 6902), applied to the text of an initiative.

use std::collections::BTreeSet;

use json_patch::{PatchErrorKind, PatchOperation, patch};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::http::input::Faults;

/// Members that nobody suggests: the council that looks after a record decides who sees it and where it stands.
const NOT_SUGGESTED: [&str; 3] = ["parent", "slug", "visibility"];

/// What an operation does (RFC 6902, section 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Adds a value. In a list, it goes before the item at `path`; `-` is the end of the list.
    #[default]
    Add,
    /// Removes the value at `path`.
    Remove,
    /// Replaces the value at `path`.
    Replace,
    /// Moves the value at `from`.
    Move,
    /// Copies the value at `from`.
    Copy,
    /// Requires that `path` has this value. If it has not, nothing is changed.
    Test,
}

/// A change of a text: an operation of a JSON Patch (RFC 6902).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Operation {
    /// What to do.
    #[schema(required, example = "replace")]
    pub op: OperationKind,
    /// Where: a JSON Pointer (RFC 6901).
    #[schema(required, max_length = 200, pattern = "^(/([^/~]|~[01])*)+$", example = "/delivery_status")]
    pub path: String,
    /// Where the value is. Only `move` and `copy` have it.
    #[schema(max_length = 200, pattern = "^(/([^/~]|~[01])*)+$")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The value. `add`, `replace` and `test` must have it; null is a value.
    #[schema(example = "completed")]
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "sent")]
    pub value: Option<Value>,
}

/// A value that was sent, null included.
fn sent<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Operation {
    /// Checks that it has the members of its kind, and changes no member that nobody suggests.
    pub fn check(&self, place: &str, faults: &mut Faults) {
        let (takes_from, takes_value) = match self.op {
            OperationKind::Remove => (false, false),
            OperationKind::Move | OperationKind::Copy => (true, false),
            OperationKind::Add | OperationKind::Replace | OperationKind::Test => (false, true),
        };
        let members = [("from", takes_from, self.from.is_some()), ("value", takes_value, self.value.is_some())];
        for (name, is_taken, is_sent) in members {
            match (is_taken, is_sent) {
                (true, false) => faults.add(format!("{place}/{name}"), "required", "is required for this operation"),
                (false, true) => {
                    faults.add(format!("{place}/{name}"), "not_allowed", "is not allowed for this operation");
                }
                _ => {}
            }
        }
        if let Some(name) = self.members().find(|name| NOT_SUGGESTED.contains(name)) {
            let detail = format!("leads to {name}, which only the council that looks after the initiative changes");
            faults.add(format!("{place}/path"), "not_allowed", detail);
        }
    }

    /// Members of the text that it reads or changes.
    fn members(&self) -> impl Iterator<Item = &str> {
        let paths = [Some(self.path.as_str()), self.from.as_deref()].into_iter().flatten();
        paths.filter_map(|path| path.split('/').nth(1))
    }
}

/// Members of the text that some operations read or change.
pub fn touched<'a>(operations: impl IntoIterator<Item = &'a Operation>) -> BTreeSet<&'a str> {
    operations.into_iter().flat_map(Operation::members).collect()
}

/// These members of a text.
pub fn only(text: &Value, members: &BTreeSet<&str>) -> Value {
    let kept: Map<String, Value> =
        members.iter().map(|name| ((*name).to_owned(), text.get(name).cloned().unwrap_or_default())).collect();
    Value::Object(kept)
}

/// The text after these operations, each with its position in the suggestion. `None`, with a fault, if one does not
/// apply.
pub fn apply(text: &Value, operations: &[(usize, &Operation)], faults: &mut Faults) -> Result<Option<Value>, ApiError> {
    let mut changed = text.clone();
    let whole = operations.iter().map(|(_, operation)| *operation).collect::<Vec<_>>();
    let whole = serde_json::to_value(whole).map_err(ApiError::internal)?;
    let whole: Vec<PatchOperation> = serde_json::from_value(whole).map_err(ApiError::internal)?;
    let Err(failed) = patch(&mut changed, &whole) else { return Ok(Some(changed)) };
    let (at, name, detail) = match failed.kind {
        PatchErrorKind::TestFailed => ("value", "test_failed", "is not the value of the text"),
        PatchErrorKind::InvalidFromPointer => ("from", "does_not_apply", "leads to nothing in the text"),
        PatchErrorKind::CannotMoveInsideItself => ("path", "does_not_apply", "leads into what is moved"),
        _ => ("path", "does_not_apply", "leads to nothing in the text"),
    };
    let position = operations.get(failed.operation).map_or(failed.operation, |(position, _)| *position);
    faults.add(format!("/operations/{position}/{at}"), name, detail);
    Ok(None)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn operations(sent: Value) -> Vec<Operation> {
        serde_json::from_value(sent).expect("operations")
    }

    #[test]
    fn the_first_operation_that_does_not_apply_is_named_by_its_own_position() {
        let text = json!({"title": "A", "themes": ["housing"], "location": null});
        let sent = operations(json!([
            {"op": "replace", "path": "/location", "value": null},
            {"op": "add", "path": "/themes/-", "value": "health"},
            {"op": "remove", "path": "/themes/7"},
            {"op": "test", "path": "/title", "value": "B"},
        ]));
        let chosen = |positions: &[usize]| -> Vec<(usize, &Operation)> {
            positions.iter().map(|position| (*position, &sent[*position])).collect()
        };
        let mut faults = Faults::default();
        let after = apply(&text, &chosen(&[0, 1]), &mut faults).expect("an answer");
        assert_eq!(after, Some(json!({"title": "A", "themes": ["housing", "health"], "location": null})));
        for (positions, place, code) in
            [(&[1, 2][..], "/operations/2/path", "does_not_apply"), (&[3, 2], "/operations/3/value", "test_failed")]
        {
            assert_eq!(apply(&text, &chosen(positions), &mut faults).expect("an answer"), None);
            let told = faults.finish().expect_err("a fault");
            assert_eq!(told.faults().len(), 1);
            assert_eq!(told.faults()[0].pointer.as_deref(), Some(place));
            assert_eq!(told.faults()[0].code, code);
        }
    }

    #[test]
    fn null_is_a_value_and_absence_is_none() {
        let sent = operations(json!([{"op": "add", "path": "/a", "value": null}, {"op": "add", "path": "/a"}]));
        assert_eq!((&sent[0].value, &sent[1].value), (&Some(Value::Null), &None));
        assert_eq!(serde_json::to_value(&sent[0]).expect("JSON"), json!({"op": "add", "path": "/a", "value": null}));
    }

    #[test]
    fn touched_members_are_those_of_both_pointers() {
        let sent = operations(json!([{"op": "copy", "path": "/outcomes/0/note", "from": "/summary"}]));
        assert_eq!(touched(&sent).into_iter().collect::<Vec<_>>(), ["outcomes", "summary"]);
        assert_eq!(
            only(&json!({"summary": "s", "title": "t"}), &touched(&sent)),
            json!({"outcomes": null, "summary": "s"})
        );
    }
}
