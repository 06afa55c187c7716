//! Query strings, parsed by the parameters that their type declares in the OpenAPI document.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::Schemas;
use crate::error::{ApiError, Fault};

/// The typed query string of an operation. All unknown parameters and invalid values are reported at once.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The typed query string of an address that other software calls or that people share: a frame, or oEmbed.
///
/// Such software adds parameters of its own: WordPress `dnt`, newsletters `utm_source`, social media `fbclid`. Unknown
/// parameters are ignored. The declared ones follow the same rules as in [`Query`].
#[derive(Debug)]
pub struct SharedQuery<T> {
    /// The declared parameters.
    pub value: T,
    /// The part of the query string with the declared parameters.
    pub written: String,
}

/// Parameters that shape a list without filtering it.
const SHAPE: [&str; 6] = ["sort", "highlight", "fields", "include", "limit", "cursor"];

/// The filters of a list alone, for answers without pages and order: counts, summaries, maps, tiles.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Filters<Q> {
    /// The filters.
    pub filters: Q,
}

impl<Q: IntoParams> IntoParams for Filters<Q> {
    fn into_params(place: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Q::into_params(place).into_iter().filter(|one| !SHAPE.contains(&one.name.as_str())).collect()
    }
}

/// Those parameters that have these names, in the order of the names. For operations that share filters.
pub fn some_of(parameters: &[Parameter], names: &[&str]) -> Vec<Parameter> {
    let named = |name| parameters.iter().find(|parameter| parameter.name == name);
    names.iter().filter_map(|name| named(*name)).cloned().collect()
}

/// For an operation without query parameters.
#[derive(Debug, Deserialize, IntoParams)]
pub struct NoParams {}

impl<T> Deref for Query<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: IntoParams + DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let schemas = request.app_data::<web::Data<Schemas>>();
        let schemas = schemas.ok_or_else(|| ApiError::internal("the schemas are not mounted"));
        ready(schemas.and_then(|schemas| Self::parse(request.query_string(), schemas)))
    }
}

impl<T> Deref for SharedQuery<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: IntoParams + DeserializeOwned + 'static> FromRequest for SharedQuery<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let schemas = request.app_data::<web::Data<Schemas>>();
        let schemas = schemas.ok_or_else(|| ApiError::internal("the schemas are not mounted"));
        ready(schemas.and_then(|schemas| {
            let written = declared(request.query_string(), &schemas.query::<T>().schema["properties"]);
            Ok(Self { value: read::<T>(&written, schemas)?.0, written })
        }))
    }
}

/// The part of a query string whose parameters are declared.
fn declared(written: &str, properties: &Value) -> String {
    let is_declared = |part: &&str| {
        form_urlencoded::parse(part.as_bytes()).next().is_some_and(|(name, _)| properties.get(&*name).is_some())
    };
    written.split('&').filter(is_declared).collect::<Vec<_>>().join("&")
}

impl<T: IntoParams + DeserializeOwned + 'static> Query<T> {
    /// Parses a query string; 400 with all its faults.
    pub fn parse(written: &str, schemas: &Schemas) -> Result<Self, ApiError> {
        read(written, schemas)
    }
}

fn read<T: IntoParams + DeserializeOwned + 'static>(written: &str, schemas: &Schemas) -> Result<Query<T>, ApiError> {
    let compiled = schemas.query::<T>();
    let raw = percent_encoding::percent_decode_str(written).collect::<Vec<u8>>();
    if std::str::from_utf8(&raw).is_err() {
        return Err(ApiError::unreadable("The query string is not UTF-8."));
    }
    let (object, mut faults) = gather(written, &compiled.schema["properties"]);
    let mut object = Value::Object(object);
    faults.extend(compiled.faults(&mut object).reported().iter().map(|fault| {
        let name = fault.pointer.as_deref().unwrap_or_default().trim_start_matches('/');
        let name = name.split('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
        let code =
            if fault.code == "unknown_member" || fault.code == "read_only" { "unknown_parameter" } else { &fault.code };
        let detail = if fault.code == "read_only" {
            "is not a parameter here".into()
        } else {
            fault.detail.replace("a member of this body", "a parameter here")
        };
        Fault::parameter(name, code, detail)
    }));
    if !faults.is_empty() {
        return Err(ApiError::bad_query(faults));
    }
    serde_path_to_error::deserialize::<_, T>(&object).map(Query).map_err(|error| {
        let (path, detail) = (error.path().to_string(), error.into_inner().to_string());
        ApiError::bad_query(vec![Fault::parameter(culprit::<T>(&object, &detail).unwrap_or(path), "malformed", detail)])
    })
}

/// The parameter that causes an error: without it, there is another one or none. The path of an error does not lead
/// into a type that flattens others.
fn culprit<T: DeserializeOwned>(object: &Value, error: &str) -> Option<String> {
    let all = object.as_object()?;
    let is_culprit = |name: &&String| {
        let mut rest = all.clone();
        rest.remove(*name);
        T::deserialize(Value::Object(rest)).err().is_none_or(|other| other.to_string() != error)
    };
    all.keys().find(is_culprit).cloned()
}

/// The parameters as one object: numbers as numbers, repeated or comma-separated values as arrays.
fn gather(query: &str, declared: &Value) -> (Map<String, Value>, Vec<Fault>) {
    let mut object = Map::new();
    let mut faults = Vec::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        let schema = &declared[name.as_ref()];
        if is_type(schema, "array") {
            let commas = schema["x-commas"] == Value::Bool(true);
            let item = |part: &str| scalar(part, &schema["items"]);
            let values: Vec<Value> =
                if commas { text.split(',').map(|part| item(part.trim())).collect() } else { vec![item(&text)] };
            if let Value::Array(list) = object.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                list.extend(values);
            }
        } else if object.insert(name.to_string(), scalar(&text, schema)).is_some() {
            faults.push(Fault::parameter(name, "repeated", "is given twice; it takes one value"));
        }
    }
    (object, faults)
}

fn is_type(schema: &Value, wanted: &str) -> bool {
    match &schema["type"] {
        Value::String(kind) => kind == wanted,
        Value::Array(kinds) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    }
}

fn scalar(text: &str, schema: &Value) -> Value {
    if is_type(schema, "integer") && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number beyond 64 bits counts as the largest: the same rules clamp or refuse it.
        return text.parse::<u64>().unwrap_or(u64::MAX).into();
    }
    if is_type(schema, "number")
        && let Ok(number) = serde_json::from_str::<serde_json::Number>(text)
    {
        return number.into();
    }
    if is_type(schema, "boolean") && (text == "true" || text == "false") {
        return (text == "true").into();
    }
    text.into()
}
