//! Every example of the OpenAPI document, executed against the sample, as "Try it out → Execute" of `/docs/` does.

use std::time::Duration;

use ccin_registry::api::routes::document;
use reqwest::Method;
use serde_json::{Value, json};

use crate::boundaries::{areas, with_boundaries};
use crate::support::client::send;
use crate::support::{Answer, Client, TestApp};

/// Operations about a record that the sample cannot have: the person fills in its id.
const FILLED_IN: [&str; 4] = ["find_api_key", "find_api_key_usage", "find_key_request", "find_user"];
/// Examples that need another parameter, and that parameter.
const TOGETHER: [(&str, &str, &str); 2] = [("radius_km", "near", "53.541,-2.117"), ("highlight", "q", "housing")];

/// After so long, a quota is full again.
const A_MINUTE: Duration = Duration::from_secs(60);

/// An operation of the document.
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub value: Value,
}

/// A parameter of an operation, with its schema.
pub struct Parameter<'a> {
    pub name: &'a str,
    place: &'a str,
    is_required: bool,
    /// What the interactive page fills in: the example or the default (Swagger UI 5, `setDefaultValue`).
    filled_in: Option<Value>,
    /// Another example, which it does not fill in.
    example: Option<Value>,
    is_exploded: bool,
}

/// The operations of the published document.
pub fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&document().text).expect("the document is JSON");
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, value) in item.as_object().expect("operations") {
            let mut value = value.clone();
            for parameter in value["parameters"].as_array_mut().into_iter().flatten() {
                assert!(parameter.get("examples").is_none(), "the first of several examples is filled in: {path}");
                if let Some(target) = parameter["schema"]["$ref"].as_str().map(str::to_owned) {
                    parameter["schema"] = document.pointer(target.trim_start_matches('#')).expect(&target).clone();
                }
            }
            let method = method.to_uppercase().parse().expect("a method");
            found.push(Operation { method, path: path.clone(), value });
        }
    }
    assert!(found.len() > 90, "only {} operations were found", found.len());
    found
}

impl Operation {
    pub fn id(&self) -> &str {
        self.value["operationId"].as_str().expect("an id")
    }

    pub fn is_secured(&self) -> bool {
        self.value.get("security").is_some()
    }

    pub fn parameters(&self) -> Vec<Parameter<'_>> {
        self.value["parameters"].as_array().into_iter().flatten().map(Parameter::of).collect()
    }

    /// The address that the interactive page asks for, untouched; `None` if a parameter must be filled in first.
    pub fn as_it_stands(&self) -> Option<String> {
        self.with(&[])
    }

    /// The same, with these parts of a query.
    fn with(&self, more: &[String]) -> Option<String> {
        let (mut address, mut query) = (self.path.clone(), Vec::new());
        for one in self.parameters() {
            match (one.place, &one.filled_in) {
                ("path", Some(value)) => address = address.replace(&format!("{{{}}}", one.name), &text(value)),
                ("query", Some(value)) => query.push(one.written(value)),
                (_, None) if one.is_required => return None,
                _ => {}
            }
        }
        query.extend_from_slice(more);
        Some(if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) })
    }

    /// Media types of its answer.
    fn media_types(&self) -> Vec<String> {
        let content = self.value.pointer("/responses/200/content").and_then(Value::as_object);
        content.into_iter().flatten().map(|(name, _)| name.clone()).collect()
    }
}

impl<'a> Parameter<'a> {
    fn of(one: &'a Value) -> Self {
        let schema = &one["schema"];
        let filled_in = [&one["example"], &schema["example"], &schema["default"]];
        Self {
            name: one["name"].as_str().expect("a name"),
            place: one["in"].as_str().expect("a place"),
            is_required: one["required"] == true,
            filled_in: filled_in.into_iter().find(|value| !value.is_null()).cloned(),
            example: schema["examples"].get(0).cloned(),
            is_exploded: one["explode"] != false,
        }
    }

