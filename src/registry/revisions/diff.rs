//! What differs between two texts: as a JSON Patch, and in words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::model::Revision;
use super::text::{as_json, changed};
use crate::error::ApiError;

/// Longest value that is quoted whole, in characters.
const MOST_QUOTED: usize = 120;

/// Which revision to compare with.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DiffQuery {
    /// Number of the revision to compare with: the text before. Default: the revision with the next lower number that
    /// you can see. The first revision is compared with itself.
    #[param(minimum = 1, example = 1)]
    pub from: Option<i32>,
}

/// What differs between two revisions of an initiative.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionDiff {
    /// Number of the revision with the text before.
    #[schema(example = 1, minimum = 1)]
    pub from: i32,
    /// Number of the revision with the text after.
    #[schema(example = 2, minimum = 1)]
    pub to: i32,
    /// The changes as a JSON Patch (RFC 6902): applied to the text before, it gives the text after.
    #[schema(value_type = Vec<Object>, example = json!([{ "op": "replace", "path": "/title", "value": "Smarter York" }]))]
    pub patch: Value,
    /// The changes in words, one line for each member.
    #[schema(example = json!(["title: “Smart York” is now “Smarter York”"]))]
    pub in_words: Vec<String>,
}

/// Compares the texts of two revisions.
pub fn diff(from: &Revision, to: &Revision) -> Result<RevisionDiff, ApiError> {
    let (before, after) = (as_json(&from.text)?, as_json(&to.text)?);
    let patch = serde_json::to_value(json_patch::diff(&before, &after)).map_err(ApiError::internal)?;
    Ok(RevisionDiff { from: from.number, to: to.number, patch, in_words: in_words(&before, &after) })
}

/// One line for each member in which two texts differ.
pub fn in_words(before: &Value, after: &Value) -> Vec<String> {
    changed(before, after)
        .into_iter()
        .map(|name| {
            let words = match (&before[&name], &after[&name]) {
                (Value::Array(before), Value::Array(after)) => of_lists(before, after),
                (Value::Null, after) => format!("added{}", quoted(after)),
                (before, Value::Null) => format!("removed{}", quoted(before)),
                (before, after) => of_values(before, after),
            };
            format!("{name}: {words}")
        })
        .collect()
}

fn of_values(before: &Value, after: &Value) -> String {
    match (short(before), short(after)) {
        (Some(before), Some(after)) => format!("“{before}” is now “{after}”"),
        _ => match (before.as_str(), after.as_str()) {
            (Some(before), Some(after)) => {
                let length = |text: &str| text.chars().count();
                format!("rewritten: {} characters before, {} now", length(before), length(after))
            }
            _ => "changed".into(),
        },
    }
}

/// Items that only one of two lists has. Items of lists have no names, so a changed item is one of each.
fn of_lists(before: &[Value], after: &[Value]) -> String {
    let mut balance: BTreeMap<String, (i32, &Value)> = BTreeMap::new();
    for (items, sign) in [(before, -1), (after, 1)] {
        for item in items {
            balance.entry(item.to_string()).or_insert((0, item)).0 += sign;
        }
    }
    let only = |sign: i32| -> Vec<&Value> {
        balance.values().filter(|(count, _)| count.signum() == sign).map(|(_, item)| *item).collect()
    };
    let words = |what: &str, items: &[&Value]| match items {
        [] => None,
        items => {
            let names: Option<Vec<String>> = items.iter().map(|item| short(item)).collect();
            let names = names.filter(|names| names.len() <= 5).map(|names| format!(" ({})", names.join(", ")));
            Some(format!("{} {what}{}", items.len(), names.unwrap_or_default()))
        }
    };
    let parts: Vec<String> = [words("added", &only(1)), words("removed", &only(-1))].into_iter().flatten().collect();
    if parts.is_empty() { "in another order".into() } else { parts.join(", ") }
}

/// A value that fits into a line: a short text, a number or a truth value, or the name of an item.
fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        Value::Object(members) => {
            let name = ["measure", "title", "name", "council", "principle", "description"]
                .iter()
                .find_map(|name| members.get(*name)?.as_str());
            name?.to_owned()
        }
        Value::Null | Value::Array(_) => return None,
    };
    (text.chars().count() <= MOST_QUOTED && !text.contains('\n')).then_some(text)
}

fn quoted(value: &Value) -> String {
    short(value).map(|text| format!(" “{text}”")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_member_is_told_in_a_line() {
        let before = json!({
            "title": "A", "body": "long\n", "themes": ["housing", "health"], "who_for": null, "slug": "a",
            "outcomes": [{"measure": "Homes", "value": 1}], "licence": "CC0-1.0"
        });
        let after = json!({
            "title": "B", "body": "longer\n", "themes": ["health", "work"], "who_for": "Tenants", "slug": "a",
            "outcomes": [{"measure": "Homes", "value": 2}, {"measure": "Jobs", "value": 3}], "licence": null
        });
        assert_eq!(
            in_words(&before, &after),
            [
                "body: rewritten: 5 characters before, 7 now",
                "licence: removed “CC0-1.0”",
                "outcomes: 2 added (Homes, Jobs), 1 removed (Homes)",
                "themes: 1 added (work), 1 removed (housing)",
                "title: “A” is now “B”",
                "who_for: added “Tenants”",
            ]
        );
        assert_eq!(
            in_words(&json!({"themes": ["a", "b"]}), &json!({"themes": ["b", "a"]})),
            ["themes: in another order"]
        );
        assert!(in_words(&before, &before).is_empty());
    }

    #[test]
    fn the_patch_applied_to_the_text_before_gives_the_text_after() {
        let before = json!({"title": "A", "themes": ["a", "b"], "outcomes": [{"value": 1}]});
        let after = json!({"title": "B", "themes": ["b"], "outcomes": [{"value": 2}, {"value": 3}], "who_for": "x"});
        let mut text = before.clone();
        json_patch::patch(&mut text, &json_patch::diff(&before, &after)).unwrap();
        assert_eq!(text, after);
    }
}
