//! Rules across members of a body, as JSON Schema conditions with `if` and `then`.
//!
//! Client generators do not support conditions: some stop, and some make types that do not compile. So the published
//! document gives the rules in words, in the description of each schema. The strict document also gives them as
//! conditions. The service checks bodies against the strict document, so the rules always match the service.

use serde_json::{Value, json};

use super::schemas::PATCHES;

/// A condition, and the same rule in words.
struct Rule {
    words: &'static str,
    condition: Value,
}

/// Adds the rules in words to the descriptions of the published document.
pub(super) fn say(document: &mut Value) {
    each(document, |schema, rules| {
        let said: Vec<&str> =
            schema["description"].as_str().into_iter().chain(rules.iter().map(|rule| rule.words)).collect();
        schema["description"] = said.join(" ").into();
    });
}

/// Adds the rules as conditions, for validators.
pub(super) fn add(document: &mut Value) {
    each(document, |schema, rules| {
        schema["allOf"] = rules.into_iter().map(|rule| rule.condition).collect();
    });
}

fn each(document: &mut Value, change: impl Fn(&mut Value, Vec<Rule>)) {
    for name in ["NewCouncil", "NewTheme", "NewUser", "UserUpdate", "Outcome", "Lead"] {
        // The rules of a body also apply to its patch.
        let patch = PATCHES.iter().filter(|(whole, _)| *whole == name).map(|(_, patch)| *patch);
        for schema in [name].into_iter().chain(patch) {
            change(&mut document["components"]["schemas"][schema], of(name));
        }
    }
}

/// The rules of a schema.
fn of(name: &str) -> Vec<Rule> {
    let text = json!({ "type": "string" });
    let number = json!({ "type": "number" });
    let none = json!({ "type": "null" });
    let whole = json!({ "type": "integer" });
    let is =
        |member: &str, words: &[&str]| json!({ "required": [member], "properties": { member: { "enum": words } } });
    let has = |member: &str| json!({ "required": [member], "properties": { member: { "not": { "type": "null" } } } });
    let needs = |member: &str, kind: &Value| json!({ "required": [member], "properties": { member: kind } });
    let lacks = |member: &str| json!({ "properties": { member: none } });
    let rule = |words, when: Value, then: Value| Rule { words, condition: json!({ "if": when, "then": then }) };
    let single = ["exact", "at_least", "at_most", "about"];
    match name {
        "NewCouncil" => vec![
            rule("`population` requires `population_year`.", has("population"), needs("population_year", &whole)),
            rule("`population_year` requires `population`.", has("population_year"), needs("population", &whole)),
            rule(
                "`region` is only for councils in England.",
                is("nation", &["scotland", "wales", "northern_ireland"]),
                lacks("region"),
            ),
            Rule {
                words: "The slug `network` is reserved for the network itself.",
                condition: json!({ "properties": { "slug": { "not": { "const": "network" } } } }),
            },
        ],
        "NewTheme" => vec![rule(
            "`replaced_by` is allowed only if `status` is `deprecated`.",
            json!({ "not": is("status", &["deprecated"]) }),
            lacks("replaced_by"),
        )],
        "NewUser" | "UserUpdate" => vec![
            rule(
                "`council` is required if `role` is `contributor` or `council_editor`.",
                is("role", &["contributor", "council_editor"]),
                needs("council", &text),
            ),
            rule(
                "`council` is not allowed for other roles.",
                is("role", &["researcher", "moderator", "network_admin"]),
                lacks("council"),
            ),
        ],
        "Outcome" => vec![
            rule(
                "If `bound` is `direction`, `direction` is required, and `value` and `value_high` are not allowed.",
                is("bound", &["direction"]),
                json!({ "required": ["direction"], "properties": { "direction": text, "value": none, "value_high": none } }),
            ),
            rule(
                "If `bound` is `range`, `value`, `value_high` and `unit` are required.",
                is("bound", &["range"]),
                json!({ "required": ["value", "value_high", "unit"],
                    "properties": { "value": number, "value_high": number, "unit": text } }),
            ),
            rule("`value_high` is allowed only if `bound` is `range`.", is("bound", &single), lacks("value_high")),
            rule(
                "If `bound` is `exact`, `at_least`, `at_most` or `about`, `value` is required unless `kind` is `award`.",
                json!({ "allOf": [is("bound", &single), { "not": is("kind", &["award"]) }] }),
                needs("value", &number),
            ),
            rule(
                "`value` requires `unit`.",
                json!({ "allOf": [has("value"), { "not": is("bound", &["direction"]) }] }),
                needs("unit", &text),
            ),
            rule(
                "An `evidence_level` of 2 or more requires `source`.",
                json!({ "properties": { "evidence_level": { "minimum": 2 } } }),
                needs("source", &text),
            ),
            rule(
                "`independence` is allowed only from `evidence_level` 4.",
                json!({ "properties": { "evidence_level": { "maximum": 3 } } }),
                lacks("independence"),
            ),
        ],
        "Lead" => vec![
            rule(
                "If `kind` is `council`, `ref` is required and `name` is not allowed.",
                is("kind", &["council"]),
                json!({ "required": ["ref"], "properties": { "ref": text, "name": none } }),
            ),
            rule(
                "If `kind` is `organisation`, `name`, `ref` or both are required.",
                is("kind", &["organisation"]),
                json!({ "anyOf": [needs("name", &text), needs("ref", &text)] }),
            ),
            rule(
                "If `kind` is `network` or `unknown`, `ref` and `name` are not allowed.",
                is("kind", &["network", "unknown"]),
                json!({ "properties": { "ref": none, "name": none } }),
            ),
        ],
        _ => Vec::new(),
    }
}
