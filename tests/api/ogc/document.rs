//! The document: OpenAPI 3.0 by the schema of the OpenAPI Initiative, made of the service's own.

use serde_json::{Value, json};

use super::COLLECTIONS;
use crate::support::TestApp;

/// The schema of the OpenAPI Initiative for documents of version 3.0 (Apache-2.0),
/// <https://spec.openapis.org/oas/3.0/schema/2019-04-02>.
const META_SCHEMA: &str = include_str!("openapi-3.0-schema.json");

async fn document(app: &TestApp) -> Value {
    let answer = app.anonymous().get("/ogc/api").await.expect(200);
    assert_eq!(answer.header("content-type"), "application/vnd.oai.openapi+json;version=3.0");
    answer.json
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_openapi_3_0() {
    let document = document(&TestApp::empty().await).await;
    let schema: Value = serde_json::from_str(META_SCHEMA).unwrap();
    let validator = jsonschema::options().with_draft(jsonschema::Draft::Draft4).build(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(faults, Vec::<String>::new());
    // The schema can fail: 3.1 has types that 3.0 has not.
    let mut other = document.clone();
    other["components"]["schemas"]["OgcLink"]["properties"]["title"]["type"] = json!(["string", "null"]);
    assert!(!validator.is_valid(&other));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_every_operation_below_its_server_and_what_they_refer_to() {
    let app = TestApp::with_sample().await;
    let document = document(&app).await;
    assert_eq!(document["servers"][0]["url"], format!("{}/ogc", app.url));
    let whole = app.anonymous().get("/openapi.json").await.expect(200).json;
    let below = whole["paths"].as_object().unwrap().keys().filter_map(|path| path.strip_prefix("/ogc"));
    let below: Vec<&str> = below.map(|path| if path.is_empty() { "/" } else { path }).collect();
    assert_eq!(document["paths"].as_object().unwrap().keys().collect::<Vec<_>>(), below);
    assert!(below.len() >= 9, "{below:?}");
    let mut used = Vec::new();
    references(&document, &mut used);
    for target in &used {
        assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target} leads nowhere");
    }
    for kind in ["schemas", "responses", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "nothing refers to {kind}/{name}");
        }
    }
    assert_eq!(document["security"], json!([{}, { "bearer": [] }, { "api_key": [] }]));
}

fn references(value: &Value, used: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            used.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            assert!(members.len() == 1 || !members.contains_key("$ref"), "something stands beside {}", value["$ref"]);
            members.values().for_each(|member| references(member, used));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, used)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parameters_of_the_standard_are_declared_as_it_wants() {
    let document = document(&TestApp::empty().await).await;
    for collection in COLLECTIONS {
        let operation = &document["paths"][format!("/collections/{collection}/items")]["get"];
        let parameters = operation["parameters"].as_array().unwrap();
        let named =
            |name: &str| parameters.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        for name in ["limit", "bbox", "datetime"] {
            let one = named(name);
            assert_eq!(
                [&one["in"], &one["style"], &one["required"], &one["explode"]],
                [&json!("query"), &json!("form"), &json!(false), &json!(false)]
            );
        }
        assert_eq!(
            named("limit")["schema"],
            // An example in the schema fills in nothing in the interactive page.
            json!({ "type": "integer", "minimum": 1, "maximum": 10000, "default": 100, "example": 10 })
        );
        assert_eq!(named("datetime")["schema"], json!({ "type": "string" }));
        let bbox = &named("bbox")["schema"];
        assert_eq!(
            [&bbox["type"], &bbox["minItems"], &bbox["maxItems"], &bbox["items"]["type"]],
            [&json!("array"), &json!(4), &json!(6), &json!("number")]
        );
        assert!(parameters.iter().all(|one| one["name"] != "cursor"), "a cursor is only ever part of an address");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_null_is_nullable() {
    let document = document(&TestApp::empty().await).await;
    let properties = &document["components"]["schemas"]["InitiativeFeatureProperties"]["properties"];
    assert_eq!(
        [&properties["started_on"]["type"], &properties["started_on"]["nullable"]],
        [&json!("string"), &json!(true)]
    );
    let region = &properties["region"];
    assert_eq!(
        [&region["allOf"][0]["$ref"], &region["nullable"]],
        [&json!("#/components/schemas/Region"), &json!(true)]
    );
    assert_eq!(properties["slug"].get("nullable"), None);
}