    /// The parameter in a query string.
    fn written(&self, value: &Value) -> String {
        let values: Vec<String> = match value {
            Value::Array(values) if self.is_exploded => values.iter().map(text).collect(),
            Value::Array(values) => vec![values.iter().map(text).collect::<Vec<_>>().join(",")],
            value => vec![text(value)],
        };
        let pairs = values.iter().map(|value| (self.name, value));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Why an answer is not a good one for this media type.
fn fault(answer: &Answer, media_type: &str) -> Option<String> {
    if answer.status != 200 {
        return Some(format!("{} {}", answer.status, answer.text));
    }
    if !answer.header("content-type").starts_with(media_type) {
        return Some(format!("it is {}", answer.header("content-type")));
    }
    let is_empty = match &answer.json {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => {
            let is_empty = |(name, value): (&String, &Value)| match name.as_str() {
                "data" | "features" | "suggestions" => value == &json!([]),
                "total" => value == &json!(0),
                _ => false,
            };
            members.is_empty() || members.iter().any(is_empty)
        }
        _ if media_type == "text/csv" => answer.text.lines().count() < 2,
        _ => answer.text.trim().is_empty(),
    };
    is_empty.then(|| format!("it is empty: {}", answer.text))
}

/// GET, as the interactive page does: redirects are followed.
async fn execute(client: &Client, address: &str, media_type: &str) -> Answer {
    let ask = async |address: &str| send(client.request(Method::GET, address).header("Accept", media_type)).await;
    let answer = ask(address).await;
    if answer.status == 303 { ask(answer.header("location")).await } else { answer }
}

/// The sample with boundaries, and an admin with something in each list of the admin's.
async fn lived_in(name: &str) -> (TestApp, Client) {
    let app = with_boundaries(name, &areas()).await;
    let admin = app.admin().await;
    admin.post("/v1/api-keys", &json!({ "name": "A website", "scopes": ["read:public"] })).await.expect(201);
    let request = json!({ "name": "A. Researcher", "email": "researcher@university.example",
        "affiliation": "University of Somewhere", "purpose": "A comparison of housing initiatives" });
    app.anonymous().post("/v1/api-keys/requests", &request).await.expect(202);
    app.anonymous().get("/v1/search?q=zeppelin%20hangars").await.expect(200);
    (app, admin)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_get_gives_a_good_answer_as_it_stands() {
    let (app, admin) = lived_in("as-it-stands").await;
    let (mut faults, mut executed) = (Vec::new(), 0);
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let Some(address) = operation.as_it_stands() else {
            assert!(FILLED_IN.contains(&operation.id()), "{} must be filled in", operation.id());
            continue;
        };
        assert!(!FILLED_IN.contains(&operation.id()), "{} need not be filled in", operation.id());
        // A permalink has no answer of its own.
        let media_types = operation.media_types();
        let media_types = if media_types.is_empty() { vec!["application/json".to_owned()] } else { media_types };
        for media_type in media_types {
            let client = if operation.is_secured() { &admin } else { &app.anonymous() };
            app.clock.advance(A_MINUTE);
            let answer = execute(client, &address, &media_type).await;
            faults.extend(fault(&answer, &media_type).map(|fault| format!("{address} as {media_type}: {fault}")));
            executed += 1;
        }
    }
    assert!(faults.is_empty(), "{} of {executed}:\n{}", faults.len(), faults.join("\n"));
    assert!(executed > 60, "only {executed} were executed");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_a_parameter_finds_something_by_itself() {
    let (app, admin) = lived_in("by-itself").await;
    let (mut faults, mut executed) = (Vec::new(), 0);
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let media_type = operation.media_types().first().cloned().unwrap_or("application/json".into());
        for parameter in operation.parameters() {
            let Some(example) = parameter.example.as_ref().filter(|_| parameter.filled_in.is_none()) else { continue };
            let mut query = vec![parameter.written(example)];
            let needed = TOGETHER.iter().filter(|(name, ..)| *name == parameter.name);
            query.extend(needed.map(|(_, other, value)| format!("{other}={value}")));
            let Some(address) = operation.with(&query) else { continue };
            let client = if operation.is_secured() { &admin } else { &app.anonymous() };
            app.clock.advance(A_MINUTE);
            let answer = execute(client, &address, &media_type).await;
            faults.extend(fault(&answer, &media_type).map(|fault| format!("{address}: {fault}")));
            executed += 1;
        }
    }
    assert!(faults.is_empty(), "{} of {executed}:\n{}", faults.len(), faults.join("\n"));
    assert!(executed > 100, "only {executed} were executed");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_that_is_an_example_is_one_that_the_service_takes() {
    let app = TestApp::with_sample().await;
    let (mut faults, mut executed) = (Vec::new(), 0);
    for operation in operations() {
        let content = operation.value["requestBody"]["content"].as_object();
        for (media_type, content) in content.into_iter().flatten() {
            // What is not here is no fault of the body: an id, a token, the password of nobody.
            let unknown = "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60";
            let address = operation.as_it_stands().unwrap_or_else(|| operation.path.replace("{id}", unknown));
            let admin = app.admin().await;
            let current = admin.get(&address).await.etag().to_owned();
            let etag = if current.is_empty() { "\"1-0\"".to_owned() } else { current };
            let request = admin.request(operation.method.clone(), &address).header("If-Match", etag);
            let body = content["example"].to_string();
            let answer = send(request.header("Content-Type", media_type).body(body.clone())).await;
            let status = answer.status.as_u16();
            if !matches!(status, 200..=204 | 401 | 404 | 409) && answer.json["code"] != "wrong_password" {
                faults.push(format!("{} {address}: {status} {} to {body}", operation.method, answer.text));
            }
            executed += 1;
        }
    }
    assert!(faults.is_empty(), "{} of {executed}:\n{}", faults.len(), faults.join("\n"));
    assert!(executed > 20, "only {executed} were executed");
}
