//! The schemas of the document. Builds those that follow from others, so that they need no annotation.

use serde_json::{Value, json};

use super::sort_members;

/// Generic types: prefix of the generated name, suffix of the published name, and pointer to the record (may be empty).
const GENERIC: [(&str, &str, &str); 5] = [
    ("Page_", "Page", "/properties/data/items"),
    ("FeaturePage_", "Page", "/properties/features/items"),
    ("PointMap_", "Map", ""),
    ("MapFeature_", "MapFeature", ""),
    ("RecordFeature_", "PointFeature", "/properties/properties"),
];

/// Names pages and maps, and adds patches and selections.
pub(super) fn finish(document: &mut Value) {
    name_generic(document);
    drop_empty_defaults(document);
    add_patch_schemas(document);
    add_selections(document);
    describe_beside_choices(document);
    bound_as_entered(document);
}

/// Copies the bounds of a body to the record made from it.
fn bound_as_entered(document: &mut Value) {
    let entered = [
        ("Council", "NewCouncil"),
        ("CouncilChange", "NewCouncilChange"),
        ("Theme", "NewTheme"),
        ("Initiative", "NewInitiative"),
        ("Membership", "NewMembership"),
        ("Organisation", "NewOrganisation"),
        ("PreElectionPeriod", "NewPreElectionPeriod"),
        ("Recruitment", "NewRecruitment"),
        ("OutcomeRecord", "Outcome"),
        ("User", "NewUser"),
        ("ApiKey", "NewApiKey"),
        ("Webhook", "NewWebhook"),
    ];
    for (record, body) in entered {
        let members = document["components"]["schemas"][body]["properties"].clone();
        let bounds = members.as_object().into_iter().flatten().map(|(name, member)| {
            let chosen =
                member["oneOf"].as_array().and_then(|choices| choices.iter().find(|one| one["type"] != "null"));
            let member = chosen.unwrap_or(member);
            let named = member["$ref"].as_str().and_then(|target| document.pointer(target.trim_start_matches('#')));
            (name, named.unwrap_or(member).clone())
        });
        let bounds: Vec<_> = bounds.collect();
        for record in [record.to_owned(), format!("{record}Selection")] {
            for (name, rule) in &bounds {
                let Some(member) = document
                    .pointer_mut(&format!("/components/schemas/{record}/properties/{name}"))
                    .filter(|member| member["type"] == rule["type"] || member["type"][0] == rule["type"])
                    .and_then(Value::as_object_mut)
                else {
                    continue;
                };
                for word in ["maxLength", "maxItems", "minimum", "maximum"] {
                    if let Some(bound) = rule.get(word) {
                        member.entry(word).or_insert(bound.clone());
                    }
                }
            }
        }
    }
}

/// Renames generic types: `Page_Council`, which repeats the record, becomes `CouncilPage`, which refers to `Council`.
fn name_generic(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (prefix, _, place) in GENERIC {
        let names: Vec<String> = schemas.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
        for generic in names {
            let record = generic.trim_start_matches(prefix).to_owned();
            let Some((name, mut schema)) = renamed(&generic).zip(schemas.remove(&generic)) else { continue };
            if let Some(member) = schema.pointer_mut(place).filter(|_| !place.is_empty()) {
                *member = json!({ "$ref": format!("#/components/schemas/{record}") });
            }
            schemas.insert(name, schema);
        }
    }
    sort_members(schemas);
    rename_refs(document);
}

/// The published name of a generic type: `CouncilPage` for `Page_Council`, `CouncilMap` for
/// `PointMap_CouncilProperties`.
fn renamed(name: &str) -> Option<String> {
    GENERIC.iter().find_map(|(prefix, suffix, _)| {
        Some(format!("{}{suffix}", name.strip_prefix(prefix)?.trim_end_matches("Properties")))
    })
}

fn rename_refs(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let target = member.as_str().and_then(|target| target.strip_prefix("#/components/schemas/"));
                match target.filter(|_| name == "$ref").and_then(renamed) {
                    Some(name) => *member = json!(format!("#/components/schemas/{name}")),
                    None => rename_refs(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(rename_refs),
        _ => {}
    }
}

/// Removes defaults of null, which mean nothing, and defaults of required members.
fn drop_empty_defaults(document: &mut Value) {
    for (_, schema) in document.pointer_mut("/components/schemas").and_then(Value::as_object_mut).into_iter().flatten()
    {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, member) in schema.pointer_mut("/properties").and_then(Value::as_object_mut).into_iter().flatten() {
            let is_empty = member.get("default").is_some_and(Value::is_null) || required.iter().any(|one| one == name);
            if let (true, Some(member)) = (is_empty, member.as_object_mut()) {
                member.remove("default");
            }
        }
    }
}

