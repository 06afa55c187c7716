//! Bounds for the schemas of the document: in components, parameters and answers.

use serde_json::{Value, json};

use crate::http::input::{bound_answer, bound_parameter};

/// Adds bounds where the models have none.
pub(super) fn add(document: &mut Value) {
    let components = document["components"].as_object_mut().into_iter().flatten();
    let (schemas, others): (Vec<_>, Vec<_>) = components.partition(|(kind, _)| *kind == "schemas");
    for (_, members) in schemas {
        members.as_object_mut().into_iter().flatten().for_each(|(_, schema)| bound_answer("", schema));
    }
    others.into_iter().for_each(|(_, members)| bound_answers(members));
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in paths.filter_map(|(_, item)| item.as_object_mut()).flatten() {
        for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            bound_parameter(&name, &mut parameter["schema"]);
        }
        bound_answers(&mut operation["responses"]);
    }
}

/// Adds bounds to the schemas of bodies and headers anywhere in an answer.
fn bound_answers(value: &mut Value) {
    let Some(members) = value.as_object_mut() else { return };
    for (name, member) in members.iter_mut().filter(|(name, _)| *name != "example") {
        let is_media_type = name.contains('/');
        if is_media_type && member["schema"]["type"] == "string" {
            // A whole list as text, or a tile. This is the maximum length in most languages.
            member["schema"]["maxLength"] = json!(i32::MAX);
        }
        if name == "schema" { bound_answer("", member) } else { bound_answers(member) }
    }
}
