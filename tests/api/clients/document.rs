//! What generators of clients ask of the document, held without them.

use ccin_registry::api::routes::document;
use serde_json::{Value, json};

use crate::support::TestApp;

/// The published document.
fn published() -> Value {
    serde_json::from_str(&document().text).expect("the document is JSON")
}

/// Every object of the document that is no example, with its pointer.
fn objects(value: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), value)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => {
                found.push((pointer.clone(), value));
                let members =
                    members.iter().filter(|(name, _)| !["example", "examples", "default"].contains(&&***name));
                open.extend(members.map(|(name, member)| {
                    (format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), member)
                }));
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (format!("{pointer}/{index}"), item)));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn the_published_document_is_the_strict_one_without_its_conditions() {
    let (published, mut strict) = (published(), document().value.clone());
    assert!(objects(&published).iter().all(|(_, value)| value.get("if").is_none()), "a condition is published");
    let mut rules = 0;
    for (name, schema) in strict["components"]["schemas"].as_object_mut().unwrap() {
        let is_rule = |rule: &Value| rule.get("if").is_some() || rule["properties"]["slug"].get("not").is_some();
        if schema["allOf"].as_array().is_some_and(|all| all.iter().all(is_rule)) {
            let conditions = schema.as_object_mut().unwrap().shift_remove("allOf").unwrap();
            let conditions = conditions.as_array().unwrap().len();
            // One sentence says what it is, a patch has one more; each rule is said in one.
            let said = published["components"]["schemas"][name]["description"].as_str().unwrap().split(". ").count();
            assert!(said > conditions, "{name} has {conditions} rules: {said} sentences");
            rules += conditions;
        }
    }
    assert_eq!(rules, 26, "each rule of the strict document");
    assert!(strict == published, "the two differ in more than the rules");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strict_document_is_served_and_linked() {
    let app = TestApp::empty().await;
    let about = app.anonymous().get("/openapi.json").await.expect(200).json["info"]["description"].clone();
    assert!(about.as_str().unwrap().contains("(/openapi-strict.json)"), "{about}");
    let strict = app.anonymous().get("/openapi-strict.json").await.expect(200);
    assert_eq!(strict.json, document().value);
    // A validator that knows no Rust refuses by it what the service refuses.
    let body = json!({ "label": "Mending", "definition": "Mending", "replaced_by": "housing" });
    let holds = |document: &Value| {
        let schema = json!({ "$ref": "#/components/schemas/NewTheme", "components": document["components"] });
        jsonschema::validator_for(&schema).unwrap().is_valid(&body)
    };
    assert!(!holds(&strict.json) && holds(&published()));
}

#[test]
fn no_choice_describes_a_reference_and_no_body_comes_under_two_media_types() {
    let published = published();
    for (pointer, value) in objects(&published) {
        for choice in value["oneOf"].as_array().into_iter().flatten() {
            assert!(choice.get("$ref").is_none() || choice.get("description").is_none(), "{pointer}: {choice}");
        }
        if let Some(content) = value["requestBody"]["content"].as_object() {
            assert_eq!(content.len(), 1, "{pointer}: {:?}", content.keys());
        }
    }
}

#[test]
fn a_patch_has_no_defaults() {
    let published = published();
    for (name, schema) in published["components"]["schemas"].as_object().unwrap() {
        for (member, schema) in schema["properties"].as_object().into_iter().flatten() {
            assert!(!name.ends_with("Patch") || schema.get("default").is_none(), "{name}.{member}: {schema}");
        }
    }
}

#[test]
fn every_string_number_and_array_has_a_bound() {
    let published = published();
    let mut without = Vec::new();
    for (pointer, schema) in objects(&published) {
        let is = |kind: &str| {
            schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)))
        };
        let has = |words: &[&str]| words.iter().any(|word| schema.get(*word).is_some());
        // However large a limit is, it is taken for the largest: a bound would say that it is refused.
        let limit = published.pointer(pointer.trim_end_matches("/schema")).is_some_and(|one| one["name"] == "limit");
        let is_open = is("string") && !has(&["maxLength", "enum", "const"])
            || is("array") && !has(&["maxItems"])
            || (is("integer") || is("number")) && !(has(&["minimum"]) && (has(&["maximum"]) || limit));
        if is_open {
            without.push(pointer);
        }
    }
    assert!(without.is_empty(), "{without:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bounds_of_parameters_are_kept() {
    let app = TestApp::with_sample().await;
    let client = app.anonymous();
    let many = |count: usize| vec!["slug"; count].join(",");
    client.get(&format!("/v1/councils?fields={}", many(100))).await.expect(200);
    let refused = client.get(&format!("/v1/councils?fields={}", many(101))).await.expect_problem(400, "bad_query");
    assert_eq!(refused.faults(), [("fields".into(), "too_many".into())]);
    let near = format!("53.{},-2.1", "5".repeat(200));
    let refused = client.get(&format!("/v1/councils?near={near}")).await.expect_problem(400, "bad_query");
    assert_eq!(refused.faults(), [("near".into(), "too_long".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_come_from_any_operation_is_declared_by_all() {
    let published = published();
    for (path, item) in published["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let body = operation.get("requestBody").map_or(&[][..], |_| &["408", "413", "415", "422"]);
            for status in ["400", "414", "431", "500", "503"].iter().chain(body) {
                assert!(operation["responses"].get(status).is_some(), "{method} {path}: {status}");
            }
        }
    }
    // As they say, those that come before a caller is counted have no quota in them.
    let app = TestApp::empty().await;
    for (path, name) in [
        (format!("/v1/councils?q={}", "x".repeat(9000)), "AddressTooLong"),
        ("/v1/councils/nowhere".into(), "NotFound"),
    ] {
        let answer = app.anonymous().get(&path).await;
        let headers = published["components"]["responses"][name]["headers"].as_object().unwrap();
        for header in ["RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin", "X-Request-Id"] {
            assert_eq!(answer.headers.contains_key(header), headers.contains_key(header), "{name}: {header}");
        }
    }
}