/// Adds schemas for answers whose members the caller chose with `fields`. All members are optional.
fn add_selections(document: &mut Value) {
    for record in ["Council", "Theme", "Initiative", "Membership", "Organisation", "OutcomeRecord"] {
        let whole = format!("#/components/schemas/{record}");
        let picked = format!("{whole}Selection");
        let schemas = &mut document["components"]["schemas"];
        let mut selection = schemas[record].clone();
        if let Some(members) = selection.as_object_mut() {
            members.remove("required");
            members
                .insert("description".into(), json!(format!("The members of {record} that you chose with `fields`.")));
        }
        let mut page = schemas[format!("{record}Page")].clone();
        page["properties"]["data"]["items"] = json!({ "anyOf": [{ "$ref": whole }, { "$ref": picked }] });
        schemas[format!("{record}Selection")] = selection;
        schemas[format!("{record}SelectionPage")] = page;
        if let Some(schemas) = schemas.as_object_mut() {
            // Every list of these records takes `fields`, so the plain page is unused.
            schemas.remove(&format!("{record}Page"));
            sort_members(schemas);
        }
    }
}

/// Bodies that can be replaced, and the schemas of their patches.
pub(super) const PATCHES: [(&str, &str); 10] = [
    ("NewCouncil", "CouncilPatch"),
    ("NewTheme", "ThemePatch"),
    ("NewInitiative", "InitiativePatch"),
    ("NewMembership", "MembershipPatch"),
    ("NewOrganisation", "OrganisationPatch"),
    ("NewPreElectionPeriod", "PreElectionPeriodPatch"),
    ("NewRecruitment", "RecruitmentPatch"),
    ("UserUpdate", "UserPatch"),
    ("ApiKeyUpdate", "ApiKeyPatch"),
    ("NewWebhook", "WebhookPatch"),
];

/// Adds the schemas of merge patches (RFC 7396). All members are optional; null clears those that the body can leave
/// out. Patches have no defaults: members left out do not change, but a generated client would send their defaults.
fn add_patch_schemas(document: &mut Value) {
    for (whole, patch) in PATCHES {
        let mut schema = document["components"]["schemas"][whole].clone();
        let required = schema["required"].take();
        if let Some(members) = schema.as_object_mut() {
            members.remove("required");
            members.insert(
                "description".into(),
                json!(format!(
                    "A merge patch (RFC 7396) of {whole}. Send only the members that change. Null clears a member."
                )),
            );
        }
        for (name, member) in schema.pointer_mut("/properties").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(member) = member.as_object_mut() {
                member.remove("default");
            }
            let is_required = required.as_array().is_some_and(|names| names.iter().any(|one| one == name));
            if !is_required {
                allow_null(member);
            }
        }
        document["components"]["schemas"][patch] = schema;
    }
}

fn allow_null(schema: &mut Value) {
    if schema["type"].is_array() || schema.get("oneOf").is_some() {
        return;
    }
    match schema["type"].as_str().filter(|_| schema.get("enum").is_none()) {
        Some(kind) => schema["type"] = json!([kind, "null"]),
        None => *schema = json!({ "oneOf": [{ "type": "null" }, schema.clone()] }),
    }
}

/// Moves the description of a choice to the member that has the choice. If a reference inside a choice has a
/// description, generators make a separate type of it.
fn describe_beside_choices(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let mut said = None;
            if let Some(choices) = members.get_mut("oneOf").and_then(Value::as_array_mut) {
                for choice in choices.iter_mut().filter(|choice| choice.get("$ref").is_some()) {
                    said = choice.as_object_mut().and_then(|choice| choice.remove("description")).or(said);
                }
            }
            if let Some(said) = said.filter(|_| !members.contains_key("description")) {
                members.insert("description".into(), said);
            }
            members.values_mut().for_each(describe_beside_choices);
        }
        Value::Array(items) => items.iter_mut().for_each(describe_beside_choices),
        _ => {}
    }
}
