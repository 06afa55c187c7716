//! Examples that hold in every registry: where the interactive page finds a value for a parameter.
//!
//! Ids are given anew by every registry, and a slug of the sample is missing from a registry with other records. So a
//! parameter of a GET names a list of this service, and the page (`docs.js`) fills in what the list has now.

use serde_json::{Value, json};

/// Member of a parameter: the address of a list, and behind `#` the way to a value in its answer. A step is the name of
/// a member, or `*` for the first element that leads to a value.
const FROM: &str = "x-example-from";
/// Example of an id that only signed-in callers can look up. Without it, the page would not send the request, and
/// nobody would read that they have to sign in.
const SOME_ID: &str = "0192d5e0-7b1a-7c3e-9f00-2b1c3d4e5f60";

/// The list of initiatives with what other operations need.
macro_rules! initiatives {
    ($way:literal) => {
        concat!("/v1/initiatives?fields=id,slug,title,lead_council,themes&limit=50#/data/*/", $way)
    };
}

/// Start of the path, name of the parameter, and where its value is from. The first that fits counts.
const SOURCES: [(&str, &str, &str); 25] = [
    ("/id/{id}", "id", initiatives!("id")),
    ("/oembed", "url", "/ogc/collections/initiatives/items?limit=1#/features/*/properties/url"),
    (
        "/ogc/collections/boundaries/items/{feature}",
        "feature",
        "/ogc/collections/boundaries/items?limit=1#/features/*/id",
    ),
    ("/ogc/collections/councils/items/{feature}", "feature", "/ogc/collections/councils/items?limit=1#/features/*/id"),
    (
        "/ogc/collections/initiatives/items/{feature}",
        "feature",
        "/ogc/collections/initiatives/items?limit=1#/features/*/id",
    ),
    ("/v1/api-keys/requests/{id}", "id", "/v1/api-keys/requests?limit=1#/data/*/id"),
    ("/v1/api-keys/{id}", "id", "/v1/api-keys?limit=1#/data/*/id"),
    ("/v1/council-changes/{change}", "change", "/v1/council-changes?limit=1#/data/*/id"),
    (
        "/v1/councils/{council}/boundary",
        "council",
        "/ogc/collections/boundaries/items?limit=1#/features/*/properties/slug",
    ),
    ("/v1/councils/{council}/due", "council", initiatives!("lead_council/slug")),
    ("/v1/councils/{council}/initiatives", "council", initiatives!("lead_council/slug")),
    ("/v1/councils/{council}", "council", "/v1/councils?fields=slug&limit=1#/data/*/slug"),
    ("/v1/initiatives/{initiative}", "initiative", initiatives!("slug")),
    ("/v1/memberships/{id}", "id", "/v1/memberships?fields=id&limit=1#/data/*/id"),
    ("/v1/organisations/{organisation}", "organisation", "/v1/organisations?fields=slug&limit=1#/data/*/slug"),
    ("/v1/pre-election-periods/{id}", "id", "/v1/pre-election-periods?limit=1#/data/*/id"),
    ("/v1/recruitment/{id}", "id", "/v1/recruitment?limit=1#/data/*/id"),
    ("/v1/releases/{release}", "release", "/v1/releases?limit=1#/data/*/name"),
    ("/v1/search", "q", initiatives!("title")),
    ("/v1/suggest", "q", initiatives!("title")),
    ("/v1/suggestions/{id}", "id", "/v1/suggestions?limit=1#/data/*/id"),
    ("/v1/themes/{theme}/initiatives", "theme", initiatives!("themes/*/slug")),
    ("/v1/themes/{theme}", "theme", "/v1/themes?fields=slug&limit=1#/data/*/slug"),
    ("/v1/users/{id}", "id", "/v1/users?limit=1#/data/*/id"),
    ("/v1/webhooks/{id}", "id", "/v1/webhooks?limit=1#/data/*/id"),
];

/// Names the sources of the parameters of an operation.
pub(super) fn add(path: &str, method: &str, operation: &mut Value) {
    if method != "get" {
        // What changes records must not come with the name of a real one.
        return;
    }
    let is_secured = operation.get("security").is_some();
    for parameter in operation.pointer_mut("/parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        let fits = |(start, name, _): &&(&str, &str, &str)| path.starts_with(start) && parameter["name"] == *name;
        if let Some((_, _, from)) = SOURCES.iter().find(fits) {
            parameter[FROM] = json!(from);
            if is_secured && parameter.get("example").is_none() {
                parameter["example"] = json!(SOME_ID);
            }
        }
    }
}
