//! Every example of the OpenAPI document, executed against the sample, as "Try it out → Execute" of `/docs/` does.

mod registries;

use std::time::Duration;

use ccin_registry::api::routes::document;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::send;
use crate::support::{Answer, Client, TestApp};
use crate::try_it_out::registries::{elsewhere, lived_in};

/// Parameters that need another one: its example goes with theirs.
const TOGETHER: [(&str, &str); 2] = [("radius_km", "near"), ("highlight", "q")];
/// Names of records in the paths of operations that write, which have no examples there.
const NAMES: [(&str, &str); 5] = [
    ("{council}", "oldham"),
    ("{initiative}", "smarter-york"),
    ("{theme}", "housing"),
    ("{organisation}", "co-operatives-uk"),
    ("{id}", "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60"),
];
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
    /// What the document fills in: the example or the default (Swagger UI 5, `setDefaultValue`).
    fallback: Option<Value>,
    /// Where the interactive page finds a value (`src/openapi/docs.js`).
    from: Option<&'a str>,
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

    /// The address that the interactive page asks for, untouched, when this caller is signed in. `None` if a parameter
    /// must be filled in first, because no list of the registry has a value for it.
    pub async fn as_it_stands(&self, client: &Client) -> Option<String> {
        self.with(client, &[]).await
    }

    /// The same, with these parts of a query.
    async fn with(&self, client: &Client, more: &[String]) -> Option<String> {
        let (mut address, mut query) = (self.path.clone(), Vec::new());
        for one in self.parameters() {
            match (one.place, &one.filled_in(client).await) {
                ("path", Some(value)) => address = address.replace(&format!("{{{}}}", one.name), &text(value)),
                ("query", Some(value)) => query.push(one.written(value)),
                (_, None) if one.is_required => return None,
                _ => {}
            }
        }
        query.extend_from_slice(more);
        Some(if query.is_empty() { address } else { format!("{address}?{}", query.join("&")) })
    }

    /// Media types of its answer, the first for exports: there, the path chooses. A permalink has none of its own.
    fn media_types(&self) -> Vec<String> {
        let content = self.value.pointer("/responses/200/content").and_then(Value::as_object);
        let most = if self.path.contains("{format}") { 1 } else { usize::MAX };
        content.into_iter().flatten().map(|(name, _)| name.clone()).take(most).collect()
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
            fallback: filled_in.into_iter().find(|value| !value.is_null()).cloned(),
            from: one["x-example-from"].as_str(),
            example: schema["examples"].get(0).cloned(),
            is_exploded: one["explode"] != false,
        }
    }

    fn is_empty(&self) -> bool {
        self.fallback.is_none() && self.from.is_none()
    }

    /// What the interactive page fills in for this caller.
    async fn filled_in(&self, client: &Client) -> Option<Value> {
        let Some((address, way)) = self.from.and_then(|from| from.split_once("#/")) else {
            return self.fallback.clone();
        };
        let answer = client.get(address).await;
        let value = if answer.status == 200 { at(&answer.json, way) } else { None };
        value.or(self.fallback.as_ref()).cloned()
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

/// The value at the end of the way. `*` is the first element that leads to one.
fn at<'a>(value: &'a Value, way: &str) -> Option<&'a Value> {
    let (step, rest) = way.split_once('/').map_or((way, None), |(step, rest)| (step, Some(rest)));
    let on = |value: &'a Value| match rest {
        Some(rest) => at(value, rest),
        None => Some(value).filter(|value| !value.is_null()),
    };
    match step {
        "*" => value.as_array()?.iter().find_map(on),
        step => on(value.get(step)?),
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

/// GET as the interactive page does.
async fn execute(client: &Client, address: &str, media_type: &str) -> Answer {
    send(client.request(Method::GET, address).header("Accept", media_type)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_get_gives_a_good_answer_as_it_stands() {
    let (app, admin) = lived_in("as-it-stands").await;
    execute_all(&app, &admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_get_gives_a_good_answer_as_it_stands_in_a_registry_without_the_sample() {
    let (app, admin) = elsewhere().await;
    execute_all(&app, &admin).await;
}

async fn execute_all(app: &TestApp, admin: &Client) {
    let (mut faults, mut executed) = (Vec::new(), 0);
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let client = if operation.is_secured() { admin } else { &app.anonymous() };
        app.clock.advance(A_MINUTE);
        let Some(address) = operation.as_it_stands(client).await else {
            faults.push(format!("{} must be filled in: see src/openapi/live_examples.rs", operation.id()));
            continue;
        };
        let media_types = operation.media_types();
        if media_types.is_empty() {
            // The page follows the redirect.
            let there = client.get(&address).await.expect(303);
            client.get(there.header("location")).await.expect(200);
            executed += 1;
        }
        for media_type in media_types {
            app.clock.advance(A_MINUTE);
            let answer = execute(client, &address, &media_type).await;
            faults.extend(fault(&answer, &media_type).map(|fault| format!("{address} as {media_type}: {fault}")));
            executed += 1;
        }
    }
    assert!(faults.is_empty(), "{} of {executed}:\n{}", faults.len(), faults.join("\n"));
    assert!(executed > 70, "only {executed} were executed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_on_somebody_s_own_record_says_to_sign_in() {
    let app = TestApp::with_sample().await;
    let (client, mut tried) = (app.anonymous(), 0);
    let operations = operations();
    for operation in operations.iter().filter(|one| one.method == Method::GET && one.is_secured()) {
        app.clock.advance(A_MINUTE);
        let address = operation.as_it_stands(&client).await.unwrap_or_else(|| panic!("{}", operation.id()));
        let refused = client.get(&address).await.expect_problem(401, "unauthenticated");
        let said = refused.json["detail"].as_str().unwrap_or_default().to_lowercase();
        assert!(said.contains("sign in"), "{address}: {}", refused.text);
        tried += 1;
    }
    assert!(tried > 10, "only {tried} were tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_interactive_page_starts_with_the_script_of_the_registry() {
    let app = TestApp::empty().await;
    let script = app.anonymous().get("/docs/swagger-initializer.js").await.expect(200);
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert!(script.text.contains("x-example-from"), "{}", script.text);
    assert!(script.header("content-security-policy").contains("connect-src 'self'"));
    // Only what reads names a real record: nobody deletes one by trying.
    let named = |one: &Parameter| one.from.is_some();
    let writing = operations().into_iter().filter(|one| one.method != Method::GET);
    let wrong: Vec<String> = writing.filter(|one| one.parameters().iter().any(named)).map(|one| one.path).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_a_parameter_is_one_that_the_service_takes() {
    let (app, admin) = lived_in("by-itself").await;
    let (mut faults, mut executed) = (Vec::new(), 0);
    for operation in operations().iter().filter(|operation| operation.method == Method::GET) {
        let parameters = operation.parameters();
        for parameter in parameters.iter().filter(|parameter| parameter.is_empty()) {
            let Some(example) = &parameter.example else { continue };
            let mut query = vec![parameter.written(example)];
            for (_, other) in TOGETHER.iter().filter(|(name, _)| *name == parameter.name) {
                let other = parameters.iter().find(|one| one.name == *other && one.is_empty());
                query.extend(other.and_then(|other| Some(other.written(other.example.as_ref()?))));
            }
            app.clock.advance(A_MINUTE);
            let client = if operation.is_secured() { &admin } else { &app.anonymous() };
            let Some(address) = operation.with(client, &query).await else { continue };
            let media_type = operation.media_types().first().cloned().expect("a media type");
            let answer = execute(client, &address, &media_type).await;
            // A whole list has something for each of them. Part of one, of a council or of a search, may have nothing.
            let is_whole = !operation.path.contains('{') && !operation.parameters().iter().any(|one| one.is_required);
            let fault = if is_whole || answer.status != 200 { fault(&answer, &media_type) } else { None };
            faults.extend(fault.map(|fault| format!("{address}: {fault}")));
            executed += 1;
        }
    }
    assert!(faults.is_empty(), "{} of {executed}:\n{}", faults.len(), faults.join("\n"));
    assert!(executed > 100, "only {executed} were executed");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_body_that_is_an_example_is_one_that_the_service_takes() {
    let app = TestApp::with_sample().await;
    let admin = app.admin().await;
    let (mut faults, mut executed) = (Vec::new(), 0);
    for operation in operations() {
        let content = operation.value["requestBody"]["content"].as_object();
        for (media_type, content) in content.into_iter().flatten() {
            let named = |path: &str| NAMES.iter().fold(path.to_owned(), |path, (part, name)| path.replace(part, name));
            let address = named(&operation.path);
            // An act is below the address of its record, which ends with the name or id.
            let record = operation.path.rfind('}').map_or(&*operation.path, |end| &operation.path[..=end]);
            let current = admin.get(&named(record)).await.etag().to_owned();
            let etag = if current.is_empty() { "\"1-0\"".to_owned() } else { current };
            let request = admin.request(operation.method.clone(), &address).header("If-Match", etag);
            let body = content["example"].to_string();
            let answer = send(request.header("Content-Type", media_type).body(body.clone())).await;
            // What is not here is no fault of the body: an id, a token, the password of nobody.
            let is_taken = match answer.status.as_u16() {
                403 => operation.id() == "change_password",
                status => matches!(status, 200..=204 | 401 | 404 | 409),
            };
            if !is_taken {
                faults.push(format!("{} {address}: {} to {body}", operation.method, answer.text));
            }
            executed += 1;
        }
    }
    assert!(faults.is_empty(), "{} of {executed}:\n{}", faults.len(), faults.join("\n"));
    assert!(executed > 20, "only {executed} were executed");
}
