//! Rules that tie members of a body together, in the words that JSON Schema has: `if` these members, `then` those.
//!
//! Generators of clients do not take conditions: some stop, some make types that do not compile. So the published document says
//! the rules in plain words, in the description of each schema, and the strict document says them as conditions as well.
//! Bodies are checked by the strict one, so neither can say what the service does not do.

use serde_json::{Value, json};

use super::schemas::PATCHES;

/// A condition, and the same in plain words.
struct Rule {
    words: &'static str,
    condition: Value,
}

/// Say the rules in the descriptions of the published document.
pub(super) fn say(document: &mut Value) {
    each(document, |schema, rules| {
        let said: Vec<&str> =
            schema["description"].as_str().into_iter().chain(rules.iter().map(|rule| rule.words)).collect();
        schema["description"] = said.join(" ").into();
    });
}

/// Add the rules as conditions, for validators.
pub(super) fn add(document: &mut Value) {
    each(document, |schema, rules| {
        schema["allOf"] = rules.into_iter().map(|rule| rule.condition).collect();
    });
}

fn each(document: &mut Value, change: impl Fn(&mut Value, Vec<Rule>)) {
    for name in ["Membership", "NewCouncil", "NewTheme", "NewUser", "UserUpdate", "Outcome"] {
        // A patch keeps to the rules of the whole.
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
        "Membership" => vec![
            rule(
                "Any `tier` but `none` needs a `status`.",
                is("tier", &["full", "associate", "affiliate", "supporter"]),
                needs("status", &text),
            ),
            rule(
                "With the tier `none`, `status` is `prospect` or null.",
                is("tier", &["none"]),
                json!({ "properties": { "status": { "enum": ["prospect", null] } } }),
            ),
        ],
        "NewCouncil" => vec![
            rule("A `population` needs its `population_year`.", has("population"), needs("population_year", &whole)),
            rule("A `population_year` needs its `population`.", has("population_year"), needs("population", &whole)),
            rule(
                "Only councils in England have a `region`.",
                is("nation", &["scotland", "wales", "northern_ireland"]),
                lacks("region"),
            ),
            Rule {
                words: "The slug `network` is taken: it names the network itself.",
                condition: json!({ "properties": { "slug": { "not": { "const": "network" } } } }),
            },
        ],
        "NewTheme" => vec![rule(
            "Only a theme with the status `deprecated` has a `replaced_by`.",
            json!({ "not": is("status", &["deprecated"]) }),
            lacks("replaced_by"),
        )],
        "NewUser" | "UserUpdate" => vec![
            rule(
                "A `contributor` and a `council_editor` need a `council`.",
                is("role", &["contributor", "council_editor"]),
                needs("council", &text),
            ),
            rule(
                "Users with another role have no `council`.",
                is("role", &["researcher", "moderator", "network_admin"]),
                lacks("council"),
            ),
        ],
        "Outcome" => vec![
            rule(
                "With the bound `direction`, `direction` is required, and there is no `value` and no `value_high`.",
                is("bound", &["direction"]),
                json!({ "required": ["direction"], "properties": { "direction": text, "value": none, "value_high": none } }),
            ),
            rule(
                "With the bound `range`, `value`, `value_high` and `unit` are required.",
                is("bound", &["range"]),
                json!({ "required": ["value", "value_high", "unit"],
                    "properties": { "value": number, "value_high": number, "unit": text } }),
            ),
            rule("Only a range has a `value_high`.", is("bound", &single), lacks("value_high")),
            rule(
                "With the bounds `exact`, `at_least`, `at_most` and `about`, `value` is required unless `kind` is `award`.",
                json!({ "allOf": [is("bound", &single), { "not": is("kind", &["award"]) }] }),
                needs("value", &number),
            ),
            rule(
                "A `value` needs a `unit`.",
                json!({ "allOf": [has("value"), { "not": is("bound", &["direction"]) }] }),
                needs("unit", &text),
            ),
            rule(
                "An `evidence_level` of 2 or more needs a `source`.",
                json!({ "properties": { "evidence_level": { "minimum": 2 } } }),
                needs("source", &text),
            ),
        ],
        _ => Vec::new(),
    }
}
