//! Exports in the document: their differences from lists, and exports at the address of a list by `Accept`.

use serde_json::{Map, Value, json};

/// The end of the path of an export.
const SUFFIX: &str = ".{format}";

/// True for an export: its path has the parameter `format`.
pub(super) fn is_export(operation: &Value) -> bool {
    let parameters = operation["parameters"].as_array();
    parameters.is_some_and(|list| list.iter().any(|one| one["name"] == "format" && one["in"] == "path"))
}

/// Removes the parameters for pages, embedded records and HTML, which exports do not have.
pub(super) fn finish_parameters(operation: &mut Value) {
    let Some(list) = operation["parameters"].as_array_mut() else { return };
    list.retain(|parameter| !["limit", "include", "highlight"].iter().any(|name| parameter["name"] == *name));
    for fields in list.iter_mut().filter(|parameter| parameter["name"] == "fields") {
        if let Some(words) = fields.pointer_mut("/schema/items/enum").and_then(Value::as_array_mut) {
            words.retain(|word| word != "html");
        }
    }
}

/// Adds the headers of an export.
pub(super) fn add_headers(headers: &mut Value) {
    headers["Content-Disposition"] = json!({ "$ref": "#/components/headers/ContentDisposition" });
    headers["Link"] = json!({ "$ref": "#/components/headers/Link" });
}

/// Adds the media types of exports to their lists, whose addresses also answer with the export by `Accept`.
pub(super) fn offer_at_lists(paths: &mut Map<String, Value>) {
    let exports: Vec<(String, Value)> = paths
        .iter()
        .filter_map(|(path, item)| Some((path.strip_suffix(SUFFIX)?.to_owned(), item["get"]["responses"].clone())))
        .collect();
    for (list, export) in exports {
        let Some(responses) = paths.get_mut(&list).and_then(|item| item["get"]["responses"].as_object_mut()) else {
            continue;
        };
        for (media_type, content) in export["200"]["content"].as_object().into_iter().flatten() {
            responses["200"]["content"][media_type] = content.clone();
        }
        for status in ["403", "406"] {
            responses.insert(status.into(), export[status].clone());
        }
        super::sort_members(responses);
    }
}
