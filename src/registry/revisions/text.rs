//! Texts of revisions as JSON: what differs, and the merge with what was published meanwhile.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::registry::initiatives::answer::Initiative;
use crate::registry::initiatives::model::NewInitiative;

/// Members that a council's editor can change in a published initiative without a review: facts of the record that make
/// no claim. The network's policy is this list.
pub const MINOR: [&str; 3] = ["location", "review_due_on", "source_url"];

/// The text of an initiative: a body that would leave it as it is.
pub fn text_of(record: &Initiative) -> Result<Value, ApiError> {
    as_json(&NewInitiative::from(record))
}

/// A body as JSON.
pub fn as_json(body: &NewInitiative) -> Result<Value, ApiError> {
    serde_json::to_value(body).map_err(ApiError::internal)
}

/// The text of a revision as a body.
pub fn parsed(text: Value) -> Result<NewInitiative, ApiError> {
    serde_json::from_value(text).map_err(ApiError::internal)
}

/// Names of the members in which two texts differ. An absent member is null.
pub fn changed(one: &Value, other: &Value) -> Vec<String> {
    names(one, other).into_iter().filter(|name| one[*name] != other[*name]).map(str::to_owned).collect()
}

/// The text of a revision, carried over to what is published now.
#[derive(Debug, PartialEq)]
pub struct Rebased {
    /// The published text, with the members that the revision changes.
    pub text: Value,
    /// Members that both have changed since, in different ways. They have the revision's value.
    pub conflicts: Vec<String>,
}

/// Carries the changes from `base` to `text` over to the published text `now`: a merge in three ways, by member.
pub fn rebase(base: &Value, now: &Value, text: &Value) -> Rebased {
    let mut merged = now.as_object().cloned().unwrap_or_default();
    let mut conflicts = Vec::new();
    for name in changed(base, text) {
        let value = &text[&name];
        if base[&name] != now[&name] && now[&name] != *value {
            conflicts.push(name.clone());
        }
        merged.insert(name, value.clone());
    }
    Rebased { text: Value::Object(merged), conflicts }
}

/// The base of a text after an edit: the published text, except for conflicts that the edit has not touched.
pub fn new_base(base: &Value, now: &Value, conflicts: &[String], is_sent: impl Fn(&str) -> bool) -> Value {
    let mut moved: Map<String, Value> = now.as_object().cloned().unwrap_or_default();
    for name in conflicts.iter().filter(|name| !is_sent(name)) {
        moved.insert(name.clone(), base[name].clone());
    }
    Value::Object(moved)
}

fn names<'a>(one: &'a Value, other: &'a Value) -> BTreeSet<&'a str> {
    [one, other].into_iter().filter_map(Value::as_object).flat_map(Map::keys).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_only_one_side_changed_is_taken_and_what_both_changed_is_a_conflict() {
        let base = json!({"title": "A", "summary": "s", "themes": ["housing"], "location": null});
        let now = json!({"title": "A", "summary": "officer", "themes": ["health"], "location": null});
        let text = json!({"title": "B", "summary": "editor", "themes": ["housing"]});
        let merged = rebase(&base, &now, &text);
        assert_eq!(merged.text, json!({"title": "B", "summary": "editor", "themes": ["health"], "location": null}));
        assert_eq!(merged.conflicts, ["summary"]);
        // The same change on both sides is none.
        assert_eq!(
            rebase(&base, &now, &json!({"title": "A", "summary": "officer", "themes": ["housing"]})).conflicts.len(),
            0
        );

        // A conflict stays until its member is sent again.
        let untouched = new_base(&base, &now, &merged.conflicts, |name| name == "title");
        assert_eq!(rebase(&untouched, &now, &merged.text).conflicts, ["summary"]);
        let settled = new_base(&base, &now, &merged.conflicts, |name| name == "summary");
        assert_eq!(rebase(&settled, &now, &merged.text).conflicts.len(), 0);
    }
}
